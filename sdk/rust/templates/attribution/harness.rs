//! Runs the plugin under the real host, which checks that credits sum up.

use rialto_sdk_harness::{Harness, paths_file};
use serde_json::json;

#[test]
fn every_touch_counts_alike() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).expect("it builds and loads");
    let file = "path;conv;value;null\nemail > search;1;10;0\nsearch;0;0;5\n";
    let paths = paths_file::parse(file.as_bytes()).expect("a file of paths");
    let credits = harness.attribution(json!({}), &paths).expect("it runs");
    assert_eq!(credits.of("email"), Some((0.5, 5.0)));
    assert_eq!(credits.of("search"), Some((0.5, 5.0)));
}
