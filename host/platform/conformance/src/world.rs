//! The scripted other side of one run: what the host's capabilities answer, and
//! what was asked of them. Nothing leaves the process.

use rialto_plugin_host::{
    Fault, HostAnswer, HostCall, ScriptedBackend,
    capability::{Blob, HttpRequest, HttpResponse, MailContent, Metric, QueryAnswer, Question},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

type HttpScript = Box<dyn FnMut(&HttpRequest) -> Result<HttpResponse, Fault> + Send>;
type MailScript = Box<dyn FnMut(&str) -> Result<(), Fault> + Send>;

/// What the metrics catalogue knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Catalogue {
    /// No metric at all.
    Unknown,
    /// Every metric, and not one row.
    Empty,
    /// Every metric, every row withheld.
    Hidden,
    /// Every metric; every second row withheld.
    HalfHidden,
    /// Every metric; so many rows where it is broken down.
    Rows(usize),
    /// The same, with odd texts for keys.
    OddRows,
}

/// What was asked, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) requests: Vec<HttpRequest>,
    pub(crate) mails: Vec<(String, MailContent)>,
    pub(crate) calls: usize,
}

/// One run's outside.
#[derive(Clone)]
pub(crate) struct World(Arc<Mutex<Inside>>);

struct Inside {
    http: HttpScript,
    mail: MailScript,
    catalogue: Catalogue,
    state: BTreeMap<String, Vec<u8>>,
    seen: Seen,
}

impl World {
    /// Everything answers well.
    pub(crate) fn fine() -> Self {
        Self::answering(200, &[("content-type", "application/json")], b"{}")
    }

    /// Every request gets this answer; mails are taken.
    pub(crate) fn answering(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = HttpResponse { status, headers, body: Blob(body.to_vec()), options: Vec::new() };
        Self::http(move |_| Ok(answer.clone()))
    }

    /// Every request and every mail ends in this fault.
    pub(crate) fn failing(fault: Fault) -> Self {
        let mail = fault.clone();
        Self::http(move |_| Err(fault.clone())).mail(move |_| Err(mail.clone()))
    }

