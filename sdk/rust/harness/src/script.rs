//! The scripted outside world of a test: what the host's capabilities answer,
//! and what the plugin asked of them. Nothing leaves the process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use rialto_plugin_host::{
    Fault, HostAnswer, HostCall, ScriptedBackend,
    capability::{Blob, HttpRequest, HttpResponse, LogLine, MailContent, Metric, QueryAnswer, Question},
};

type HttpScript = Box<dyn FnMut(&HttpRequest) -> Result<HttpResponse, Fault> + Send>;
type MailScript = Box<dyn FnMut(&str, &MailContent) -> Result<(), Fault> + Send>;

/// What the outside world answers. What is not scripted is denied.
#[derive(Default)]
pub struct Script {
    http: Option<HttpScript>,
    mail: Option<MailScript>,
    state: Option<BTreeMap<String, Vec<u8>>>,
    metrics: BTreeMap<String, Metric>,
    answers: Vec<(Question, QueryAnswer)>,
}

impl Script {
    /// Everything is denied.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every request gets this answer.
    pub fn http(self, status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = HttpResponse { status, headers, body: Blob(body.as_bytes().to_vec()), options: Vec::new() };
        self.http_by(move |_| Ok(answer.clone()))
    }

    /// Requests are answered by a function.
    pub fn http_by(mut self, script: impl FnMut(&HttpRequest) -> Result<HttpResponse, Fault> + Send + 'static) -> Self {
        self.http = Some(Box::new(script));
        self
    }

    /// Every mail is taken.
    pub fn mail(self) -> Self {
        self.mail_by(|_, _| Ok(()))
    }

    /// Mails are taken or refused by a function of delivery and content.
    pub fn mail_by(mut self, script: impl FnMut(&str, &MailContent) -> Result<(), Fault> + Send + 'static) -> Self {
        self.mail = Some(Box::new(script));
        self
    }

    /// There is a state, with these keys and values.
    pub fn state<'a>(mut self, entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value.as_bytes().to_vec()));
        self.state.get_or_insert_default().extend(entries);
        self
    }

    /// The catalogue knows one number.
    pub fn metric(self, name: &str, unit: &str, number: f64) -> Self {
        self.metric_by(name, unit, &[], &[(&[], Some(number))])
    }

    /// The catalogue knows a number broken down; `None` is withheld.
    pub fn metric_by(mut self, name: &str, unit: &str, by: &[&str], rows: &[(&[&str], Option<f64>)]) -> Self {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let metric = self.metrics.entry(name.to_owned()).or_insert_with(|| Metric {
            name: name.to_owned(),
            title: name.to_owned(),
            definition: String::new(),
            unit: unit.to_owned(),
            dimensions: Vec::new(),
        });
        metric.dimensions.extend(owned(by));
        let question = Question {
            metric: name.to_owned(),
            by: owned(by),
            filter: Vec::new(),
            start: None,
            end: None,
            options: Vec::new(),
        };
        let answer = QueryAnswer {
            unit: unit.to_owned(),
            keys: rows.iter().flat_map(|(keys, _)| owned(keys)).collect(),
            values: rows.iter().map(|(_, number)| number.unwrap_or(0.0)).collect(),
            hidden: rows.iter().map(|(_, number)| number.is_none()).collect(),
            options: Vec::new(),
        };
        self.answers.push((question, answer));
        self
    }
}

/// What the plugin asked of the host, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// Every call but log lines.
    pub calls: Vec<HostCall>,
    /// Every log line.
    pub logs: Vec<LogLine>,
    /// What the state holds now.
    pub state: BTreeMap<String, Vec<u8>>,
}

impl Asked {
    /// The HTTP requests.
    pub fn requests(&self) -> Vec<&HttpRequest> {
        let mut all = Vec::new();
        for call in &self.calls {
            if let HostCall::HttpSendAll { requests } = call {
                all.extend(requests);
            }
        }
        all
    }

