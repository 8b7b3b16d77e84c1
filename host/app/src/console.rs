//! The console as it was built into this program (see `build.rs`). It is only
//! files: every rule is behind the API.

use rialto_web::SiteFile;

/// Its files; none where it was not built.
pub(crate) static FILES: &[SiteFile] = include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// Whether there is a console in this program.
pub(crate) fn is_built() -> bool {
    !FILES.is_empty()
}
