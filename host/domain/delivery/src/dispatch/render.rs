//! The message of an occurrence, filled in for each person: their words, the
//! tracked links, the pixel and the way out. It knows everyone's address and
//! tells it to no one.

use super::work::Work;
use crate::{
    Error,
    fan_out::problem,
    model::{Occurrence, WaveContent},
    smtp::Letter,
    sql::{self, Due, SendRow},
    tracking::{Named, Use, write_token},
};
use jiff::Timestamp;
use rialto_audience::{Addressee, addressees};
use rialto_creative::{CompiledMessage, Person, Sender, context_of, link_name, message_load, sender_find};
use rialto_kernel::{Id, Keys, WorkspaceId};
use rialto_plugin_host::capability::MailContent;
use rialto_slice::Host;
use rialto_store::Conn;
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Links of one occurrence that are tracked; further ones are left as they are.
const LINKS_MAX: u32 = 2_000;

/// A message ready to be filled in.
pub(crate) struct Content {
    message: CompiledMessage,
    sender: Option<Sender>,
    /// Whether these are the words as frozen at the launch.
    frozen: bool,
    /// Numbers of the tracked links, by the message's own numbering.
    links: Vec<Option<u16>>,
    public_url: String,
    keys: Keys,
    workspace: WorkspaceId,
}

/// A row with its person and what they get.
pub(crate) struct Rendered {
    pub(crate) due: Due,
    pub(crate) person: Addressee,
    pub(crate) parts: BTreeMap<String, String>,
    pub(crate) content_hash: Vec<u8>,
    unsubscribe: String,
}

impl Rendered {
    /// A part by its name; empty where this language has none.
    pub(crate) fn part(&self, name: &str) -> String {
        self.parts.get(name).cloned().unwrap_or_default()
    }
}

/// Whether an opening is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pixel {
    With,
    Without,
}

/// What a send said, filled in once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Again {
    /// The language it is in.
    pub(crate) locale: String,
    pub(crate) parts: BTreeMap<String, String>,
    /// Whether it is what left, to the byte.
    pub(crate) same: bool,
}

/// Links with their numbers, to be kept.
type NewLinks = Vec<(i64, String)>;

/// Parts, their hash, and the address to leave by.
type Filled = (BTreeMap<String, String>, Vec<u8>, String);

/// The rows of a batch.
pub(crate) struct Rows {
    pub(crate) rows: Vec<Rendered>,
}

impl Rows {
    pub(crate) fn dues(&self) -> Vec<Due> {
        self.rows.iter().map(|row| row.due.clone()).collect()
    }

    pub(crate) fn hashes(&self) -> HashMap<Id, Vec<u8>> {
        self.rows.iter().map(|row| (row.due.id, row.content_hash.clone())).collect()
    }

    /// The names of all parts that any row has.
    pub(crate) fn part_names(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.rows.iter().flat_map(|row| row.parts.keys()).collect();
        names.into_iter().cloned().collect()
    }
}

impl Content {
    /// Load the message and its sender, and number its links.
    ///
    /// # Errors
    /// When the message is gone or cannot be rendered at all.
    pub(crate) async fn load(
        conn: &mut Conn,
        host: &Host,
        ws: WorkspaceId,
        occurrence: &Occurrence,
    ) -> Result<Self, Error> {
        let (content, new) = Self::read(conn, host, ws, occurrence).await?;
        if !new.is_empty() {
            let id = occurrence.id;
            host.store
                .write(ws, "delivery.links", move |conn| {
                    Box::pin(async move { sql::link_insert(conn, ws, id, new).await })
                })
                .await?;
        }
        Ok(content)
    }

