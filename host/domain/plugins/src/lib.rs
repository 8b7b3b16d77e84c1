//! Plugins as an admin knows them: packages, installations, grants, settings
//! with secrets, versions, runs, health. It decides which version runs with
//! which permissions; it never runs anything but through the plugin host.
//!
//! Other areas open a run with [`open_run`] and close it with
//! [`OpenRun::finish`]; what the run wants kept comes back as [`StateWrites`],
//! to be applied in the transaction that writes the run's outcome.

mod actions;
mod api;
mod choice;
mod error;
mod grants;
mod jobs;
mod kept;
mod model;
mod person;
mod receipt;
mod recording;
mod report;
mod reseal;
mod retention;
pub mod rollout;
mod run;
mod secrets;
mod settings;
mod sql;
mod state;
mod token;
mod trust;

pub use api::PackageView;
pub use error::Error;
pub use grants::{Change, Difference};
pub use model::{Installation, InstalledKind, RunRow};
pub use receipt::{Receipt, ReceiptDifference, ReceiptOf, receipt_of, receipt_rerun};
pub use recording::{RECORDING_DAYS_MAX, RECORDINGS_BYTES_MAX};
pub use report::{Beside, PluginReport, report};
pub use run::{ClosedRun, OpenRun, RunOptions, failure_policy, open_run, open_run_with};
pub use settings::parameters_wrong;
pub use sql::{installation_find, installations_of_kind, version_described};
pub use state::{STATE_BYTES_MAX, STATE_KEYS_MAX, StateWrites};
pub use trust::Standing;

use rialto_slice::{Host, Slice};

/// The area, ready to be mounted.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_slice::person::declare(host, person::HOLDINGS);
    rialto_slice::retention::declare(host, retention::KEEPINGS);
    rialto_slice::rhythm::declare(host, recording::RHYTHMS);
    rialto_slice::units::declare(host, retention::UNIT_USES);
    rialto_slice::sealed::declare(host, reseal::SEALED);
    Slice { api: api::routes(host), jobs: jobs::handlers(host), ..Slice::new("plugins") }
}
