//! The name by which other files of this area ask whether a plan may be
//! launched. The rules are in `approval`.

pub(crate) use crate::approval::launch_allowed;
