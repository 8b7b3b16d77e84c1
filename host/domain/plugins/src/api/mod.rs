//! The endpoints of this area. Handlers are thin: extract, act, answer.

mod body;
mod conformance;
mod installations;
mod package_view;
mod packages;
mod recorded;
mod rollout;
mod runs;
mod shadow;
mod supply;
mod versions;
mod view;

pub use package_view::PackageView;

use axum::extract::DefaultBodyLimit;
use rialto_slice::Host;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What a form adds around an uploaded file, at most.
const FORM_BYTES_MAX: u64 = 64 * 1024;

pub(crate) fn routes(host: &Host) -> OpenApiRouter<Host> {
    let upload_bytes = host.limits.plugin_bytes_max.saturating_add(FORM_BYTES_MAX);
    let upload_bytes = usize::try_from(upload_bytes).unwrap_or(usize::MAX);
    let uploads = OpenApiRouter::new()
        .routes(routes!(packages::plugin_check))
        .routes(routes!(packages::plugin_list, packages::plugin_upload))
        .layer(DefaultBodyLimit::max(upload_bytes));
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(packages::plugin_get))
        .routes(routes!(conformance::plugin_conformance_get, conformance::plugin_conformance_ask))
        .routes(routes!(supply::icon))
        .routes(routes!(supply::key_list, supply::key_trust))
        .routes(routes!(supply::key_revoke))
        .routes(routes!(supply::revocation_list, supply::package_revoke))
        .routes(routes!(supply::package_reinstate))
        .routes(routes!(supply::policy_get, supply::policy_put))
        .routes(routes!(installations::installation_list, installations::installation_create))
        .routes(routes!(
            installations::installation_get,
            installations::installation_change,
            installations::installation_delete
        ))
        .routes(routes!(installations::installation_enable))
        .routes(routes!(installations::installation_disable))
        .routes(routes!(installations::installation_check))
        .routes(routes!(versions::version_list, versions::version_add))
        .routes(routes!(versions::version_approve))
        .routes(routes!(versions::version_activate))
        .routes(routes!(versions::installation_roll_back))
        .routes(routes!(rollout::version_get, versions::version_remove))
        .routes(routes!(versions::version_canary))
        .routes(routes!(versions::version_release))
        .routes(routes!(rollout::rollout_get, rollout::rollout_set))
        .routes(routes!(rollout::canary_list))
        .routes(routes!(rollout::denial_list))
        .routes(routes!(runs::run_list))
        .routes(routes!(runs::run_get))
        .routes(routes!(runs::installation_health))
        .routes(routes!(shadow::version_shadow, shadow::version_shadow_report))
        .routes(routes!(recorded::run_seen))
        .routes(routes!(recorded::run_fixture))
        .routes(routes!(recorded::run_replay))
}
