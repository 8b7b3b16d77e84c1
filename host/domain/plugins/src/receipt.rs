//! Receipts of runs: digests of everything that an answer came from, signed by
//! the host, so that anyone may have it made again and hold the two against
//! each other. A receipt holds no datum and no setting, only their digests.

use crate::{Error, actions, recording, run, sql};
use rialto_contract::{replay, replay_grants};
use rialto_kernel::{Id, Keys, Purpose, WorkspaceId};
use rialto_plugin_host::{EngineMark, PackageDigest, PluginKind, RunError, RunRecord};
use rialto_slice::Host;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The form of the document.
pub const RECEIPT_FORM: u64 = 1;
/// The contract's packages and their versions in this program.
const CONTRACTS: &[(&str, &str)] = &[
    ("rialto:types", "0.1.0"),
    ("rialto:log", "0.1.0"),
    ("rialto:query", "0.1.0"),
    ("rialto:attribution", "0.1.0"),
    ("rialto:report", "0.1.0"),
];

/// An entry, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptEntry {
    /// `observe`, `credit`, `build` …
    pub name: String,
    /// SHA-256 of what it was given.
    pub input: String,
    /// SHA-256 of what it answered.
    pub output: Option<String>,
}

/// A host call, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptCall {
    /// Which capability.
    pub capability: String,
    /// SHA-256 of what was asked.
    pub call: String,
    /// SHA-256 of what was answered.
    pub answer: String,
}

/// The receipt of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Receipt {
    /// The form of this document.
    pub rialto_receipt: u64,
    /// The workspace.
    #[schema(value_type = uuid::Uuid)]
    pub workspace: Id,
    /// What was made: `attribution-run` or `report-run`.
    pub subject_kind: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    pub subject: Id,
    /// The run of the plugin that made it.
    #[schema(value_type = uuid::Uuid)]
    pub run: Id,
    /// The installation.
    #[schema(value_type = uuid::Uuid)]
    pub installation: Id,
    /// `publisher/name`.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// The run's logical time, UTC microseconds.
    pub at_us: i64,
    /// What its randomness came from, as hex.
    pub seed: String,
    /// SHA-256 of the component.
    pub component: String,
    /// SHA-256 of the settings it was given.
    pub settings: String,
    /// SHA-256 of the data it was given.
    pub input: String,
    /// SHA-256 of its answer.
    pub output: String,
    /// What it ran on.
    #[schema(value_type = Object)]
    pub engine: EngineMark,
    /// The contract's packages and their versions.
    pub contracts: BTreeMap<String, String>,
    /// Its entries, in order.
    pub entries: Vec<ReceiptEntry>,
    /// Its host calls, in order; log lines are none.
    pub calls: Vec<ReceiptCall>,
    /// This host's mac over all the rest, as hex.
    pub signature: String,
}

/// What a receipt says beyond what the run's record knows.
#[derive(Debug, Clone)]
pub struct ReceiptOf {
    /// `attribution-run` or `report-run`.
    pub subject_kind: &'static str,
    /// Its id.
    pub subject: Id,
    /// The settings, as the plugin was given them.
    pub settings: String,
    /// SHA-256 of the data, as hex.
    pub input: String,
    /// SHA-256 of the answer, as hex.
    pub output: String,
}

/// Something that is not as the receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptDifference {
    /// `receipt`, `component`, `settings`, `input`, `engine`, `contracts`, `entry 2 (credit)`,
    /// `host call 0 (query)`, `output`.
    pub what: String,
    /// What the receipt says.
    pub receipt: String,
    /// What was found.
    pub found: String,
}

