//! Everything a plugin can ask of the host is one [`HostCall`] that gets one
//! [`HostAnswer`]. Metering, recorder, replay and the test harness are layers
//! on that pair; only the live backend has effects.

pub mod backend;
mod denied;
mod difference;
pub mod doors;
pub(crate) mod live;
pub(crate) mod path;
pub(crate) mod replay;
mod state;
mod wit;

pub use backend::{Backend, BackendChoice, Harvest, RecordedCall, ScriptedBackend};
pub use difference::{DIFFERENCES_MAX, FieldDifference, differences};
pub use doors::{
    AddressSource, DispatchDoor, Doors, MailDoor, QueryDoor, SecretSource, SecretValue, StateDoor, StateEntry,
    StateUsage, StateWrite,
};

use serde::{Deserialize, Serialize};

/// A bag of named values, each a JSON text; and why something could not be
/// done. Both sides of the contract say them alike.
pub use crate::wit::rialto::types::types::{Fault, Options};

impl Fault {
    /// A fault of this code.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), retry_after_ms: None, details: Vec::new() }
    }

    /// Nobody granted it.
    #[must_use]
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new("denied", message)
    }

    /// A named bound stops it.
    #[must_use]
    pub fn limit(name: crate::LimitName, limit: u64) -> Self {
        let mut fault = Self::new("limit", format!("over the limit `{name}` of {limit}"));
        fault.details = vec![("limit".to_owned(), format!("\"{name}\"")), ("value".to_owned(), limit.to_string())];
        fault
    }

    /// What was asked cannot be read.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("invalid-input", message)
    }

    /// Away for now.
    #[must_use]
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new("unavailable", message)
    }
}

/// Bytes that JSON carries as base64.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Blob(pub Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use base64::Engine as _;
        to.serialize_str(&base64::engine::general_purpose::STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use base64::Engine as _;
        let text = String::deserialize(from)?;
        base64::engine::general_purpose::STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

/// One log line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// Control characters are escaped.
    pub message: String,
    /// Further fields.
    pub fields: Options,
}

/// Have the host sign a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signing {
    /// `bearer`, `basic`, `hmac-sha256`, `standard-webhooks`.
    pub scheme: String,
    /// Names a secret of the settings.
    pub secret: String,
    /// What the scheme needs besides.
    pub options: Options,
}

/// An outgoing request, as the plugin wrote it: placeholders not filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// Upper case.
    pub method: String,
    /// Absolute.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Blob,
    /// The delivery it serves.
    pub delivery: Option<String>,
    /// How the host signs it.
    pub signing: Option<Signing>,
    /// Shorter than the host's bound.
    pub timeout_ms: Option<u32>,
    /// More.
    pub options: Options,
}

impl HttpRequest {
    /// Every delivery it serves: the one it names, and those of its option
    /// `deliveries` (a JSON list), for an endpoint that takes many in one.
    ///
    /// # Errors
    /// `invalid-input` when the option is no list of texts.
    pub fn deliveries(&self) -> Result<Vec<String>, Fault> {
        let mut all: Vec<String> = self.delivery.iter().cloned().collect();
        if let Some((_, text)) = self.options.iter().find(|(name, _)| name == "deliveries") {
            let further: Vec<String> = serde_json::from_str(text)
                .map_err(|_| Fault::invalid("the option `deliveries` must be a JSON list of delivery ids"))?;
            all.extend(further);
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|delivery| seen.insert(delivery.clone()));
        Ok(all)
    }
}

/// What came back, secrets taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// After decompression.
    pub body: Blob,
    /// More.
    pub options: Options,
}

/// A mail to hand over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailContent {
    /// The subject.
    pub subject: String,
    /// The HTML part.
    pub html: Option<String>,
    /// The text part.
    pub text: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// More.
    pub options: Options,
}

/// A metric that may be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metric {
    /// Such as `net-revenue`.
    pub name: String,
    /// For a person.
    pub title: String,
    /// How it is defined.
    pub definition: String,
    /// `count`, `ratio`, `money:EUR` …
    pub unit: String,
    /// What it can be broken down by.
    pub dimensions: Vec<String>,
}

