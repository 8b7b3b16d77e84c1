//! The plugin host: runs WebAssembly components that can only answer what
//! they are asked. Everything a plugin can reach passes one host call, one
//! guard and one egress door; it knows nothing of marketing.
//!
//! ```text
//! let host = PluginHost::new(HostConfig::default(), keys, clock, random)?;
//! let plugin = host.load(bytes, &Grants::default()).await?;
//! let mut run = host.run(RunRequest::new(&plugin, PluginKind::Report, workspace, installation)).await?;
//! // typed calls: see the contract crate
//! let finished = run.finish().await;
//! ```
//!
//! To add a capability: its WIT in `wit/host/<c>/` → a [`HostCall`] and a
//! [`HostAnswer`] → `capability/wit.rs` → `capability/live.rs` → its line in
//! `inspect/table.rs` and in `linker.rs` → a hostile guest in the tests.
//!
//! [`HostCall`]: capability::HostCall
//! [`HostAnswer`]: capability::HostAnswer

mod admission;
pub mod breaker;
mod cache;
pub mod capability;
pub mod compile;
mod config;
pub mod egress;
mod engine;
pub mod error;
pub mod grants;
mod host;
pub mod inspect;
pub mod kind;
pub mod limits;
mod linker;
mod logbook;
mod metric;
pub mod package;
mod queue;
pub mod recorder;
pub mod run;
pub mod supply;
mod tape;
mod version;
mod wasi;
pub mod wit;

pub use breaker::{BreakerConfig, BreakerState};
pub use capability::{
    AddressSource, DispatchDoor, Doors, Fault, FieldDifference, HostAnswer, HostCall, MailDoor, Options, QueryDoor,
    RecordedCall, ScriptedBackend, SecretSource, SecretValue, StateDoor, StateEntry, StateUsage, StateWrite,
};
pub use compile::child::CompileChild;
pub use config::{HostConfig, Recording};
pub use egress::{Egress, Policy, Redactor, Resolve};
pub use engine::{EngineMark, engine_config};
pub use error::{LoadError, PackageError, RunError};
pub use grants::{Grants, HostGrant, Permission, Place};
pub use host::PluginHost;
pub use inspect::{CompatReport, Inspection, Role, Runtime, Verdict};
pub use kind::{Ability, PluginKind};
pub use limits::{LimitName, Limits};
pub use package::{Manifest, PackageDigest, Parts, pack};
pub use queue::QueueState;
pub use recorder::{BodyPolicy, DeliverySeen, DeniedCall, Finished, Outcome, Payload, RunRecord};
pub use run::{Run, RunRequest, RunState};
pub use supply::{Supply, SupplyConfig, SupplyError};
pub use tape::{Bodies, Body, EntryBody};
pub use version::LoadedPlugin;
