//! What answers show of packages.

use crate::{
    Error,
    grants::{self, Change},
    model::{OriginRow, PackageRow},
    trust::Trust,
};
use jiff::Timestamp;
use rialto_kernel::from_micros;
use rialto_plugin_host::Inspection;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A kind that a package is, with what it can do besides the minimum.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginRole)]
pub struct RoleView {
    kind: String,
    abilities: Vec<String>,
}

/// Where a package came from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackageOrigin)]
pub(crate) struct OriginView {
    /// `upload`, `url`, `oci`.
    kind: String,
    /// What it was asked for by, without a query.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// The digest of the artifact's manifest that a tag or digest stood for.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<String>,
}

impl From<OriginRow> for OriginView {
    fn from(row: OriginRow) -> Self {
        Self { kind: row.kind, reference: row.reference, resolved: row.resolved }
    }
}

/// What is known of a package, read off its bytes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginPackage)]
pub struct PackageView {
    /// The SHA-256 of its bytes: its name everywhere.
    digest: String,
    /// `publisher/name`.
    plugin: String,
    version: String,
    bytes: u64,
    /// Its title, by language.
    title: BTreeMap<String, String>,
    description: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<String>,
    roles: Vec<RoleView>,
    /// `native`, `quick-js`, `starling-monkey`, `python`.
    #[schema(value_type = String)]
    runtime: rialto_plugin_host::Runtime,
    /// The languages and tools that it says made it.
    #[schema(value_type = Vec<Object>)]
    producers: Vec<rialto_plugin_host::inspect::Producer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sdk: Option<String>,
    /// Whether it says nothing of itself and all this was derived.
    manifest_derived: bool,
    /// What it wishes to be allowed, each with its reason.
    wishes: Vec<Change>,
    /// JSON Schema of its settings.
    settings_schema: Value,
    /// Every import with how it fits this host.
    #[schema(value_type = Vec<Object>)]
    imports: Vec<rialto_plugin_host::inspect::ImportReport>,
    /// Every export with how it fits this host.
    #[schema(value_type = Vec<Object>)]
    exports: Vec<rialto_plugin_host::inspect::ExportReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    readme: Option<String>,
    /// What its icon is: `png` or `svg`. The icon itself is at `/plugins/{digest}/icon`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    icon: Option<rialto_plugin_host::package::IconKind>,
    /// The keys that signed it, each with whether the signature is over these bytes.
    #[schema(value_type = Vec<Object>)]
    signatures: Vec<rialto_plugin_host::package::Signed>,
    /// How it stands with the workspace; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<Trust>,
    /// Where it came from; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<OriginView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<Timestamp>,
}

impl PackageView {
    pub(crate) fn of(inspection: Inspection) -> Self {
        let none = rialto_plugin_host::Grants::default();
        let mut wants = grants::wished(&inspection, &serde_json::Map::new());
        // A host that is a setting is shown as the placeholder it is.
        let open = inspection.manifest.wishes.http.iter().filter(|w| w.host.contains("{{"));
        wants.http.extend(open.map(rialto_plugin_host::package::WishedHost::as_grant));
        let wishes = grants::beyond(&wants, &none, Some(&inspection));
        let roles = inspection.roles.iter().map(|role| RoleView {
            kind: role.kind.as_str().to_owned(),
            abilities: role.abilities.iter().map(|a| a.as_str().to_owned()).collect(),
        });
        Self {
            digest: inspection.digest.to_hex(),
            bytes: inspection.bytes,
            roles: roles.collect(),
            runtime: inspection.runtime,
            producers: inspection.producers,
            sdk: inspection.sdk,
            manifest_derived: inspection.manifest_derived,
            wishes,
            imports: inspection.imports,
            exports: inspection.exports,
            readme: inspection.readme,
            icon: inspection.icon,
            signatures: inspection.signatures,
            trust: None,
            origin: None,
            plugin: inspection.manifest.id,
            version: inspection.manifest.version,
            title: inspection.manifest.title,
            description: inspection.manifest.description,
            licence: inspection.manifest.licence,
            homepage: inspection.manifest.homepage,
            settings_schema: inspection.manifest.settings,
            created_by: None,
            created_at: None,
        }
    }

    pub(crate) fn of_row(row: &PackageRow) -> Result<Self, Error> {
        let mut view = Self::of(row.inspection()?);
        view.created_by = Some(row.created_by.clone());
        view.created_at = Some(from_micros(row.created_at));
        Ok(view)
    }

    /// What it wishes, each with its reason.
    pub(crate) fn wishes(&self) -> &[Change] {
        &self.wishes
    }

    /// Its imports as they fit with certain grants.
    pub(crate) fn see(&mut self, imports: Vec<rialto_plugin_host::inspect::ImportReport>) {
        self.imports = imports;
    }

    /// With how it stands and where it came from.
    pub(crate) fn with(mut self, trust: Trust, origin: Option<OriginRow>) -> Self {
        self.trust = Some(trust);
        self.origin = origin.map(OriginView::from);
        self
    }

    /// For lists: the readme only with the single package.
    pub(crate) fn short(mut self) -> Self {
        self.readme = None;
        self
    }
}
