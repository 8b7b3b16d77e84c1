//! A run: one fresh store, one or more guarded entries. A trap, a passed bound
//! or a wrong answer ends it; its store is dropped and never entered again.

pub(crate) mod bounds;
mod classify;
pub(crate) mod guard;
pub(crate) mod meter;
mod request;
mod state;

pub use request::RunRequest;
pub use state::RunState;

use crate::{
    admission::Ticket,
    capability::{RecordedCall, backend::Harvest},
    engine::Ticking,
    error::RunError,
    inspect::Inspection,
    kind::{Ability, PluginKind},
    limits::{LimitName, Limits},
    metric,
    package::PackageDigest,
    recorder::{BodyPolicy, EntryRecord, Finished, Outcome, Payload, RunRecord},
    tape::{Bodies, Tape},
    version::LoadedPlugin,
};
use futures::future::BoxFuture;
use guard::{Guard, guarded};
use std::time::Instant;
use tracing::Instrument as _;
use wasmtime::{
    Store,
    component::{Instance, InstancePre},
};

/// One store with a plugin in it, ready to be entered.
pub struct Run {
    live: Option<Live>,
    plugin: LoadedPlugin,
    limits: Limits,
    guard: Guard,
    began: Instant,
    record: RunRecord,
    failure: Option<RunError>,
    harvest: Harvest,
    calls: Option<Vec<RecordedCall>>,
    tape: Tape,
    logs: Vec<crate::capability::LogLine>,
    policy: BodyPolicy,
    seed: [u8; 32],
    ticket: Option<Ticket>,
    _ticking: Ticking,
}

struct Live {
    store: Store<RunState>,
    instance: Option<Instance>,
}

/// Everything a run is made of.
pub(crate) struct RunParts {
    pub(crate) store: Store<RunState>,
    pub(crate) plugin: LoadedPlugin,
    pub(crate) limits: Limits,
    pub(crate) guard: Guard,
    pub(crate) record: RunRecord,
    pub(crate) policy: BodyPolicy,
    pub(crate) seed: [u8; 32],
    pub(crate) ticket: Ticket,
    pub(crate) ticking: Ticking,
}

impl Run {
    /// Make the instance, itself a guarded entry.
    pub(crate) async fn start(parts: RunParts) -> Result<Self, RunError> {
        let mut run = Self {
            live: Some(Live { store: parts.store, instance: None }),
            plugin: parts.plugin,
            limits: parts.limits,
            guard: parts.guard,
            began: Instant::now(),
            record: parts.record,
            failure: None,
            harvest: Harvest::default(),
            calls: None,
            tape: Tape::new(parts.policy != BodyPolicy::Never),
            logs: Vec::new(),
            policy: parts.policy,
            seed: parts.seed,
            ticket: Some(parts.ticket),
            _ticking: parts.ticking,
        };
        let pre: InstancePre<RunState> = run.plugin.pre().clone();
        let made = run
            .pass("instantiate", Payload::none(), move |store, _| {
                Box::pin(async move { pre.instantiate_async(store).await })
            })
            .await;
        match made {
            Ok(instance) => {
                if let Some(live) = &mut run.live {
                    live.instance = Some(instance);
                }
                Ok(run)
            }
            Err(why) => {
                run.finish().await;
                Err(why)
            }
        }
    }

    /// Enter the plugin once, under the one guard. `input` is what the entry
    /// is given, for the record and the bound on it; `call` makes the typed
    /// call. Call [`Run::answered`] when the answer has been checked, or
    /// [`Run::wrong_answer`].
    ///
    /// # Errors
    /// A [`RunError`]; all but a too large input end the run.
    pub async fn enter<T, F>(&mut self, entry: &'static str, input: Payload, call: F) -> Result<T, RunError>
    where
        T: Send,
        F: for<'a> FnOnce(&'a mut Store<RunState>, Instance) -> BoxFuture<'a, wasmtime::Result<T>> + Send,
    {
        if input.bytes > self.limits.input_bytes {
            return Err(RunError::Limit {
                entry: entry.to_owned(),
                name: LimitName::InputBytes,
                limit: self.limits.input_bytes,
                used: input.bytes,
            });
        }
        let Some(instance) = self.live.as_ref().and_then(|live| live.instance) else {
            return Err(RunError::Ended);
        };
        self.pass(entry, input, move |store, _| call(store, instance)).await
    }

