//! One question to a recommender: the run, made once more or gone without as
//! the installation's failure policy says. It keeps nothing.

use super::{
    actions::{lessons_for, limits},
    candidates::Shown,
    model::{CandidateKind, NewRecommendation},
};
use crate::error::{Error, Result};
use rialto_contract::recommender::{self, Brief, Candidates, Ranked};
use rialto_kernel::{Id, Problem};
use rialto_plugin_host::{Ability, PluginKind, RunError};
use rialto_plugins::{OpenRun, RunOptions, StateWrites, failure_policy, open_run_with, rollout::Failure};
use rialto_slice::Host;
use rialto_web::Caller;

/// A question that is ready to be asked.
pub(super) struct Asking<'q> {
    pub(super) host: &'q Host,
    pub(super) caller: &'q Caller,
    pub(super) new: &'q NewRecommendation,
    pub(super) installation: Id,
    pub(super) brief: Brief,
}

/// What came of it.
pub(super) struct Answered {
    /// The run; nil where none could be opened.
    pub(super) run: Id,
    pub(super) ranked: Vec<Ranked>,
    /// To be applied with what is kept.
    pub(super) state: Option<StateWrites>,
    /// Why there is no ranking, where the policy goes on without one.
    pub(super) skipped: Option<String>,
}

enum Went {
    Ranked(Vec<Ranked>),
    Plugin(RunError),
    Host(Error),
}

impl Asking<'_> {
    /// Ask, and once more where the policy says so.
    pub(super) async fn ask(&self, shown: &mut Shown) -> Result<Answered> {
        match self.once(shown, false).await? {
            Some(answered) => Ok(answered),
            None => match self.once(shown, true).await? {
                Some(answered) => Ok(answered),
                None => Err(Problem::internal("a question was repeated twice").into()),
            },
        }
    }

    /// Ask; nothing when it is to be asked once more.
    async fn once(&self, shown: &mut Shown, second: bool) -> Result<Option<Answered>> {
        let options = RunOptions {
            at_us: Some(self.brief.at),
            limits: Some(limits(self.new.kind)),
            second,
            ..RunOptions::default()
        };
        let workspace = self.caller.workspace;
        let opened = open_run_with(self.host, workspace, self.installation, PluginKind::Recommender, options).await;
        let mut open = match opened {
            Ok(open) => open,
            Err(rialto_plugins::Error::Run(why)) => {
                let policy = failure_policy(self.host, workspace, self.installation).await.map_err(Problem::from)?;
                return without(policy, Id::nil(), &why, None).map(Some);
            }
            Err(why) => return Err(Problem::from(why).into()),
        };
        // Candidates may be many: they are only kept for a second question
        // where there may be one.
        let may_repeat = !second && open.failure() == Failure::RetryOnce;
        let candidates = if may_repeat { shown.candidates.clone() } else { taken(&mut shown.candidates) };
        let went = self.run(&mut open, candidates).await;
        let (run, policy) = (open.id(), open.failure());
        let again = matches!(&went, Went::Plugin(why) if open.once_more(why));
        let closed = open.finish().await;
        match went {
            Went::Ranked(ranked) => Ok(Some(Answered { run, ranked, state: Some(closed.state), skipped: None })),
            Went::Plugin(_) if again => Ok(None),
            Went::Plugin(why) => without(policy, run, &why, Some(closed.state)).map(Some),
            Went::Host(why) => Err(why),
        }
    }

    async fn run(&self, open: &mut OpenRun, candidates: Candidates) -> Went {
        let settings = open.settings_json.clone();
        if self.new.kind == CandidateKind::Contact && open.run.require_ability(Ability::Learn).is_ok() {
            let outcomes = match lessons_for(self.host, self.caller, self.new, &self.brief).await {
                Ok(outcomes) => outcomes,
                Err(why) => return Went::Host(why),
            };
            if !outcomes.is_empty()
                && let Err(why) = recommender::learn(&mut open.run, &settings, outcomes).await
            {
                return Went::Plugin(why);
            }
        }
        match recommender::recommend(&mut open.run, &settings, self.brief.clone(), candidates).await {
            Ok(ranked) => Went::Ranked(ranked),
            Err(why) => Went::Plugin(why),
        }
    }
}

fn taken(candidates: &mut Candidates) -> Candidates {
    let kind = candidates.kind.clone();
    std::mem::replace(candidates, Candidates { kind, ids: Vec::new(), texts: Vec::new(), numbers: Vec::new() })
}

/// Go on without a ranking, or refuse.
fn without(policy: Failure, run: Id, why: &RunError, state: Option<StateWrites>) -> Result<Answered> {
    if policy != Failure::FailOpen {
        return Err(Problem::from(why.clone()).into());
    }
    Ok(Answered { run, ranked: Vec::new(), state, skipped: Some(why.to_string()) })
}