    /// The same without writing anything, and the links that are not kept yet.
    async fn read(
        conn: &mut Conn,
        host: &Host,
        ws: WorkspaceId,
        occurrence: &Occurrence,
    ) -> Result<(Self, NewLinks), Error> {
        let (message, sender, frozen) = said(conn, ws, occurrence).await?;
        let known = sql::link_list(conn, ws, occurrence.id, LINKS_MAX).await?;
        let (links, new) = number(&message, &known);
        let (public_url, keys) = (host.public_url.trim_end_matches('/').to_owned(), host.keys.clone());
        Ok((Self { message, sender, frozen, links, public_url, keys, workspace: ws }, new))
    }

    /// What a send said, filled in once more: as it left where the person is
    /// still who they were, and else with what is held now. `None` where neither
    /// the words nor their proof are kept. It leaves the pixel out: to look
    /// again in a browser is no opening of the mail.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn again(
        conn: &mut Conn,
        host: &Host,
        ws: WorkspaceId,
        (occurrence, send): (&Occurrence, &SendRow),
        person: Addressee,
    ) -> Result<Option<Again>, Error> {
        let content = match Self::read(conn, host, ws, occurrence).await {
            Ok((content, _)) => content,
            Err(Error::Problem(problem)) if problem.status < 500 => return Ok(None),
            Err(cause) => return Err(cause),
        };
        // The language may have changed since; the ledger keeps the one it was planned in.
        let planned = Addressee { locale: send.locale.clone(), ..person.clone() };
        let same = [&planned, &person].into_iter().find(|person| content.is_what_left(send, person));
        if same.is_none() && !content.frozen {
            return Ok(None);
        }
        let context = content.context(send.id, same.unwrap_or(&planned), Pixel::Without);
        let filled = content.message.render(&same.unwrap_or(&planned).locale, &context);
        Ok(filled.ok().map(|filled| Again { locale: filled.locale, parts: filled.parts, same: same.is_some() }))
    }

    fn is_what_left(&self, send: &SendRow, person: &Addressee) -> bool {
        let filled = self.fill(send.id, person);
        filled.is_ok_and(|(_, hash, _)| send.content_hash.as_ref() == Some(&hash))
    }

    /// The address mails are from; empty where the occurrence has no sender.
    pub(crate) fn sender_address(&self) -> &str {
        self.sender.as_ref().map_or("", |sender| sender.address.as_str())
    }

    /// Fill the message in for these rows; those that cannot be are told apart
    /// with the reason.
    ///
    /// # Errors
    /// When the people cannot be read.
    pub(crate) async fn render(&self, work: &Work, rows: Vec<Due>) -> Result<(Rows, Vec<(Due, String)>), Error> {
        let contacts: Vec<Id> = rows.iter().map(|row| row.contact).collect();
        let (ws, channel) = (self.workspace, &work.occurrence.channel);
        let people = {
            let mut conn = work.host.store.read(ws).await?;
            addressees(&mut conn, ws, &contacts, channel).await.map_err(problem)?
        };
        let mut people: HashMap<Id, Addressee> = people.into_iter().map(|person| (person.contact, person)).collect();
        let (mut rendered, mut spoilt) = (Vec::with_capacity(rows.len()), Vec::new());
        for due in rows {
            let Some(person) = people.remove(&due.contact) else {
                spoilt.push((due, "the contact is gone".to_owned()));
                continue;
            };
            match self.fill(due.id, &person) {
                Ok((parts, content_hash, unsubscribe)) => {
                    rendered.push(Rendered { due, person, parts, content_hash, unsubscribe });
                }
                Err(words) => spoilt.push((due, words)),
            }
        }
        Ok((Rows { rows: rendered }, spoilt))
    }

    fn fill(&self, send: Id, person: &Addressee) -> Result<Filled, String> {
        let context = self.context(send, person, Pixel::With);
        let filled = self.message.render(&person.locale, &context).map_err(|cause| cause.to_string())?;
        let hash = content_hash(self.message.version, &filled.locale, &filled.parts);
        Ok((filled.parts, hash, self.url("u", Use::Unsubscribe, send, 0, "")))
    }

    /// What the message may name of a person.
    fn context(&self, send: Id, person: &Addressee, pixel: Pixel) -> Map<String, Json> {
        let mut context = context_of(&Person::from(person));
        let mut set = |name: &str, value: Json| {
            context.insert(name.to_owned(), value);
        };
        set("unsubscribe_url", self.url("u", Use::Unsubscribe, send, 0, "").into());
        set("preferences_url", self.url("p", Use::Preferences, send, 0, "").into());
        set("view_url", self.url("v", Use::View, send, 0, "").into());
        if pixel == Pixel::With {
            set("rialto_pixel", self.url("o", Use::Open, send, 0, ".gif").into());
        }
        for (at, number) in self.links.iter().enumerate() {
            if let Some(number) = number {
                set(&link_name(at), self.url("c", Use::Click, send, *number, "").into());
            }
        }
        context
    }

    fn url(&self, path: &str, purpose: Use, send: Id, link: u16, tail: &str) -> String {
        let token = write_token(&self.keys, purpose, Named { workspace: self.workspace, send, link });
        format!("{}/{path}/{token}{tail}", self.public_url)
    }

    /// The letter to one person, of the words a connector handed over.
    pub(crate) fn letter<'a>(
        &'a self,
        at: Timestamp,
        row: &'a Rendered,
        address: &'a str,
        content: &'a MailContent,
    ) -> Letter<'a> {
        let sender = self.sender.as_ref();
        Letter {
            send: row.due.id,
            at,
            from_name: sender.map_or("", |sender| sender.name.as_str()),
            from_address: self.sender_address(),
            reply_to: sender.map_or("", |sender| sender.reply_to.as_str()),
            to_name: &row.person.name,
            to_address: address,
            subject: &content.subject,
            html: content.html.as_deref(),
            text: &content.text,
            headers: &content.headers,
            unsubscribe: &row.unsubscribe,
        }
    }
}