/// A question to the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The metric's name.
    pub metric: String,
    /// Dimensions to break it down by.
    pub by: Vec<String>,
    /// Dimension and value.
    pub filter: Vec<(String, String)>,
    /// UTC microseconds, included.
    pub start: Option<i64>,
    /// UTC microseconds, excluded.
    pub end: Option<i64>,
    /// More.
    pub options: Options,
}

/// Its answer: `by` many keys a row, one value and one flag a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueryAnswer {
    /// The unit of the values.
    pub unit: String,
    /// Dimension values, row after row.
    pub keys: Vec<String>,
    /// Finite numbers.
    pub values: Vec<f64>,
    /// Whether the row is withheld.
    pub hidden: Vec<bool>,
    /// More.
    pub options: Options,
}

/// Everything a plugin can ask of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum HostCall {
    /// `log.write`.
    LogWrite(LogLine),
    /// `http.send-all`.
    HttpSendAll {
        /// In order.
        requests: Vec<HttpRequest>,
    },
    /// `mail.submit`.
    MailSubmit {
        /// Whose mail it is.
        delivery: String,
        /// What it says.
        content: MailContent,
    },
    /// `state.get`.
    StateGet {
        /// The key.
        key: String,
    },
    /// `state.keys`.
    StateKeys {
        /// What they begin with.
        prefix: String,
        /// Go on after this one.
        after: Option<String>,
        /// At most this many.
        limit: u32,
    },
    /// `state.put`.
    StatePut {
        /// The key.
        key: String,
        /// The value.
        value: Blob,
    },
    /// `state.delete`.
    StateDelete {
        /// The key.
        key: String,
    },
    /// `state.put-now`.
    StatePutNow {
        /// The key.
        key: String,
        /// The value.
        value: Blob,
    },
    /// `query.metrics`.
    QueryMetrics,
    /// `query.ask`.
    QueryAsk {
        /// In order.
        questions: Vec<Question>,
    },
}

impl HostCall {
    /// The capability it belongs to.
    #[must_use]
    pub fn capability(&self) -> &'static str {
        match self {
            Self::LogWrite(_) => "log",
            Self::HttpSendAll { .. } => "http",
            Self::MailSubmit { .. } => "mail",
            Self::StateGet { .. }
            | Self::StateKeys { .. }
            | Self::StatePut { .. }
            | Self::StateDelete { .. }
            | Self::StatePutNow { .. } => "state",
            Self::QueryMetrics | Self::QueryAsk { .. } => "query",
        }
    }
}

/// What the host answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "value", rename_all = "kebab-case")]
pub enum HostAnswer {
    /// To `log.write`.
    Done,
    /// To `http.send-all`: one a request, in order.
    Responses(Vec<Result<HttpResponse, Fault>>),
    /// To `mail.submit`, `state.put`, `state.delete` and `state.put-now`.
    Unit(Result<(), Fault>),
    /// To `state.get`.
    Value(Result<Option<Blob>, Fault>),
    /// To `state.keys`.
    Keys(Result<Vec<String>, Fault>),
    /// To `query.metrics`.
    Metrics(Vec<Metric>),
    /// To `query.ask`: one a question, in order.
    Answers(Vec<Result<QueryAnswer, Fault>>),
}

impl HostAnswer {
    /// The answer of a backend that has no such capability.
    #[must_use]
    pub fn denied(call: &HostCall) -> Self {
        let fault = Fault::denied(format!("`{}` is not available in this run", call.capability()));
        match call {
            HostCall::LogWrite(_) => Self::Done,
            HostCall::HttpSendAll { requests } => {
                Self::Responses(requests.iter().map(|_| Err(fault.clone())).collect())
            }
            HostCall::StateGet { .. } => Self::Value(Err(fault)),
            HostCall::StateKeys { .. } => Self::Keys(Err(fault)),
            HostCall::QueryMetrics => Self::Metrics(Vec::new()),
            HostCall::QueryAsk { questions } => Self::Answers(questions.iter().map(|_| Err(fault.clone())).collect()),
            _ => Self::Unit(Err(fault)),
        }
    }
}
