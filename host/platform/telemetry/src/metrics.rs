//! The one recorder of the process, rendered as Prometheus text by `/metrics`.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

/// From a tenth of a millisecond to ten minutes.
const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    60.0, 300.0, 600.0,
];
/// From a kilobyte to a gigabyte.
const BYTES: &[f64] = &[
    1_024.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
    268_435_456.0,
    1_073_741_824.0,
];
/// How many of something.
const COUNTS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 256.0, 1_000.0, 10_000.0, 100_000.0];

static INSTALLED: OnceLock<Metrics> = OnceLock::new();

/// The process's metrics.
#[derive(Debug, Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The metrics of this process; the first call begins to record. Later
    /// calls answer the same, so that tests may start many hosts.
    #[must_use]
    pub fn of_process() -> Self {
        INSTALLED
            .get_or_init(|| {
                let recorder = builder().build_recorder();
                let handle = recorder.handle();
                if metrics::set_global_recorder(recorder).is_err() {
                    tracing::warn!("another recorder is installed; /metrics stays empty");
                }
                Self(handle)
            })
            .clone()
    }

    /// All of it as Prometheus text.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Fold recent values into the buckets; call it every few seconds so that
    /// memory stays flat while nobody asks.
    pub fn tidy(&self) {
        self.0.run_upkeep();
    }
}

fn builder() -> PrometheusBuilder {
    let buckets = [("_seconds", SECONDS), ("_bytes", BYTES), ("_size", COUNTS), ("_rows", COUNTS)];
    buckets.into_iter().fold(PrometheusBuilder::new(), |builder, (unit, values)| {
        // Only empty buckets are refused, and none of these is empty.
        match builder.set_buckets_for_metric(Matcher::Suffix(unit.to_owned()), values) {
            Ok(builder) => builder,
            Err(_) => PrometheusBuilder::new(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_is_rendered_in_buckets() {
        let metrics = Metrics::of_process();
        ::metrics::histogram!("rialto_test_seconds", "kind" => "a").record(0.2);
        ::metrics::counter!("rialto_test_total").increment(3);
        let text = Metrics::of_process().render();
        assert!(text.contains("rialto_test_seconds_bucket{kind=\"a\",le=\"0.25\"} 1"), "{text}");
        assert!(text.contains("rialto_test_total 3"), "{text}");
        metrics.tidy();
    }
}