    /// Requests are answered by a function.
    pub(crate) fn http(script: impl FnMut(&HttpRequest) -> Result<HttpResponse, Fault> + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Inside {
            http: Box::new(script),
            mail: Box::new(|_| Ok(())),
            catalogue: Catalogue::Rows(3),
            state: BTreeMap::new(),
            seen: Seen::default(),
        })))
    }

    /// Mails are taken or refused by a function of the delivery.
    pub(crate) fn mail(self, script: impl FnMut(&str) -> Result<(), Fault> + Send + 'static) -> Self {
        self.with(|inside| inside.mail = Box::new(script));
        self
    }

    /// What the catalogue knows.
    pub(crate) fn catalogue(catalogue: Catalogue) -> Self {
        let world = Self::fine();
        world.with(|inside| inside.catalogue = catalogue);
        world
    }

    /// Who answers a run's host calls.
    pub(crate) fn backend(&self) -> ScriptedBackend {
        let world = self.clone();
        ScriptedBackend::new(move |call| world.with(|inside| inside.answer(call)))
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Seen {
        self.with(|inside| inside.seen.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inside) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The deliveries that a request dispatches: none for GET and HEAD.
pub(crate) fn dispatched(request: &HttpRequest) -> Vec<String> {
    match request.method.as_str() {
        "GET" | "HEAD" => Vec::new(),
        _ => request.deliveries().unwrap_or_default(),
    }
}

impl Inside {
    fn answer(&mut self, call: &HostCall) -> HostAnswer {
        if !matches!(call, HostCall::LogWrite(_)) {
            self.seen.calls += 1;
        }
        match call {
            HostCall::LogWrite(_) => HostAnswer::Done,
            HostCall::HttpSendAll { requests } => {
                self.seen.requests.extend(requests.iter().cloned());
                HostAnswer::Responses(requests.iter().map(|one| (self.http)(one)).collect())
            }
            HostCall::MailSubmit { delivery, content } => {
                self.seen.mails.push((delivery.clone(), content.clone()));
                HostAnswer::Unit((self.mail)(delivery))
            }
            HostCall::StateGet { key } => HostAnswer::Value(Ok(self.state.get(key).cloned().map(Blob))),
            HostCall::StateKeys { prefix, after, limit } => {
                let after = after.as_deref().unwrap_or("");
                let keys = self.state.keys().filter(|key| key.starts_with(prefix) && key.as_str() > after);
                HostAnswer::Keys(Ok(keys.take(*limit as usize).cloned().collect()))
            }
            HostCall::StatePut { key, value } | HostCall::StatePutNow { key, value } => {
                self.state.insert(key.clone(), value.0.clone());
                HostAnswer::Unit(Ok(()))
            }
            HostCall::StateDelete { key } => {
                self.state.remove(key);
                HostAnswer::Unit(Ok(()))
            }
            HostCall::QueryMetrics => HostAnswer::Metrics(metrics(self.catalogue)),
            HostCall::QueryAsk { questions } => {
                HostAnswer::Answers(questions.iter().map(|one| known(self.catalogue, one)).collect())
            }
        }
    }
}

/// Metrics of the host's own catalogue, for reports that list what there is.
const METRICS: &[(&str, &[&str])] = &[
    ("sends", &["campaign", "channel", "day"]),
    ("unique-clicks", &["campaign", "channel", "day"]),
    ("conversions", &["campaign", "channel", "day"]),
    ("conversion-value", &["campaign", "channel", "day"]),
    ("spend", &["campaign", "channel", "day"]),
    ("net-revenue", &["campaign", "channel", "day"]),
    ("conversion-rate", &["campaign", "channel"]),
];

fn metrics(catalogue: Catalogue) -> Vec<Metric> {
    if catalogue == Catalogue::Unknown {
        return Vec::new();
    }
    let one = |(name, dimensions): &(&str, &[&str])| Metric {
        name: (*name).to_owned(),
        title: (*name).to_owned(),
        definition: String::new(),
        unit: unit(name).to_owned(),
        dimensions: dimensions.iter().map(|one| (*one).to_owned()).collect(),
    };
    METRICS.iter().map(one).collect()
}

fn unit(metric: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| metric.contains(word));
    if has(&["rate", "roi", "share", "ratio"]) {
        "ratio"
    } else if has(&["revenue", "value", "spend", "cost", "budget"]) {
        "money:EUR"
    } else {
        "count"
    }
}

fn known(catalogue: Catalogue, question: &Question) -> Result<QueryAnswer, Fault> {
    let broken_down = !question.by.is_empty();
    let rows = match catalogue {
        Catalogue::Unknown => return Err(Fault::invalid(format!("there is no metric `{}`", question.metric))),
        Catalogue::Empty => 0,
        Catalogue::Rows(rows) if broken_down => rows,
        Catalogue::OddRows if broken_down => crate::texts::ODD.len(),
        Catalogue::Hidden | Catalogue::HalfHidden if broken_down => 4,
        _ => 1,
    };
    let hidden = |row: usize| match catalogue {
        Catalogue::Hidden => true,
        Catalogue::HalfHidden => row.is_multiple_of(2),
        _ => false,
    };
    let value = |row: usize| if hidden(row) { 0.0 } else { value(&question.metric, row) };
    Ok(QueryAnswer {
        unit: unit(&question.metric).to_owned(),
        keys: (0..rows).flat_map(|row| question.by.iter().map(move |by| key(catalogue, by, row))).collect(),
        values: (0..rows).map(value).collect(),
        hidden: (0..rows).map(hidden).collect(),
        options: Vec::new(),
    })
}

#[allow(clippy::cast_precision_loss, reason = "rows stay below 2^53")]
fn value(metric: &str, row: usize) -> f64 {
    match unit(metric) {
        "ratio" => 0.25 + (row % 50) as f64 / 100.0,
        "money:EUR" => 125_000.0 + (row % 997) as f64 * 100.0,
        _ => 1_000.0 + (row % 997) as f64,
    }
}

fn key(catalogue: Catalogue, dimension: &str, row: usize) -> String {
    const CHANNELS: [&str; 5] = ["email", "sms", "display", "paid_search", "direct"];
    if catalogue == Catalogue::OddRows {
        return crate::texts::ODD[row % crate::texts::ODD.len()].to_owned();
    }
    match dimension {
        "channel" if row < CHANNELS.len() => CHANNELS[row].to_owned(),
        "day" => format!("{}-{:02}-{:02}", 2020 + row / 336, row / 28 % 12 + 1, row % 28 + 1),
        "model" => ["last", "linear"][row % 2].to_owned(),
        _ => format!("{dimension}-{row}"),
    }
}
