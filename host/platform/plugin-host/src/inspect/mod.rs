//! What a component can do, read off the binary: every import with its
//! verdict, every export with its role. Inspecting runs nothing, and its
//! verdicts are sentences for people, never a linker's.

mod language;
mod shape;
pub(crate) mod table;

pub use language::{Producer, Runtime};

use crate::{
    error::PackageError,
    grants::{Grants, Permission},
    kind::{Ability, PluginKind},
    package::{IconKind, Manifest, PackageDigest, Parts, Signed, check_kind_of_file, signatures},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use table::{Standing, on_track, split_version, standing, track};
use wasmparser::{
    Parser, Payload, Validator, WasmFeatures,
    component_types::{ComponentEntityType, ComponentInstanceTypeId},
    types::Types,
};

/// The bound on a package when nobody says otherwise: room for a Python with its
/// standard library.
pub const PACKAGE_BYTES_DEFAULT: u64 = 40 * 1024 * 1024;
/// The most imports or exports a component may have.
const NAMES_MAX: usize = 200;
/// The most core modules and nested components.
const PARTS_MAX: usize = 256;
/// The most functions in all core modules.
const FUNCTIONS_MAX: u32 = 200_000;

/// How an import or export fits this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It fits.
    Satisfied,
    /// It would fit, with a permission.
    NeedsPermission,
    /// The name is known, the version is of another track.
    WrongVersion,
    /// The name is known, a type differs.
    TypeDiffers,
    /// It is never provided.
    Refused,
}

/// Under which of the three an import falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportClass {
    /// Anyone may import it.
    Free,
    /// It needs a permission.
    Granted,
    /// It is never provided.
    #[default]
    Refused,
}

/// One import and how it fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// As written, with its version.
    pub name: String,
    /// Without its version.
    pub interface: String,
    /// Free, granted or refused.
    #[serde(default)]
    pub class: ImportClass,
    /// How it fits.
    pub verdict: Verdict,
    /// The permission it needs, if it needs one.
    pub permission: Option<Permission>,
    /// Where a type differs: the function, the parameter, the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Why the plugin wishes that permission, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// A sentence for a person.
    pub detail: String,
}

/// A package of interfaces that a component was built with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ContractReport {
    /// Such as `rialto:connector`.
    pub package: String,
    /// The version it was built with; empty where none is said.
    pub version: String,
    /// What this host speaks of it, such as `0.1.x`; empty where it speaks none.
    pub host: String,
    /// Whether both are on the same track.
    pub fits: bool,
}

/// One exported interface of ours and how it fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportReport {
    /// As written, with its version.
    pub name: String,
    /// How it fits.
    pub verdict: Verdict,
    /// The kind that it makes the plugin, or the ability that it gives, such as
    /// `connector` or `connector.deliver`; absent where this host calls it not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Where a type differs: the function, the parameter, the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// A sentence for a person.
    pub detail: String,
}

/// A kind that the component is, with its optional abilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The kind.
    pub kind: PluginKind,
    /// What it can do besides the minimum.
    pub abilities: BTreeSet<Ability>,
}

/// Everything that is known of a package before it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// The SHA-256 of the file.
    pub digest: PackageDigest,
    /// Its size.
    pub bytes: u64,
    /// What it says of itself; derived where it says nothing.
    pub manifest: Manifest,
    /// Whether the manifest was derived.
    pub manifest_derived: bool,
    /// The readme, if it carries one.
    pub readme: Option<String>,
    /// Whether it carries an icon.
    pub has_icon: bool,
    /// What the icon is.
    #[serde(default)]
    pub icon: Option<IconKind>,
    /// Its signatures, each checked; whether a key is trusted is not known here.
    #[serde(default)]
    pub signatures: Vec<Signed>,
    /// The SDK it was built with, as it says.
    pub sdk: Option<String>,
    /// The language runtime inside.
    pub runtime: Runtime,
    /// The languages and tools that it says made it.
    #[serde(default)]
    pub producers: Vec<Producer>,
    /// Every import.
    pub imports: Vec<ImportReport>,
    /// Every export of ours.
    pub exports: Vec<ExportReport>,
    /// What it is.
    pub roles: Vec<Role>,
}

