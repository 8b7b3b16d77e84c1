//! Every template makes a component that the real host takes, and that is what
//! its manifest says.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::{fs, path::PathBuf};

use rialto_sdk_harness::{
    Harness, build, package,
    templates::{Named, Sdk, TEMPLATES, Template},
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
        for file in template.files {
            let text = fs::read_to_string(dir.join(file.path)).unwrap();
            assert!(!text.contains("@NAME@") && !text.contains("@SDK@"), "{}", file.path);
        }
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
