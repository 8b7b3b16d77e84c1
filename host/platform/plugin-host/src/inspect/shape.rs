//! Whether an interface of a component has the types this host knows, told in
//! words that name the field. The host's own types come from the same WIT as
//! its bindings.

use crate::wit::COMPONENT_TYPE;
use std::sync::OnceLock;
use wasmparser::{
    Validator, WasmFeatures,
    component_types::{
        ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentFuncTypeId, ComponentInstanceTypeId,
        ComponentType, ComponentValType,
    },
    types::{Types, TypesRef},
};

/// The host's side of every interface, both imports and exports of plugins.
struct Known {
    types: Types,
    world: wasmparser::component_types::ComponentTypeId,
}

fn known() -> Option<&'static Known> {
    static KNOWN: OnceLock<Option<Known>> = OnceLock::new();
    KNOWN.get_or_init(read_known).as_ref()
}

/// The encoded world is a component that exports one component type, whose
/// only export is the world itself.
fn read_known() -> Option<Known> {
    let types = Validator::new_with_features(WasmFeatures::all()).validate_all(COMPONENT_TYPE).ok()?;
    let mut world = None;
    for payload in wasmparser::Parser::new(0).parse_all(COMPONENT_TYPE) {
        if let Ok(wasmparser::Payload::ComponentExportSection(exports)) = payload {
            for export in exports.into_iter().flatten() {
                world = types.component_item_for_export(export.name.name);
            }
        }
    }
    let outer = as_component(&world?.ty)?;
    let inner = types.as_ref().get(outer)?.exports.values().next()?;
    let world = as_component(&inner.ty)?;
    Some(Known { types, world })
}

fn as_component(entity: &ComponentEntityType) -> Option<wasmparser::component_types::ComponentTypeId> {
    match entity {
        ComponentEntityType::Component(id) => Some(*id),
        ComponentEntityType::Type { referenced: ComponentAnyTypeId::Component(id), .. } => Some(*id),
        _ => None,
    }
}

fn known_instance(world: &ComponentType, interface: &str) -> Option<ComponentInstanceTypeId> {
    let named = |name: &&String| super::table::split_version(name).0 == interface;
    let item = world
        .imports
        .iter()
        .find(|(name, _)| named(name))
        .or_else(|| world.exports.iter().find(|(name, _)| named(name)))?;
    match item.1.ty {
        ComponentEntityType::Instance(id) => Some(id),
        _ => None,
    }
}

/// Where two types differ, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Differs {
    /// The function, the parameter, the field: `send-all.requests.url`.
    pub(crate) at: String,
    /// A sentence.
    pub(crate) detail: String,
}

impl Differs {
    fn new(at: &str, detail: String) -> Self {
        Self { at: at.to_owned(), detail }
    }

    /// The same, seen from the function it is in.
    fn within(self, function: &str) -> Self {
        let at = if self.at.is_empty() { function.to_owned() } else { format!("{function}.{}", self.at) };
        Self { at, detail: format!("function `{function}`: {}", self.detail) }
    }
}

/// Compare an interface the component *imports* with what the host provides:
/// every function it uses must exist and have the same type.
pub(crate) fn import_difference(types: TypesRef<'_>, id: ComponentInstanceTypeId, interface: &str) -> Option<Differs> {
    let host = known()?;
    let known = host.types.as_ref();
    let ours = known.get(known_instance(known.get(host.world)?, interface)?)?;
    for (name, item) in &types.get(id)?.exports {
        let ComponentEntityType::Func(theirs) = item.ty else { continue };
        let Some(ComponentEntityType::Func(our_func)) = ours.exports.get(name).map(|i| i.ty) else {
            return Some(Differs::new(name, format!("this host has no function `{name}`")));
        };
        let pair = Pair { theirs: types, ours: known };
        if let Some(difference) = pair.func(theirs, our_func) {
            return Some(difference.within(name));
        }
    }
    None
}

/// Compare an interface the component *exports* with what the host calls:
/// every function the host knows must be there and have the same type.
pub(crate) fn export_difference(types: TypesRef<'_>, id: ComponentInstanceTypeId, interface: &str) -> Option<Differs> {
    let host = known()?;
    let known = host.types.as_ref();
    let ours = known.get(known_instance(known.get(host.world)?, interface)?)?;
    let theirs = types.get(id)?;
    for (name, item) in &ours.exports {
        let ComponentEntityType::Func(our_func) = item.ty else { continue };
        let Some(ComponentEntityType::Func(their_func)) = theirs.exports.get(name).map(|i| i.ty) else {
            return Some(Differs::new(name, format!("the function `{name}` is missing")));
        };
        let pair = Pair { theirs: types, ours: known };
        if let Some(difference) = pair.func(their_func, our_func) {
            return Some(difference.within(name));
        }
    }
    None
}

/// Two worlds of types, walked side by side. The walk follows the host's
/// types, so that a hostile component cannot make it long.
struct Pair<'a> {
    theirs: TypesRef<'a>,
    ours: TypesRef<'a>,
}

