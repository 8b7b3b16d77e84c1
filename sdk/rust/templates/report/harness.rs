//! Runs the plugin under the real host with a scripted catalogue.

use rialto_sdk_harness::{Harness, Script};
use serde_json::json;

#[test]
fn the_number_is_shown() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).expect("it builds and loads");
    let harness = harness.script(Script::new().metric("sends", "count", 12.0));
    let document = harness.report(json!({}), "en", json!({"campaign": "c1"})).expect("it runs");
    assert_eq!(document.blocks[0].columns[0].numbers, [12.0]);
    assert_eq!(harness.asked().questions()[0].filter, [("campaign".to_string(), "c1".to_string())]);
}