impl ReceiptDifference {
    /// A difference of two texts.
    #[must_use]
    pub fn of(what: impl Into<String>, receipt: impl Into<String>, found: impl Into<String>) -> Self {
        Self { what: what.into(), receipt: receipt.into(), found: found.into() }
    }
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

impl Receipt {
    /// The receipt of a run that went well.
    pub(crate) fn new(host: &Host, record: &RunRecord, seed: [u8; 32], of: ReceiptOf) -> Self {
        let entry = |entry: &rialto_plugin_host::recorder::EntryRecord| ReceiptEntry {
            name: entry.name.clone(),
            input: entry.input.to_hex(),
            output: entry.output.map(|output| output.to_hex()),
        };
        let call = |call: &rialto_plugin_host::recorder::CallRecord| ReceiptCall {
            capability: call.capability.clone(),
            call: call.call.to_hex(),
            answer: call.answer.to_hex(),
        };
        let mut receipt = Self {
            rialto_receipt: RECEIPT_FORM,
            workspace: record.workspace.0,
            subject_kind: of.subject_kind.to_owned(),
            subject: of.subject,
            run: record.run,
            installation: record.installation,
            plugin: record.plugin.clone(),
            version: record.version.clone(),
            at_us: record.at_us,
            seed: hex::encode(seed),
            component: record.package.to_hex(),
            settings: digest(&of.settings),
            input: of.input,
            output: of.output,
            engine: host.plugins.engine(),
            contracts: contracts(),
            entries: record.entries.iter().map(entry).collect(),
            calls: record.calls.iter().map(call).collect(),
            signature: String::new(),
        };
        receipt.signature = hex::encode(receipt.mac(&host.keys));
        receipt
    }

    fn signed(&self) -> Vec<u8> {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(fields) = &mut value {
            fields.remove("signature");
        }
        sorted(value).to_string().into_bytes()
    }

    fn mac(&self, keys: &Keys) -> [u8; 32] {
        keys.mac(Purpose::Receipt, &[&self.signed()])
    }

    /// Whether this host made it and nobody changed it.
    #[must_use]
    pub fn is_intact(&self, keys: &Keys) -> bool {
        let signature = hex::decode(&self.signature).unwrap_or_default();
        signature.len() == 32 && keys.verify(Purpose::Receipt, &[&self.signed()], &signature)
    }

    /// What its randomness came from.
    #[must_use]
    pub fn seed(&self) -> Option<[u8; 32]> {
        let mut seed = [0; 32];
        hex::decode_to_slice(&self.seed, &mut seed).ok()?;
        Some(seed)
    }

    /// What is not as it says of the host: the engine and the contract.
    #[must_use]
    pub fn against_host(&self, host: &Host) -> Vec<ReceiptDifference> {
        let mut found = Vec::new();
        let engine = host.plugins.engine();
        if self.engine != engine {
            let told = |mark: &EngineMark| format!("wasmtime {} {}", mark.wasmtime, mark.settings);
            found.push(ReceiptDifference::of("engine", told(&self.engine), told(&engine)));
        }
        if self.contracts != contracts() {
            let told = |all: &BTreeMap<String, String>| {
                all.iter().map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>().join(", ")
            };
            found.push(ReceiptDifference::of("contracts", told(&self.contracts), told(&contracts())));
        }
        found
    }

    /// What is not as it says of the host calls of another run's record.
    #[must_use]
    pub fn against_calls(&self, record: &RunRecord) -> Vec<ReceiptDifference> {
        let mut found = Vec::new();
        let none = || "nothing".to_owned();
        for at in 0..self.calls.len().max(record.calls.len()) {
            let (was, is) = (self.calls.get(at), record.calls.get(at));
            let capability = was.map(|c| &c.capability).or(is.map(|c| &c.capability)).cloned().unwrap_or_default();
            let (asked, now) = (was.map(|c| c.call.clone()), is.map(|c| c.call.to_hex()));
            if asked != now {
                let what = format!("host call {at} ({capability})");
                found.push(ReceiptDifference::of(what, asked.unwrap_or_else(none), now.unwrap_or_else(none)));
                continue;
            }
            let (answered, now) = (was.map(|c| c.answer.clone()), is.map(|c| c.answer.to_hex()));
            if answered != now {
                let what = format!("answer to host call {at} ({capability})");
                found.push(ReceiptDifference::of(what, answered.unwrap_or_else(none), now.unwrap_or_else(none)));
            }
        }
        found
    }