/// Whether a component fits this host with certain grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompatReport {
    /// Whether it can be loaded.
    pub loads: bool,
    /// Permissions still missing.
    pub missing: BTreeSet<Permission>,
    /// Every import.
    pub imports: Vec<ImportReport>,
    /// Every export of ours.
    pub exports: Vec<ExportReport>,
}

impl Inspection {
    /// The kinds it is.
    #[must_use]
    pub fn kinds(&self) -> Vec<PluginKind> {
        self.roles.iter().map(|r| r.kind).collect()
    }

    /// Whether it is of this kind.
    #[must_use]
    pub fn is(&self, kind: PluginKind) -> bool {
        self.roles.iter().any(|r| r.kind == kind)
    }

    /// Whether it has this ability.
    #[must_use]
    pub fn can(&self, ability: Ability) -> bool {
        self.roles.iter().any(|r| r.abilities.contains(&ability))
    }

    /// Every package of interfaces that it was built with, and what this host
    /// speaks of it.
    #[must_use]
    pub fn contracts(&self) -> Vec<ContractReport> {
        let names = self.imports.iter().map(|i| &i.name).chain(self.exports.iter().map(|e| &e.name));
        let found: BTreeSet<ContractReport> = names
            .map(|name| {
                let (interface, version) = split_version(name);
                let package = interface.split('/').next().unwrap_or(interface);
                let spoken = table::speaks(package);
                let (major, minor) = track(interface);
                ContractReport {
                    package: package.to_owned(),
                    version: version.as_ref().map(ToString::to_string).unwrap_or_default(),
                    host: if spoken { format!("{major}.{minor}.x") } else { String::new() },
                    fits: spoken && on_track(version.as_ref(), (major, minor)),
                }
            })
            .collect();
        found.into_iter().collect()
    }

    /// The permissions its imports need.
    #[must_use]
    pub fn permissions(&self) -> BTreeSet<Permission> {
        self.imports.iter().filter_map(|i| i.permission).collect()
    }

    /// How it fits with these grants.
    #[must_use]
    pub fn compat(&self, grants: &Grants) -> CompatReport {
        let mut missing = BTreeSet::new();
        let imports: Vec<ImportReport> = self
            .imports
            .iter()
            .cloned()
            .map(|mut import| {
                match import.permission {
                    Some(permission) if import.verdict == Verdict::NeedsPermission && grants.has(permission) => {
                        import.verdict = Verdict::Satisfied;
                        import.detail = format!("allowed by the permission `{}`", permission.as_str());
                    }
                    Some(permission) if import.verdict == Verdict::NeedsPermission => {
                        missing.insert(permission);
                    }
                    _ => {}
                }
                import
            })
            .collect();
        let fits = |v: Verdict| v == Verdict::Satisfied;
        CompatReport {
            loads: imports.iter().all(|i| fits(i.verdict)) && self.exports.iter().all(|e| fits(e.verdict)),
            missing,
            imports,
            exports: self.exports.clone(),
        }
    }
}

/// The WebAssembly that this host takes: what compilers emit today, and no
/// proposal that had an advisory.
pub(crate) fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::CALL_INDIRECT_OVERLONG
        | WasmFeatures::BULK_MEMORY_OPT
        | WasmFeatures::COMPONENT_MODEL
}