/// What a wave says and from whom: as frozen at its launch, or else (one that an
/// earlier version launched) what its message says now; and which of the two.
async fn said(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: &Occurrence,
) -> Result<(CompiledMessage, Option<Sender>, bool), Error> {
    if let Some((content, _)) = sql::content_find(conn, ws, occurrence.id).await? {
        let WaveContent { message, sender } =
            serde_json::from_str(&content).map_err(|_| Error::Stored("content of a wave"))?;
        return Ok((CompiledMessage::thaw(message).map_err(problem)?, sender, true));
    }
    let message = message_load(conn, ws, occurrence.message).await.map_err(problem)?;
    let sender = match occurrence.sender {
        Some(id) => Some(sender_find(conn, ws, id).await.map_err(problem)?),
        None => None,
    };
    Ok((message, sender, false))
}

/// The number of each link of the message, and the links that are new. A link
/// keeps its number when the message is changed in between.
fn number(message: &CompiledMessage, known: &[(i64, String)]) -> (Vec<Option<u16>>, NewLinks) {
    let mut numbers: HashMap<&str, i64> = known.iter().map(|(number, url)| (url.as_str(), *number)).collect();
    let mut next = known.iter().map(|(number, _)| *number + 1).max().unwrap_or(0);
    let mut new = Vec::new();
    let mut links = Vec::new();
    for url in message.links() {
        if !numbers.contains_key(url.as_str()) && next < i64::from(LINKS_MAX) {
            numbers.insert(url, next);
            new.push((next, url.clone()));
            next += 1;
        }
        links.push(numbers.get(url.as_str()).and_then(|number| u16::try_from(*number).ok()));
    }
    (links, new)
}

/// What was said to one person, by its SHA-256: the version, the language, and
/// every part, addresses of links included.
fn content_hash(version: i64, locale: &str, parts: &BTreeMap<String, String>) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(version.to_le_bytes());
    for (name, text) in std::iter::once((&"locale".to_owned(), &locale.to_owned())).chain(parts) {
        for piece in [name, text] {
            hash.update((piece.len() as u64).to_le_bytes());
            hash.update(piece.as_bytes());
        }
    }
    hash.finalize().to_vec()
}
