//! The compatibility report: how a package fits this host, and what it changes
//! against what serves. One function makes it, for the HTTP API and for the
//! command line; nothing of the package is run, and no sentence is a linker's.

use crate::{
    Error,
    api::PackageView,
    grants::{self, Change, Difference},
    model::OriginRow,
    trust::Trust,
};
use rialto_plugin_host::{CompatReport, Grants, HostGrant, Inspection, Permission, Verdict, inspect::ContractReport};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How a package fits this host; nothing was stored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginCheck)]
pub struct PluginReport {
    /// Whether it loads once all it wishes is granted.
    loads: bool,
    /// The first thing that keeps it from ever being loaded here.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    /// Permissions it needs and does not wish.
    #[schema(value_type = Vec<String>)]
    missing: Vec<Permission>,
    /// Every package of interfaces it was built with, its version, and what
    /// this host speaks of it.
    #[schema(value_type = Vec<Object>)]
    contracts: Vec<ContractReport>,
    /// The personal data it wishes to see, with the reason.
    fields: Vec<Change>,
    /// What changes against the version beside it; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
    package: PackageView,
}

/// What a package is held against.
#[derive(Debug, Default)]
pub struct Beside {
    /// The other version.
    pub inspection: Option<Inspection>,
    /// What is granted to it.
    pub grants: Grants,
    /// The settings of the installation.
    pub settings: Map<String, Value>,
    /// The names of the secrets that are set.
    pub secrets: Vec<String>,
}

impl Beside {
    /// Another file, as if all it wishes were granted.
    #[must_use]
    pub fn file(inspection: Inspection) -> Self {
        Self { grants: all_wishes(&inspection), inspection: Some(inspection), ..Self::default() }
    }
}

/// Say how a package fits this host, as if all it wishes were granted.
#[must_use]
pub fn report(inspection: Inspection, beside: Option<&Beside>) -> PluginReport {
    let fits = inspection.compat(&all_wishes(&inspection));
    let difference = beside.map(|beside| {
        let old = beside.inspection.as_ref().map(|old| (old, &beside.grants));
        grants::difference(old, &inspection, &beside.settings, &beside.secrets)
    });
    let mut package = PackageView::of(inspection.clone());
    let fields = package.wishes().iter().filter(|wish| wish.permission == Permission::Field.as_str());
    let fields = fields.cloned().collect();
    package.see(fits.imports.clone());
    PluginReport {
        loads: fits.loads,
        refusal: unfit(&inspection, &fits),
        missing: fits.missing.into_iter().collect(),
        contracts: inspection.contracts(),
        fields,
        difference,
        package,
    }
}

impl PluginReport {
    /// With how the package stands with a workspace, and where it came from.
    pub(crate) fn with(mut self, trust: Trust, origin: OriginRow) -> Self {
        self.package = self.package.with(trust, Some(origin));
        self
    }

    /// Whether it loads once all it wishes is granted.
    #[must_use]
    pub fn loads(&self) -> bool {
        self.loads
    }

    /// The first thing that keeps it from ever being loaded here.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }

    /// The refusal as an error, if there is one.
    pub(crate) fn refuse(&self) -> Result<(), Error> {
        match &self.refusal {
            Some(detail) => Err(Error::DoesNotFit { detail: detail.clone(), report: serde_json::to_value(self)? }),
            None => Ok(()),
        }
    }
}

/// Everything it wishes, whatever the host names turn out to be.
fn all_wishes(inspection: &Inspection) -> Grants {
    let mut grants = grants::wished(inspection, &Map::new());
    if !inspection.manifest.wishes.http.is_empty() && grants.http.is_empty() {
        grants.http.push(HostGrant::https("placeholder.invalid"));
    }
    if inspection.manifest_derived {
        // Without a manifest nothing is wished, and an admin may grant what
        // the imports ask for.
        grants = grants.with_host(HostGrant::https("placeholder.invalid"));
        grants.state_bytes = 1;
    }
    grants
}

/// The first thing that keeps it from ever being loaded here.
fn unfit(inspection: &Inspection, report: &CompatReport) -> Option<String> {
    if report.loads {
        return None;
    }
    let import = report.imports.iter().find(|i| i.verdict != Verdict::Satisfied);
    let told = import.map(|i| match (i.verdict, i.permission) {
        (Verdict::NeedsPermission, Some(permission)) => {
            format!("it imports `{}`, and its manifest does not wish the permission `{}`", i.name, permission.as_str())
        }
        _ => format!("it imports `{}`: {}", i.name, i.detail),
    });
    told.or_else(|| {
        let export = report.exports.iter().find(|e| e.verdict != Verdict::Satisfied);
        export.map(|e| format!("it exports `{}`: {}", e.name, e.detail))
    })
    .or_else(|| Some(format!("{} does not load", inspection.manifest.id)))
}
