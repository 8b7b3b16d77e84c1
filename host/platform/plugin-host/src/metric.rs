//! Prometheus numbers of runs. Labels come from installed plugins and closed
//! lists, never from what a plugin says at run time.

use crate::recorder::{Outcome, RunRecord};

/// Count one run.
pub(crate) fn run(record: &RunRecord) {
    let outcome = match (&record.outcome, &record.error) {
        (Outcome::Succeeded, _) => "succeeded",
        (Outcome::Abandoned, _) => "abandoned",
        (Outcome::Failed, Some(error)) => error.code(),
        (Outcome::Failed, None) => "failed",
    };
    let labels = [("plugin", record.plugin.clone()), ("kind", record.kind.as_str().to_owned())];
    metrics::counter!("rialto_plugin_runs_total", &with(&labels, "outcome", outcome)).increment(1);
    metrics::histogram!("rialto_plugin_run_seconds", &labels).record(seconds(record.wall_us));
    metrics::histogram!("rialto_plugin_cpu_seconds", &labels).record(seconds(record.cpu_us));
    #[allow(clippy::cast_precision_loss, reason = "a histogram of bytes needs no last bit")]
    metrics::histogram!("rialto_plugin_memory_peak_bytes", &labels).record(record.memory_peak_bytes as f64);
    metrics::counter!("rialto_plugin_host_calls_total", &labels).increment(record.host_calls);
    metrics::counter!("rialto_plugin_log_bytes_total", &labels).increment(record.log_bytes);
    for denied in &record.denied {
        let labels = with(&labels, "capability", &denied.capability);
        metrics::counter!("rialto_plugin_denied_calls_total", &labels).increment(denied.calls);
    }
    if let Some(limit) = record.error.as_ref().and_then(crate::RunError::limit) {
        metrics::counter!("rialto_plugin_limits_total", &with(&labels, "limit", limit.as_str())).increment(1);
    }
}

/// Count one request through the egress door.
pub(crate) fn request(outcome: &'static str, micros: u64) {
    metrics::counter!("rialto_egress_requests_total", "outcome" => outcome).increment(1);
    metrics::histogram!("rialto_egress_request_seconds", "outcome" => outcome).record(seconds(micros));
}

/// How many runs wait for a place.
pub(crate) fn waiting(count: u64) {
    #[allow(clippy::cast_precision_loss, reason = "a queue is short")]
    metrics::gauge!("rialto_plugin_runs_waiting").set(count as f64);
}

/// Count a compilation, or a start from the cache.
pub(crate) fn loaded(from_cache: bool, micros: u64) {
    let source = if from_cache { "cache" } else { "compiled" };
    metrics::histogram!("rialto_plugin_load_seconds", "source" => source).record(seconds(micros));
}

fn with(labels: &[(&'static str, String); 2], name: &'static str, value: &str) -> [(&'static str, String); 3] {
    [labels[0].clone(), labels[1].clone(), (name, value.to_owned())]
}

#[allow(clippy::cast_precision_loss, reason = "seconds of a run fit a double")]
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1_000_000.0
}