    /// What is not as it says of another run's record.
    #[must_use]
    pub fn against_record(&self, record: &RunRecord) -> Vec<ReceiptDifference> {
        let mut found = self.against_calls(record);
        let none = || "nothing".to_owned();
        for at in 0..self.entries.len().max(record.entries.len()) {
            let (was, is) = (self.entries.get(at), record.entries.get(at));
            let name = was.map(|e| &e.name).or(is.map(|e| &e.name)).cloned().unwrap_or_default();
            let (given, now) = (was.map(|e| e.input.clone()), is.map(|e| e.input.to_hex()));
            if given != now {
                let what = format!("input of entry {at} ({name})");
                found.push(ReceiptDifference::of(what, given.unwrap_or_else(none), now.unwrap_or_else(none)));
                continue;
            }
            let said = was.and_then(|e| e.output.clone());
            let now = is.and_then(|e| e.output).map(|output| output.to_hex());
            if said != now {
                let what = format!("answer of entry {at} ({name})");
                found.push(ReceiptDifference::of(what, said.unwrap_or_else(none), now.unwrap_or_else(none)));
            }
        }
        found
    }

    /// What is not as it says of what stood in its place.
    #[must_use]
    pub fn against(&self, settings: &str, input: &str, output: &str, component: &str) -> Vec<ReceiptDifference> {
        let pairs = [
            ("component", &self.component, component.to_owned()),
            ("settings", &self.settings, digest(settings)),
            ("input", &self.input, input.to_owned()),
            ("output", &self.output, output.to_owned()),
        ];
        let differs = pairs.into_iter().filter(|(_, receipt, found)| *receipt != found);
        differs.map(|(what, receipt, found)| ReceiptDifference::of(what, receipt, found)).collect()
    }
}

fn contracts() -> BTreeMap<String, String> {
    CONTRACTS.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect()
}

/// Objects in the order of their names, whoever wrote them down.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<(String, Value)> = map.into_iter().map(|(name, one)| (name, sorted(one))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// The receipt of an attribution or report run.
///
/// # Errors
/// When it has none, or the store fails.
pub async fn receipt_of(host: &Host, workspace: WorkspaceId, subject: Id) -> Result<Receipt, Error> {
    let mut conn = host.store.read(workspace).await?;
    let found = sql::receipt_of(&mut conn, workspace, subject).await?.ok_or(Error::Unknown("receipt"))?;
    Ok(serde_json::from_str(&found)?)
}

/// Run a receipt's run again from the recorder, on its own component, and say
/// what is not as the receipt says. `None` where the run is not recorded.
///
/// # Errors
/// When the store fails or no run can be made now.
pub async fn receipt_rerun(
    host: &Host,
    workspace: WorkspaceId,
    receipt: &Receipt,
) -> Result<Option<Vec<ReceiptDifference>>, Error> {
    let (row, package) = {
        let mut conn = host.store.read(workspace).await?;
        let Some(row) = recording::find(host, &mut conn, workspace, receipt.run).await? else { return Ok(None) };
        (row, sql::package_bytes(&mut conn, workspace, &receipt.component).await?)
    };
    let tape = match recording::read(host, workspace, &row).await {
        Ok(tape) => tape,
        Err(Error::RecordingElsewhere) => return Ok(None),
        Err(cause @ Error::RecordingChanged) => {
            return Ok(Some(vec![ReceiptDifference::of("input", "the recording", cause.to_string())]));
        }
        Err(cause) => return Err(cause),
    };
    let gone = |found: String| Ok(Some(vec![ReceiptDifference::of("component", receipt.component.clone(), found)]));
    let Some(package) = package else { return gone("it is not in the store any more".to_owned()) };
    let found = PackageDigest::of(&package).to_hex();
    if found != receipt.component {
        return gone(found);
    }
    let inspection = actions::package(&mut host.store.read(workspace).await?, workspace, &found).await?.inspection()?;
    let plugin = run::load(host, workspace, &found, &replay_grants(&inspection)).await?;
    let kind: PluginKind = row.kind.parse().unwrap_or(PluginKind::Attribution);
    let again = replay(&host.plugins, &plugin, kind, &tape, (workspace, row.run)).await?;
    if let Some(RunError::Diverged { at, detail, .. }) = &again.error {
        return Ok(Some(vec![ReceiptDifference::of(format!("host call {at}"), "as recorded", detail.clone())]));
    }
    Ok(Some(match (&again.record, &again.error) {
        (Some(record), _) => receipt.against_record(record),
        (None, why) => {
            let why = why.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
            vec![ReceiptDifference::of("output", receipt.output.clone(), why)]
        }
    }))
}