impl Pair<'_> {
    fn func(&self, theirs: ComponentFuncTypeId, ours: ComponentFuncTypeId) -> Option<Differs> {
        let (theirs, ours) = (self.theirs.get(theirs)?, self.ours.get(ours)?);
        if theirs.params.len() != ours.params.len() {
            let detail = format!("it takes {} parameters here and {} there", ours.params.len(), theirs.params.len());
            return Some(Differs::new("", detail));
        }
        for ((their_name, their_type), (our_name, our_type)) in theirs.params.iter().zip(ours.params.iter()) {
            if their_name != our_name {
                let detail = format!("parameter `{our_name}` is called `{their_name}` there");
                return Some(Differs::new(our_name.as_str(), detail));
            }
            if let Some(difference) = self.value(their_type, our_type, our_name.as_str()) {
                return Some(difference);
            }
        }
        self.optional(theirs.result.as_ref(), ours.result.as_ref(), "result")
    }

    fn optional(
        &self,
        theirs: Option<&ComponentValType>,
        ours: Option<&ComponentValType>,
        at: &str,
    ) -> Option<Differs> {
        match (theirs, ours) {
            (Some(theirs), Some(ours)) => self.value(theirs, ours, at),
            (None, None) => None,
            _ => Some(Differs::new(at, format!("`{at}` differs"))),
        }
    }

    fn value(&self, theirs: &ComponentValType, ours: &ComponentValType, at: &str) -> Option<Differs> {
        let other = |detail: String| Some(Differs::new(at, detail));
        match (self.defined(theirs, self.theirs), self.defined(ours, self.ours)) {
            (None, None) => match (self.primitive(theirs, self.theirs), self.primitive(ours, self.ours)) {
                (Some(a), Some(b)) if a == b => None,
                (Some(a), Some(b)) => other(format!("`{at}` is {b} here and {a} there")),
                _ => other(format!("`{at}` differs")),
            },
            (Some(a), Some(b)) => self.compound(a, b, at),
            _ => other(format!("`{at}` has another type")),
        }
    }

    /// The name of a primitive, behind its alias if it has one.
    fn primitive(&self, value: &ComponentValType, types: TypesRef<'_>) -> Option<String> {
        let primitive = match value {
            ComponentValType::Primitive(primitive) => primitive,
            ComponentValType::Type(id) => match types.get(*id)? {
                ComponentDefinedType::Primitive(primitive) => primitive,
                _ => return None,
            },
        };
        Some(format!("{primitive:?}").to_lowercase())
    }

    /// The defined type behind a value type, unless it is a primitive.
    fn defined<'t>(&self, value: &ComponentValType, types: TypesRef<'t>) -> Option<&'t ComponentDefinedType> {
        match value {
            ComponentValType::Type(id) => match types.get(*id)? {
                ComponentDefinedType::Primitive(_) => None,
                defined => Some(defined),
            },
            ComponentValType::Primitive(_) => None,
        }
    }

    fn compound(&self, theirs: &ComponentDefinedType, ours: &ComponentDefinedType, at: &str) -> Option<Differs> {
        use ComponentDefinedType as D;
        match (theirs, ours) {
            (D::Record(a), D::Record(b)) => {
                if let Some(name) = b.fields.keys().find(|n| !a.fields.contains_key(*n)) {
                    return Some(Differs::new(&format!("{at}.{name}"), format!("`{at}` lacks the field `{name}`")));
                }
                if let Some(name) = a.fields.keys().find(|n| !b.fields.contains_key(*n)) {
                    let detail = format!("`{at}` has a field `{name}` that this host does not know");
                    return Some(Differs::new(&format!("{at}.{name}"), detail));
                }
                if !a.fields.keys().eq(b.fields.keys()) {
                    return Some(Differs::new(at, format!("the fields of `{at}` stand in another order")));
                }
                a.fields.iter().zip(&b.fields).find_map(|((n, x), (_, y))| self.value(x, y, &format!("{at}.{n}")))
            }
            (D::List { element: a, .. }, D::List { element: b, .. }) => self.value(a, b, at),
            (D::Option { ty: a, .. }, D::Option { ty: b, .. }) => self.value(a, b, at),
            (D::Tuple(a), D::Tuple(b)) if a.types.len() == b.types.len() => {
                a.types.iter().zip(b.types.iter()).find_map(|(x, y)| self.value(x, y, at))
            }
            (D::Result { ok: a, err: e, .. }, D::Result { ok: b, err: f, .. }) => {
                self.optional(a.as_ref(), b.as_ref(), at).or_else(|| self.optional(e.as_ref(), f.as_ref(), at))
            }
            (D::Own(_), D::Own(_)) | (D::Borrow(_), D::Borrow(_)) => None,
            _ => Some(Differs::new(at, format!("`{at}` has another type"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_own_world_is_readable_and_complete() {
        let host = known().unwrap();
        let world = host.types.as_ref().get(host.world).unwrap();
        for interface in
            ["rialto:http/http", "rialto:query/query", "rialto:connector/deliver", "rialto:attribution/split"]
        {
            assert!(known_instance(world, interface).is_some(), "{interface}");
        }
        let id = known_instance(world, "rialto:http/http").unwrap();
        assert_eq!(import_difference(host.types.as_ref(), id, "rialto:http/http"), None);
        let wrong = import_difference(host.types.as_ref(), id, "rialto:mail/mail");
        let wrong = wrong.unwrap();
        assert_eq!((wrong.at.as_str(), wrong.detail.as_str()), ("send-all", "this host has no function `send-all`"));
    }
}
