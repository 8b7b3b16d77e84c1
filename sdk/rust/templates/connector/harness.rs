//! Runs the plugin under the real host; only the outside world is a script.

use rialto_sdk_harness::{Harness, Script, batch};
use serde_json::json;

#[test]
fn a_success_is_accepted_and_an_error_is_tried_again() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).expect("it builds and loads");
    let settings = json!({"endpoint": "https://scripted.example.com/in"});
    for (status, wanted) in [(200, "accepted"), (503, "retry")] {
        let harness = Harness::of(harness.package()).expect("it loads").script(Script::new().http(status, &[], ""));
        let outcomes = harness.deliver(&settings, batch("@NAME@", &["text"], &[("d1", &["Hello"])])).expect("it runs");
        assert_eq!(outcomes[0].status, wanted);
        assert_eq!(harness.asked().requests()[0].delivery.as_deref(), Some("d1"));
    }
}