    async fn pass<T, F>(&mut self, entry: &'static str, input: Payload, call: F) -> Result<T, RunError>
    where
        T: Send,
        F: for<'a> FnOnce(&'a mut Store<RunState>, ()) -> BoxFuture<'a, wasmtime::Result<T>> + Send,
    {
        let Some(live) = &mut self.live else { return Err(RunError::Ended) };
        let began = Instant::now();
        let fuel = live.store.get_fuel().ok();
        self.record.bytes_in += input.bytes;
        self.tape.asked(entry, input.bytes, input.body.as_ref());
        let span = tracing::debug_span!("plugin", run = %self.record.run, plugin = %self.record.plugin, entry);
        let answer = guarded(&mut self.guard, &mut live.store, entry, &self.limits, call).instrument(span).await;
        self.record.entries.push(EntryRecord {
            name: entry.to_owned(),
            input: input.digest,
            input_bytes: input.bytes,
            output: None,
            output_bytes: 0,
            cpu_us: self.guard.meter.entry_us(),
            wall_us: micros(began),
            instructions: fuel.zip(live.store.get_fuel().ok()).map(|(before, after)| before.saturating_sub(after)),
            error: answer.as_ref().err().map(|e| e.code().to_owned()),
        });
        answer.inspect_err(|why| {
            self.tape.failed(entry, why);
            self.end(Some(why.clone()));
        })
    }

    /// The answer of the last entry is right: record it.
    ///
    /// # Errors
    /// When it is over the bound on answers, which ends the run.
    pub fn answered(&mut self, entry: &'static str, output: &Payload) -> Result<(), RunError> {
        self.record.bytes_out += output.bytes;
        self.tape.answered(output.bytes, output.body.as_ref());
        if let Some(last) = self.record.entries.last_mut() {
            last.output = Some(output.digest);
            last.output_bytes = output.bytes;
        }
        if output.bytes > self.limits.output_bytes {
            let why = RunError::Limit {
                entry: entry.to_owned(),
                name: LimitName::OutputBytes,
                limit: self.limits.output_bytes,
                used: output.bytes,
            };
            self.tape.failed(entry, &why);
            self.end(Some(why.clone()));
            return Err(why);
        }
        Ok(())
    }

    /// The answer of the last entry cannot be right: the run ends.
    pub fn wrong_answer(&mut self, entry: &'static str, detail: impl Into<String>) -> RunError {
        let why = RunError::WrongAnswer { entry: entry.to_owned(), detail: detail.into() };
        self.mark_last(&why);
        self.tape.failed(entry, &why);
        self.end(Some(why.clone()));
        why
    }

    /// The plugin answered that it cannot. The run goes on; the record keeps
    /// the fault.
    pub fn fault(&mut self, entry: &'static str, fault: crate::capability::Fault) -> RunError {
        let why = RunError::Fault { entry: entry.to_owned(), fault };
        self.mark_last(&why);
        self.tape.failed(entry, &why);
        self.failure.get_or_insert(why.clone());
        why
    }

    fn mark_last(&mut self, why: &RunError) {
        if let Some(last) = self.record.entries.last_mut() {
            last.error = Some(why.code().to_owned());
        }
    }

    /// Whether answers are held word for word: hand them over with
    /// [`Payload::with`].
    #[must_use]
    pub fn is_taped(&self) -> bool {
        self.tape.takes()
    }

    /// What the plugin is and may do.
    #[must_use]
    pub fn inspection(&self) -> &Inspection {
        self.plugin.inspection()
    }