/// Read a package without running any of it.
///
/// # Errors
/// A [`PackageError`] when it is not a plugin package at all. Imports that
/// cannot be satisfied are no error here: they are in the report.
pub fn inspect(bytes: &[u8], limit: u64) -> Result<Inspection, PackageError> {
    check_kind_of_file(bytes, limit)?;
    let types = Validator::new_with_features(features()).validate_all(bytes).map_err(crate::package::invalid)?;
    let names = Names::read(bytes)?;
    let digest = PackageDigest::of(bytes);
    let parts = Parts::read(bytes)?;
    let (icon, signatures) = (parts.icon_kind()?, signatures(bytes)?);
    let (exports, roles) = read_exports(&types, &names.exports);
    if roles.is_empty() && exports.iter().all(|e| e.verdict == Verdict::Satisfied) {
        return Err(PackageError::NoRole);
    }
    let kinds: Vec<PluginKind> = roles.iter().map(|r| r.kind).collect();
    let manifest = parts.manifest.as_deref().map(Manifest::parse).transpose()?;
    if let Some(manifest) = &manifest {
        check_kinds(manifest, &kinds)?;
    }
    let mut imports: Vec<ImportReport> = names.imports.iter().map(|name| read_import(&types, name, &kinds)).collect();
    if let Some(manifest) = &manifest {
        check_wishes(manifest, &imports)?;
        for import in &mut imports {
            import.reason = import.permission.and_then(|permission| manifest.wishes.reason(permission));
        }
    }
    Ok(Inspection {
        digest,
        bytes: bytes.len() as u64,
        manifest_derived: manifest.is_none(),
        manifest: manifest.unwrap_or_else(|| Manifest::derived(&kinds, &digest)),
        readme: parts.readme,
        has_icon: icon.is_some(),
        icon,
        signatures,
        sdk: parts.sdk,
        runtime: language::detect(bytes),
        producers: language::producers(bytes),
        imports,
        exports,
        roles,
    })
}

fn check_kinds(manifest: &Manifest, kinds: &[PluginKind]) -> Result<(), PackageError> {
    let declared: BTreeSet<_> = manifest.kinds.iter().collect();
    let exported: BTreeSet<_> = kinds.iter().collect();
    if declared.is_empty() || declared == exported {
        return Ok(());
    }
    let found = kinds.iter().map(|k| k.as_str()).collect::<Vec<_>>().join(", ");
    Err(PackageError::Manifest(vec![rialto_kernel::problem::FieldError {
        field: "kinds".to_owned(),
        message: format!("the component exports [{found}]; say the same"),
    }]))
}

/// Every permission that the imports need must be wished, with its reason.
fn check_wishes(manifest: &Manifest, imports: &[ImportReport]) -> Result<(), PackageError> {
    let unwished: Vec<_> = imports
        .iter()
        .filter_map(|import| import.permission.map(|permission| (import, permission)))
        .filter(|(_, permission)| !manifest.wishes.has(*permission))
        .map(|(import, permission)| rialto_kernel::problem::FieldError {
            field: format!("wishes.{}", permission.as_str()),
            message: format!("the component imports `{}`; wish it, with a reason", import.name),
        })
        .collect();
    if unwished.is_empty() { Ok(()) } else { Err(PackageError::Manifest(unwished)) }
}

