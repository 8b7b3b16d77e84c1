//! Contacts: who they are, what is known of them, and which of them are one
//! person. It never rewrites an event or a send: a merge is a pointer.

mod actions;
mod addressee;
mod merge;
mod model;
pub(crate) mod resolve;
pub(crate) mod sql;
pub(crate) mod traits;

pub use actions::{
    contact_create, contact_patch, contact_profile, identity_add, identity_remove, tag_add, tag_remove, traits_patch,
};
pub(crate) use actions::{full_name, standing};
pub use addressee::{Addressee, addressees};
pub use merge::{NewMerge, contact_merge, contact_unmerge};
pub use model::{Contact, ContactMerge, ContactPatch, Identity, NewContact, NewIdentity, NewTag, Profile, Tag, Trait};
pub use sql::{contact_find, contact_root, contact_roots, identity_find, identity_map, person_ids};
pub use traits::{TraitKind, TraitValue};
