//! The area's addresses: each handler takes its input apart, calls one action
//! and answers.

mod consent;
mod contact;
mod experiment;
mod export;
mod import;
mod person;
mod segment;
mod snapshot;

use axum::extract::DefaultBodyLimit;
use rialto_slice::Host;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Every address of the area, relative to `/api/v1`.
pub(crate) fn routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(contact::contact_page, contact::contact_make))
        .routes(routes!(contact::contact_read, contact::contact_change))
        .routes(routes!(contact::profile_read))
        .routes(routes!(contact::timeline_page))
        .routes(routes!(person::person_export))
        .routes(routes!(person::person_erase))
        .routes(routes!(person::person_request_page))
        .routes(routes!(person::person_request_read))
        .routes(routes!(person::person_document_read))
        .routes(routes!(contact::identity_give, contact::identity_take))
        .routes(routes!(contact::traits_change))
        .routes(routes!(contact::tag_give))
        .routes(routes!(contact::tag_take))
        .routes(routes!(contact::merge_make))
        .routes(routes!(contact::merge_undo))
        .routes(routes!(consent::consent_say, consent::consent_page))
        .routes(routes!(consent::suppression_page, consent::suppression_make))
        .routes(routes!(consent::suppression_take))
        .routes(routes!(export::kind_list))
        .routes(routes!(export::export_take))
        .routes(routes!(import::kind_list))
        .routes(routes!(import::import_page))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(import::import_make))
                .routes(routes!(import::import_look))
                .layer(DefaultBodyLimit::disable()),
        )
        .routes(routes!(import::import_read))
        .routes(routes!(import::import_stop))
        .routes(routes!(import::import_back))
        .routes(routes!(import::kept_page))
        .routes(routes!(import::error_page))
        .routes(routes!(import::error_file))
        .routes(routes!(segment::segment_page, segment::segment_make))
        .routes(routes!(segment::segment_preview))
        .routes(routes!(segment::segment_overlap))
        .routes(routes!(segment::segment_suggest, segment::segment_accept))
        .routes(routes!(segment::segment_read, segment::segment_change))
        .routes(routes!(segment::segment_archive))
        .routes(routes!(segment::segment_contacts))
        .routes(routes!(experiment::experiment_page, experiment::experiment_make))
        .routes(routes!(experiment::experiment_read))
        .routes(routes!(experiment::experiment_close))
        .routes(routes!(snapshot::snapshot_page, snapshot::snapshot_make))
        .routes(routes!(snapshot::snapshot_read))
        .routes(routes!(snapshot::member_page))
}
