//! The work of this area that takes longer than an answer may.

pub(crate) mod conformance;

use crate::recording::RecordingsJob;
use rialto_jobs::JobHandler;
use rialto_slice::Host;
use std::sync::Arc;

/// The handlers of this area.
pub(crate) fn handlers(host: &Host) -> Vec<Arc<dyn JobHandler>> {
    vec![conformance::handler(host), Arc::new(RecordingsJob::new(host))]
}