/// The names at the top of a component.
struct Names {
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Names {
    fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        let mut names = Self { imports: Vec::new(), exports: Vec::new() };
        let (mut depth, mut parts, mut functions) = (0_u32, 0_usize, 0_u32);
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.map_err(crate::package::invalid)? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                    depth += 1;
                    parts += 1;
                }
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::CodeSectionStart { count, .. } => functions = functions.saturating_add(count),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        names.imports.push(import.map_err(crate::package::invalid)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        names.exports.push(export.map_err(crate::package::invalid)?.name.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        let over = |what: &str, limit: usize| PackageError::Excessive { detail: format!("more than {limit} {what}") };
        if names.imports.len() > NAMES_MAX || names.exports.len() > NAMES_MAX {
            return Err(over("imports or exports", NAMES_MAX));
        }
        if parts > PARTS_MAX {
            return Err(over("modules and components inside", PARTS_MAX));
        }
        if functions > FUNCTIONS_MAX {
            return Err(over("functions", FUNCTIONS_MAX as usize));
        }
        Ok(names)
    }
}

fn read_import(types: &Types, name: &str, kinds: &[PluginKind]) -> ImportReport {
    let (interface, version) = split_version(name);
    let entity = types.component_item_for_import(name).map(|item| item.ty);
    let standing = standing(interface);
    let class = match standing {
        Standing::Free => ImportClass::Free,
        Standing::Granted(..) => ImportClass::Granted,
        Standing::Refused(_) => ImportClass::Refused,
    };
    let report = |class, verdict, permission, at: Option<String>, detail: String| ImportReport {
        name: name.to_owned(),
        interface: interface.to_owned(),
        class,
        verdict,
        permission,
        at,
        reason: None,
        detail,
    };
    let refused = |detail: &str| report(ImportClass::Refused, Verdict::Refused, None, None, detail.to_owned());
    let Some(ComponentEntityType::Instance(id)) = entity else {
        return refused("only interfaces can be imported");
    };
    if let Standing::Refused(why) = standing {
        return refused(why);
    }
    let (major, minor) = track(interface);
    if !on_track(version.as_ref(), (major, minor)) {
        let detail = format!("this host provides it at {major}.{minor}.x");
        return report(class, Verdict::WrongVersion, None, None, detail);
    }
    if let Some(differs) = difference(types, id, interface) {
        return report(class, Verdict::TypeDiffers, None, Some(differs.at), differs.detail);
    }
    match standing {
        Standing::Granted(permission, allowed) if !kinds.iter().any(|kind| allowed.contains(kind)) => {
            let kinds = kinds.iter().map(|k| k.as_str()).collect::<Vec<_>>().join(" or ");
            refused(&format!("`{}` is not for a plugin of kind {kinds}", permission.as_str()))
        }
        Standing::Granted(permission, _) => {
            let detail = format!("needs the permission `{}`", permission.as_str());
            report(class, Verdict::NeedsPermission, Some(permission), None, detail)
        }
        _ => report(class, Verdict::Satisfied, None, None, "free".to_owned()),
    }
}

fn difference(types: &Types, id: ComponentInstanceTypeId, interface: &str) -> Option<shape::Differs> {
    interface.starts_with("rialto:").then(|| shape::import_difference(types.as_ref(), id, interface)).flatten()
}

fn read_exports(types: &Types, names: &[String]) -> (Vec<ExportReport>, Vec<Role>) {
    let reports: Vec<ExportReport> =
        names.iter().filter(|name| name.starts_with("rialto:")).map(|name| read_export(types, name)).collect();
    let has = |interface: &str| {
        reports.iter().any(|r| r.verdict == Verdict::Satisfied && split_version(&r.name).0 == interface)
    };
    let roles = PluginKind::ALL
        .into_iter()
        .filter(|kind| has(kind.interface()))
        .map(|kind| Role { kind, abilities: kind.abilities().iter().copied().filter(|a| has(a.interface())).collect() })
        .collect();
    (reports, roles)
}

fn read_export(types: &Types, name: &str) -> ExportReport {
    let (interface, version) = split_version(name);
    let role = role_of(interface);
    let known = role.is_some();
    let report =
        |verdict, detail: String| ExportReport { name: name.to_owned(), verdict, role: role.clone(), at: None, detail };
    if !known {
        return report(Verdict::Satisfied, "not called by this host".to_owned());
    }
    let (major, minor) = track(interface);
    if !on_track(version.as_ref(), (major, minor)) {
        return report(Verdict::WrongVersion, format!("this host calls it at {major}.{minor}.x"));
    }
    match types.component_item_for_export(name).map(|item| item.ty) {
        Some(ComponentEntityType::Instance(id)) => match shape::export_difference(types.as_ref(), id, interface) {
            Some(differs) => ExportReport { at: Some(differs.at), ..report(Verdict::TypeDiffers, differs.detail) },
            None => report(Verdict::Satisfied, "a role".to_owned()),
        },
        _ => report(Verdict::TypeDiffers, "it is not an interface".to_owned()),
    }
}

/// What an exported interface of ours makes of a plugin.
fn role_of(interface: &str) -> Option<String> {
    PluginKind::ALL.iter().find_map(|kind| {
        if kind.interface() == interface {
            return Some(kind.as_str().to_owned());
        }
        let ability = kind.abilities().iter().find(|ability| ability.interface() == interface)?;
        Some(format!("{kind}.{}", ability.as_str()))
    })
}
