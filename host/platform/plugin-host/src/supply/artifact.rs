//! What a registry keeps of a package: the layout that the CNCF's "Wasm OCI
//! Artifact" gives, so that other tools pull what is published here and this
//! host what they publish. A configuration of type
//! `application/vnd.wasm.config.v0+json`, and one layer `application/wasm`.

use super::{SupplyError, source::digest_of};
use crate::{inspect::Inspection, package::PackageDigest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An image's manifest.
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// An index of manifests.
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// What is asked for when a manifest is.
pub(crate) const MANIFEST_OR_INDEX: &str = "application/vnd.oci.image.manifest.v1+json, \
     application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.v2+json, \
     application/vnd.docker.distribution.manifest.list.v2+json";
/// The configuration.
pub(crate) const CONFIG: &str = "application/vnd.wasm.config.v0+json";
/// A component's bytes.
const LAYER: &str = "application/wasm";
/// What components were called before the layout was agreed on.
const LAYERS_BEFORE: &[&str] = &["application/vnd.wasm.content.layer.v1+wasm"];
/// The most entries of a manifest or an index that are looked at.
const ENTRIES_MAX: usize = 100;

/// One blob.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    pub(crate) media_type: String,
    pub(crate) digest: String,
    pub(crate) size: u64,
    #[serde(default, skip_serializing)]
    artifact_type: Option<String>,
    #[serde(default, skip_serializing)]
    platform: Option<Platform>,
}

#[derive(Debug, Clone, Deserialize)]
struct Platform {
    #[serde(default)]
    architecture: String,
}

impl Descriptor {
    fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: format!("sha256:{}", PackageDigest::of(bytes)),
            size: bytes.len() as u64,
            artifact_type: None,
            platform: None,
        }
    }

    /// Its digest, if it is a SHA-256.
    pub(crate) fn sha256(&self) -> Result<PackageDigest, SupplyError> {
        digest_of(&self.digest).map_err(|_| no_component("it names a digest that is no SHA-256"))
    }
}

/// A manifest or an index, as a stranger wrote it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document {
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    #[serde(default)]
    manifests: Option<Vec<Descriptor>>,
}

/// What a document leads to.
#[derive(Debug)]
pub(crate) enum Leads<'a> {
    /// To another manifest.
    Manifest(&'a Descriptor),
    /// To a component.
    Component(&'a Descriptor),
}

impl Document {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, SupplyError> {
        let document: Self = serde_json::from_slice(bytes).map_err(|_| no_component("its manifest cannot be read"))?;
        let entries = document.layers.len() + document.manifests.as_ref().map_or(0, Vec::len);
        if entries > ENTRIES_MAX {
            return Err(no_component(format!("its manifest names more than {ENTRIES_MAX} entries")));
        }
        Ok(document)
    }

    /// Where the component is.
    pub(crate) fn leads(&self) -> Result<Leads<'_>, SupplyError> {
        let index = self.media_type.as_deref().is_some_and(|kind| kind == INDEX || kind.contains("manifest.list"));
        match &self.manifests {
            Some(manifests) => manifest_of(manifests).map(Leads::Manifest),
            None if index => Err(no_component("it is an index that names no manifest")),
            None => layer_of(&self.layers).map(Leads::Component),
        }
    }
}

/// The one manifest of an index that is for WebAssembly.
fn manifest_of(manifests: &[Descriptor]) -> Result<&Descriptor, SupplyError> {
    let for_wasm = |one: &&Descriptor| {
        let kind = one.artifact_type.as_deref();
        let named = kind.is_some_and(|kind| kind == CONFIG || kind == LAYER);
        match &one.platform {
            Some(platform) => named || platform.architecture == "wasm",
            None => named || kind.is_none(),
        }
    };
    let found: Vec<_> = manifests.iter().filter(for_wasm).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(no_component("it is an index without a manifest for WebAssembly")),
        several => Err(no_component(format!(
            "it is an index with {} manifests for WebAssembly; name one by its digest",
            several.len()
        ))),
    }
}

fn layer_of(layers: &[Descriptor]) -> Result<&Descriptor, SupplyError> {
    let component = |one: &&Descriptor| one.media_type == LAYER || LAYERS_BEFORE.contains(&one.media_type.as_str());
    let found: Vec<_> = layers.iter().filter(component).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            // A stranger's words, bounded.
            let kinds = layers.iter().take(3).map(|one| one.media_type.chars().take(100).collect::<String>());
            let kinds: Vec<_> = kinds.map(|kind| kind.escape_debug().to_string()).collect();
            let has = if kinds.is_empty() { "no layers".to_owned() } else { format!("layers of {}", kinds.join(", ")) };
            Err(no_component(format!("it has {has}, and none of type {LAYER}")))
        }
        _ => Err(no_component(format!("it has several layers of type {LAYER}"))),
    }
}

fn no_component(detail: impl Into<String>) -> SupplyError {
    SupplyError::NoComponent { detail: detail.into() }
}