    /// The mails, with the delivery each is for.
    pub fn mails(&self) -> Vec<(&str, &MailContent)> {
        let mut all = Vec::new();
        for call in &self.calls {
            if let HostCall::MailSubmit { delivery, content } = call {
                all.push((delivery.as_str(), content));
            }
        }
        all
    }

    /// The questions to the catalogue.
    pub fn questions(&self) -> Vec<&Question> {
        let mut all = Vec::new();
        for call in &self.calls {
            if let HostCall::QueryAsk { questions } = call {
                all.extend(questions);
            }
        }
        all
    }
}

/// The world of one harness: shared by its runs, so that state lasts.
#[derive(Clone, Default)]
pub(crate) struct World(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    script: Script,
    asked: Asked,
    /// The state as the run found it, to go back to if the run fails.
    before: Option<BTreeMap<String, Vec<u8>>>,
}

impl World {
    pub(crate) fn new(script: Script) -> Self {
        Self(Arc::new(Mutex::new(Inside { script, ..Inside::default() })))
    }

    /// A backend for one run.
    pub(crate) fn begin(&self) -> ScriptedBackend {
        self.with(|inside| inside.before.clone_from(&inside.script.state));
        let world = self.clone();
        ScriptedBackend::new(move |call| world.with(|inside| inside.answer(call)))
    }

    /// The run is over: writes of a failed one never happened.
    pub(crate) fn end(&self, succeeded: bool, logs: Vec<LogLine>) {
        self.with(|inside| {
            inside.asked.logs.extend(logs);
            if !succeeded {
                inside.script.state = inside.before.take();
            }
        });
    }

    pub(crate) fn asked(&self) -> Asked {
        self.with(|inside| Asked { state: inside.script.state.clone().unwrap_or_default(), ..inside.asked.clone() })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inside) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inside {
    fn answer(&mut self, call: &HostCall) -> HostAnswer {
        if !matches!(call, HostCall::LogWrite(_)) {
            self.asked.calls.push(call.clone());
        }
        self.script.answer(call).unwrap_or_else(|| HostAnswer::denied(call))
    }
}

impl Script {
    /// `None` where nothing is scripted.
    fn answer(&mut self, call: &HostCall) -> Option<HostAnswer> {
        Some(match call {
            HostCall::LogWrite(_) => HostAnswer::Done,
            HostCall::HttpSendAll { requests } => {
                let script = self.http.as_mut()?;
                HostAnswer::Responses(requests.iter().map(script).collect())
            }
            HostCall::MailSubmit { delivery, content } => HostAnswer::Unit(self.mail.as_mut()?(delivery, content)),
            HostCall::StateGet { key } => HostAnswer::Value(Ok(self.state.as_ref()?.get(key).cloned().map(Blob))),
            HostCall::StateKeys { prefix, after, limit } => {
                let after = after.as_deref().unwrap_or("");
                let keys = self.state.as_ref()?.keys().filter(|key| key.starts_with(prefix) && key.as_str() > after);
                HostAnswer::Keys(Ok(keys.take(*limit as usize).cloned().collect()))
            }
            HostCall::StatePut { key, value } | HostCall::StatePutNow { key, value } => {
                self.state.as_mut()?.insert(key.clone(), value.0.clone());
                HostAnswer::Unit(Ok(()))
            }
            HostCall::StateDelete { key } => {
                self.state.as_mut()?.remove(key);
                HostAnswer::Unit(Ok(()))
            }
            HostCall::QueryMetrics => HostAnswer::Metrics(self.metrics.values().cloned().collect()),
            HostCall::QueryAsk { questions } => {
                HostAnswer::Answers(questions.iter().map(|question| self.known(question)).collect())
            }
        })
    }

    fn known(&self, question: &Question) -> Result<QueryAnswer, Fault> {
        let known = self.answers.iter().find(|(known, _)| known.metric == question.metric && known.by == question.by);
        let unknown = || Fault::invalid(format!("no metric `{}` by {:?} is scripted", question.metric, question.by));
        known.map(|(_, answer)| answer.clone()).ok_or_else(unknown)
    }
}