    /// The plugin in it, for look-ups that are made once per version.
    #[must_use]
    pub fn plugin(&self) -> &LoadedPlugin {
        &self.plugin
    }

    /// The bounds of this run.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The run's id.
    #[must_use]
    pub fn id(&self) -> rialto_kernel::Id {
        self.record.run
    }

    /// Check that the plugin is of this kind.
    ///
    /// # Errors
    /// [`RunError::WrongKind`].
    pub fn require(&self, kind: PluginKind) -> Result<(), RunError> {
        if self.inspection().is(kind) { Ok(()) } else { Err(RunError::WrongKind { kind }) }
    }

    /// Check that the plugin has this ability.
    ///
    /// # Errors
    /// [`RunError::Absent`].
    pub fn require_ability(&self, ability: Ability) -> Result<(), RunError> {
        if self.inspection().can(ability) { Ok(()) } else { Err(RunError::Absent { ability }) }
    }

    /// Drop the store and take what it holds out of it.
    fn end(&mut self, why: Option<RunError>) {
        let Some(live) = self.live.take() else { return };
        let mut state = live.store.into_data();
        if let Some(why) = why {
            self.failure.get_or_insert(why);
        }
        match state.calls.backend.finish() {
            Ok(harvest) => self.harvest = harvest,
            Err(diverged) => {
                self.failure.get_or_insert(diverged);
            }
        }
        self.record.memory_peak_bytes = state.bounds.memory_peak();
        state.calls.write_into(&mut self.record);
        self.calls = state.calls.take_bodies();
        self.logs = state.calls.take_logs();
    }

    /// End the run: charge it, record it, tell the breaker, and hand over
    /// what it leaves.
    pub async fn finish(mut self) -> Finished {
        self.end(None);
        let outcome = if self.failure.is_some() { Outcome::Failed } else { Outcome::Succeeded };
        self.close(outcome);
        let mut harvest = std::mem::take(&mut self.harvest);
        if outcome == Outcome::Failed {
            harvest.state.clear();
        }
        Finished {
            record: self.record.clone(),
            state: harvest.state,
            deliveries: harvest.deliveries,
            logs: std::mem::take(&mut self.logs),
            bodies: self.take_bodies(outcome),
            seed: self.seed,
        }
    }

    /// What went through it, if that is to be kept and stayed within its bounds.
    fn take_bodies(&mut self, outcome: Outcome) -> Option<Bodies> {
        let wanted =
            self.policy == BodyPolicy::Always || (outcome == Outcome::Failed && self.policy != BodyPolicy::Never);
        let (entries, calls) = (self.tape.take(), self.calls.take());
        entries.zip(calls).filter(|_| wanted).map(|(entries, calls)| Bodies { entries, calls })
    }

    /// Give up the place and tell breaker and metrics, once.
    fn close(&mut self, outcome: Outcome) {
        let Some(ticket) = self.ticket.take() else { return };
        self.record.outcome = outcome;
        let held = !self.tape.is_over() && self.calls.is_some();
        self.record.bodies_over = self.policy != BodyPolicy::Never && !held;
        self.record.error.clone_from(&self.failure);
        self.record.cpu_us = self.guard.meter.run_us();
        self.record.wall_us = micros(self.began);
        let failed = self.failure.as_ref().is_some_and(RunError::is_plugins_fault);
        ticket.report(outcome == Outcome::Abandoned, failed, self.record.cpu_us);
        metric::run(&self.record);
        tracing::debug!(
            run = %self.record.run, plugin = %self.record.plugin, version = %self.record.version,
            kind = %self.record.kind, outcome = ?outcome, cpu_us = self.record.cpu_us, wall_us = self.record.wall_us,
            error = self.record.error.as_ref().map(tracing::field::display), "plugin run"
        );
    }

    /// The package this run runs.
    #[must_use]
    pub fn package(&self) -> PackageDigest {
        self.record.package
    }
}

impl Drop for Run {
    /// A run that nobody finished gives its place back and is counted.
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.end(None);
            self.close(Outcome::Abandoned);
        }
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