/// A package as it is published.
pub(crate) struct Artifact {
    pub(crate) config: Vec<u8>,
    pub(crate) config_at: Descriptor,
    pub(crate) layer_at: Descriptor,
    pub(crate) manifest: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    created: &'a str,
    author: &'a str,
    architecture: &'static str,
    os: &'static str,
    layer_digests: [&'a str; 1],
    component: Component<'a>,
}

#[derive(Serialize)]
struct Component<'a> {
    exports: Vec<&'a str>,
    imports: Vec<&'a str>,
    target: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest<'a> {
    schema_version: u8,
    media_type: &'static str,
    config: &'a Descriptor,
    layers: [&'a Descriptor; 1],
    annotations: BTreeMap<&'static str, &'a str>,
}

impl Artifact {
    /// The artifact of a package. `created` is an instant as RFC 3339 writes it.
    pub(crate) fn of(bytes: &[u8], inspection: &Inspection, created: &str) -> Result<Self, SupplyError> {
        let written = |cause: serde_json::Error| SupplyError::Source { detail: cause.to_string() };
        let about = &inspection.manifest;
        let layer_at = Descriptor::of(LAYER, bytes);
        let config = Config {
            created,
            author: about.id.split('/').next().unwrap_or_default(),
            architecture: "wasm",
            os: "wasip2",
            layer_digests: [&layer_at.digest],
            component: Component {
                exports: inspection.exports.iter().map(|export| export.name.as_str()).collect(),
                imports: inspection.imports.iter().map(|import| import.name.as_str()).collect(),
                target: None,
            },
        };
        let config = serde_json::to_vec(&config).map_err(written)?;
        let config_at = Descriptor::of(CONFIG, &config);
        let mut annotations = BTreeMap::from([
            ("org.opencontainers.image.created", created),
            ("org.opencontainers.image.title", about.id.as_str()),
            ("org.opencontainers.image.version", about.version.as_str()),
        ]);
        let texts = [
            ("org.opencontainers.image.licenses", about.licence.as_deref()),
            ("org.opencontainers.image.url", about.homepage.as_deref()),
            ("org.opencontainers.image.description", about.description.get("en").map(String::as_str)),
        ];
        annotations.extend(texts.into_iter().filter_map(|(name, text)| Some((name, text?))));
        let manifest =
            Manifest { schema_version: 2, media_type: MANIFEST, config: &config_at, layers: [&layer_at], annotations };
        let manifest = serde_json::to_vec(&manifest).map_err(written)?;
        Ok(Self { config, config_at, layer_at, manifest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn leads(document: Value) -> Result<String, String> {
        let document = Document::read(document.to_string().as_bytes()).map_err(|e| e.to_string())?;
        let led = document.leads().map_err(|e| e.to_string())?;
        Ok(match led {
            Leads::Manifest(one) => format!("manifest {}", one.digest),
            Leads::Component(one) => format!("component {}", one.digest),
        })
    }

    fn layer(kind: &str, digest: &str) -> Value {
        json!({ "mediaType": kind, "digest": digest, "size": 1 })
    }

    #[test]
    fn the_component_is_found_wherever_the_layout_puts_it() {
        assert_eq!(leads(json!({ "layers": [layer("application/wasm", "a")] })).unwrap(), "component a");
        let before = "application/vnd.wasm.content.layer.v1+wasm";
        assert_eq!(leads(json!({ "layers": [layer(before, "b")], "mediaType": MANIFEST })).unwrap(), "component b");
        let mut wasm = layer(MANIFEST, "c");
        wasm["platform"] = json!({ "architecture": "wasm", "os": "wasip2" });
        let mut linux = layer(MANIFEST, "d");
        linux["platform"] = json!({ "architecture": "amd64", "os": "linux" });
        assert_eq!(leads(json!({ "mediaType": INDEX, "manifests": [linux, wasm] })).unwrap(), "manifest c");
    }

    #[test]
    fn what_holds_no_component_says_what_it_holds() {
        let refused = |document: Value, part: &str| {
            let said = leads(document).unwrap_err();
            assert!(said.starts_with("the artifact holds no component") && said.contains(part), "{said}");
        };
        let mut linux = layer(MANIFEST, "d");
        linux["platform"] = json!({ "architecture": "amd64", "os": "linux" });
        refused(json!({ "mediaType": INDEX, "manifests": [linux] }), "index without a manifest for WebAssembly");
        refused(json!({ "mediaType": INDEX, "manifests": [] }), "index without a manifest for WebAssembly");
        refused(json!({ "mediaType": INDEX }), "index that names no manifest");
        refused(json!({ "manifests": [layer(MANIFEST, "a"), layer(MANIFEST, "b")] }), "2 manifests for WebAssembly");
        refused(json!({ "layers": [layer("application/vnd.oci.image.layer.v1.tar+gzip", "a")] }), "tar+gzip");
        refused(json!({ "layers": [] }), "no layers");
        let twice = json!({ "layers": [layer("application/wasm", "a"), layer("application/wasm", "b")] });
        refused(twice, "several layers");
        refused(json!({ "layers": vec![layer("application/wasm", "a"); 101] }), "more than 100");
        refused(json!("text"), "cannot be read");
    }
}
