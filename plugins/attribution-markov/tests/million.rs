//! A million paths go through the sandbox within the limits of a run.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use rialto_sdk_harness::{Harness, attribution::Paths};
use serde_json::json;

/// Reproducible paths of one to eight touches over twelve channels.
fn paths(count: usize) -> Paths {
    let mut seed = 7_u64;
    let mut draw = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let empty = Vec::new;
    let mut paths = Paths {
        offset: vec![0],
        channel: vec![],
        at: empty(),
        end: empty(),
        conversions: vec![],
        nulls: vec![],
        value: vec![],
        extra: vec![],
    };
    for _ in 0..count {
        for _ in 0..=draw(8) {
            paths.channel.push(u32::try_from(draw(12)).unwrap());
        }
        let converted = u32::from(draw(10) == 0);
        paths.offset.push(u32::try_from(paths.channel.len()).unwrap());
        paths.conversions.push(converted);
        paths.nulls.push(1 - converted);
        paths.value.push(f64::from(converted) * 25.0);
    }
    paths
}

#[test]
fn a_million_paths() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap();
    let paths = paths(1_000_000);
    let channels: Vec<String> = (0..12).map(|n| format!("c{n}")).collect();
    let observed: f64 = paths.conversions.iter().map(|&count| f64::from(count)).sum();
    for order in [1, 2, 4] {
        let began = std::time::Instant::now();
        let (credits, _) = harness.fit(json!({"order": order}), channels.clone(), &paths, false).unwrap();
        println!(
            "order {order}: {} paths, {} touches in {:?}",
            paths.conversions.len(),
            paths.channel.len(),
            began.elapsed()
        );
        assert!((credits.conversions.iter().sum::<f64>() - observed).abs() < 1e-6 * observed);
    }
}
