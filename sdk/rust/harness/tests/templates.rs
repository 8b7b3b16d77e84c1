//! Every template makes a component that the real host takes, and that is what
//! its manifest says.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::{fs, path::PathBuf};

use rialto_sdk_harness::{
    Harness, Verdict, build,
    language::Language,
    package,
    templates::{self, Named, Sdk, TEMPLATES, Template},
};

/// Where new plugins are written: inside `target/`.
fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("templates").join(name)
}

fn write(template: &Template, name: &str) -> PathBuf {
    let dir = scratch(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).unwrap();
    }
    let sdk = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    template.write(&dir, &Named { name, publisher: "example" }, &Sdk::Path(&sdk)).unwrap();
    dir
}

#[test]
fn every_template_becomes_a_plugin_that_the_host_takes() {
    for template in &TEMPLATES {
        let name = format!("my-{}", template.kind);
        let dir = write(template, &name);
        let component = build::component(&dir).unwrap();
        let packed = package::pack(&fs::read(component).unwrap(), &package::Parts::of(&dir).unwrap()).unwrap();
        let harness = Harness::of(packed).unwrap();
        let inspection = harness.inspection();
        assert_eq!(inspection.manifest.id, format!("example/{name}"));
        assert_eq!(inspection.kinds().iter().map(|kind| kind.as_str()).collect::<Vec<_>>(), [template.kind]);
        assert_eq!(inspection.sdk.as_deref(), Some(concat!("rust ", env!("CARGO_PKG_VERSION"))));
        assert_holds(&name, &harness);
        for file in template.files {
            let text = fs::read_to_string(dir.join(file.path)).unwrap();
            assert!(!text.contains("@NAME@") && !text.contains("@SDK@"), "{}", file.path);
        }
    }
}

/// What a scaffold makes passes the suite that hosts run on upload.
fn assert_holds(name: &str, harness: &Harness) {
    let list = harness.conformance(&serde_json::Map::new());
    let failed: Vec<_> = list.checks.iter().filter(|one| one.verdict == Verdict::Failed).collect();
    assert!(failed.is_empty() && list.passed > 5, "{name}: {failed:#?}");
}

/// A new plugin of this kind and language, built, packed and run as authors do.
fn scaffolded(language: Language, kind: &str) {
    let name = format!("my-{}-{kind}", language.as_str());
    let dir = scratch(&name);
    if dir.exists() {
        fs::remove_dir_all(&dir).unwrap();
    }
    templates::write(language, kind, &dir, &Named { name: &name, publisher: "example" }).unwrap();
    let harness = Harness::build(&dir).unwrap_or_else(|cause| panic!("{name}: {cause}"));
    let inspection = harness.inspection();
    assert_eq!(inspection.manifest.id, format!("example/{name}"));
    assert_eq!(
        inspection.sdk.as_deref(),
        Some(format!("{} {}", language.as_str(), env!("CARGO_PKG_VERSION")).as_str())
    );
    assert_ne!(inspection.runtime, rialto_plugin_host::Runtime::Native);
    assert_holds(&name, &harness);
    language.test(&dir).unwrap();
}

#[test]
fn every_kind_in_javascript_passes_its_suite() {
    for template in &TEMPLATES {
        scaffolded(Language::Js, template.kind);
    }
}

/// A Python of 18 MB takes seconds to build and to compile: one kind stands for all.
#[test]
fn a_recommender_in_python_passes_its_suite() {
    scaffolded(Language::Python, "recommender");
}

/// The plugins of ours that show these languages.
#[test]
fn ours_in_other_languages_pass_their_suite_and_their_tests() {
    let plugins = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../plugins");
    for (name, language) in [("report-channels", Language::Js), ("recommender-proven", Language::Python)] {
        let dir = plugins.join(name);
        assert_eq!(Language::of(&dir).unwrap(), language);
        // As an author's does, it carries the SDK's file: the one that `plugin new` writes today.
        let (sdk, file) = if language == Language::Js { ("js", "rialto.js") } else { ("python", "rialto.py") };
        let ours = fs::read(plugins.join("../sdk").join(sdk).join(file)).unwrap();
        assert!(fs::read(dir.join("src").join(file)).unwrap() == ours, "{name}/src/{file} is not sdk/{sdk}/{file}");
        let harness = Harness::build(&dir).unwrap_or_else(|cause| panic!("{name}: {cause}"));
        assert_holds(name, &harness);
        language.test(&dir).unwrap();
    }
}

#[test]
fn nothing_is_overwritten_and_names_are_checked() {
    let template = Template::of("report").unwrap();
    let sdk = Sdk::Version("0.1");
    let named = |name| Named { name, publisher: "example" };
    let dir = scratch("there-already");
    fs::create_dir_all(&dir).unwrap();
    assert!(template.write(&dir, &named("x"), &sdk).unwrap_err().to_string().contains("exists already"));
    assert!(template.write(&scratch("new"), &named("../x"), &sdk).is_err());
    assert!(Template::of("oracle").is_none());
}
