//! Importing contacts: identities, names, tags, consents with their proof, and
//! any other column as a typed trait.

use super::{
    kind::{Column, Extra, ImportContext, ImportKind, ImportRow, RowError, TakeBack},
    moment::Moments,
};
use crate::{
    consent::{ConsentState, NewConsent, TOPIC_ALL, consents_put},
    contact::{
        Contact,
        resolve::{OnTwo, Resolved, Resolving, Wanted, is_race, resolve},
        sql::{TagPut, contact_blank, contact_push, contact_rows, tags_put},
        traits::{TraitKind, TraitPut, TraitValue, kind_of_cells, trait_key, trait_keys_claim, traits_put},
    },
    error::Result,
    limits::{KEY_BYTES_MAX, NAME_BYTES_MAX},
    normalise::{IdentityKind, bounded, normalise, short_name},
};
use async_trait::async_trait;
use rialto_kernel::{Id, Problem};
use rialto_store::Conn;
use std::collections::{BTreeMap, HashMap};

/// Contacts, one a row; a row with an identity that is known changes that contact.
#[derive(Debug, Clone, Copy)]
pub struct ContactsImport;

const COLUMNS: &[Column] = &[
    column(
        "external_id",
        &["id", "customer_id", "contact_id", "客户编号", "客户ID", "客户号", "用户编号"],
        "the id in your own system",
    ),
    column("user_id", &["用户ID", "用户名"], "the id of a signed-in visitor"),
    column("member_number", &["member", "membership", "会员号", "会员卡号", "会员编号"], "the membership number"),
    column(
        "email",
        &["e-mail", "mail", "email_address", "邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址"],
        "the email address",
    ),
    column(
        "phone",
        &["mobile", "telephone", "phone_number", "手机号", "手机", "手机号码", "电话", "联系电话", "电话号码"],
        "the telephone number, with + and country, or as the option `region` writes them",
    ),
    column("name", &["full_name", "姓名", "名称", "客户姓名", "会员姓名", "联系人"], "the name to show"),
    column("first_name", &["firstname", "given_name", "名"], "the given name"),
    column("last_name", &["lastname", "surname", "family_name", "姓"], "the family name"),
    column("locale", &["language", "语言", "语种"], "the language, such as zh-CN"),
    column("zone", &["timezone", "time_zone", "时区"], "the IANA time zone"),
    column("region", &["地区", "省份", "区域"], "the region"),
    column("tags", &["tag", "标签", "客户标签"], "tags, separated by semicolons or bars"),
    column("source", &["来源", "渠道来源"], "where the contact comes from"),
    column("consent_at", &[], "when consent was given or withdrawn"),
    column("consent_source", &[], "where consent was given or withdrawn"),
    column("consent_proof", &[], "what proves the consent"),
];

/// Columns that are identities, the surest first.
const IDENTITIES: [(usize, IdentityKind); 5] = [
    (0, IdentityKind::External),
    (1, IdentityKind::UserId),
    (2, IdentityKind::Member),
    (3, IdentityKind::Email),
    (4, IdentityKind::Phone),
];
const TAGS: usize = 11;
const SOURCE: usize = 12;
const CONSENT_AT: usize = 13;
const CONSENT_SOURCE: usize = 14;
const CONSENT_PROOF: usize = 15;

const fn column(name: &'static str, aliases: &'static [&'static str], about: &'static str) -> Column {
    Column { name, aliases, required: false, about }
}

#[async_trait]
impl ImportKind for ContactsImport {
    fn name(&self) -> &'static str {
        "contacts"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn extra(&self) -> Extra {
        Extra::OnRequest
    }

    fn knows(&self, header: &str) -> bool {
        consent_column(header).is_some()
    }

    fn made_objects(&self) -> &'static [&'static str] {
        &["contact"]
    }

    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        Ok(super::made::take_back(conn, with, ids).await?)
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let mut errors = Vec::new();
        let kinds = trait_kinds(conn, ctx, rows).await?;
        let moments = Moments::of(ctx)?;
        let mut drafts: Vec<Draft> = Vec::with_capacity(rows.len());
        for row in rows {
            match draft(ctx, row, &kinds, &moments) {
                Ok(draft) => drafts.push(draft),
                Err(error) => errors.extend(error),
            }
        }
        let people: Vec<Vec<Wanted>> = drafts.iter_mut().map(|draft| std::mem::take(&mut draft.identities)).collect();
        let how = Resolving {
            workspace: ctx.workspace,
            ids: &ctx.ids,
            now: ctx.at,
            known_at: ctx.at,
            source: "import",
            on_two: OnTwo::Report,
        };
        let found = resolve(conn, how, &people).await.map_err(|error| {
            if is_race(&error) { Problem::unavailable("another write named the same contact") } else { error.into() }
        })?;
        let mut placed: Vec<(Id, Draft)> = Vec::with_capacity(drafts.len());
        for (draft, resolved) in drafts.into_iter().zip(found) {
            if let Some(Resolved::New(id)) = resolved {
                ctx.made("contact", [id]);
            }
            match resolved {
                Some(Resolved::Known(id) | Resolved::New(id) | Resolved::Both(id, _)) => placed.push((id, draft)),
                Some(Resolved::Two(kind)) => errors.push(RowError {
                    row: draft.row,
                    field: kind.as_str().to_owned(),
                    message: "belongs to another contact than the row's surer identity; merge the two, or mend the row"
                        .to_owned(),
                }),
                None => {}
            }
        }
        write(conn, ctx, placed).await?;
        Ok(errors)
    }
}

/// A row, read.
struct Draft {
    row: u64,
    identities: Vec<Wanted>,
    names: [String; 6],
    source: String,
    tags: Vec<String>,
    traits: Vec<(String, TraitValue)>,
    consents: Vec<(String, String, ConsentState)>,
    consent_at: i64,
    consent_source: String,
    proof: String,
}

/// Columns of [`Draft::names`], in order.
const NAMES: [usize; 6] = [5, 6, 7, 8, 9, 10];

fn draft(
    ctx: &ImportContext,
    row: &ImportRow,
    kinds: &HashMap<String, TraitKind>,
    moments: &Moments,
) -> Result<Draft, Vec<RowError>> {
    let mut errors = Vec::new();
    let mut kept = |field: &str, read: Result<String>| {
        read.unwrap_or_else(|error| {
            errors.push(row.error(field, message_of(error)));
            String::new()
        })
    };
    let mut identities = Vec::new();
    for (at, kind) in IDENTITIES {
        if let Some(shown) = row.text(at) {
            let value = match kind {
                IdentityKind::Phone => ctx.phone(shown).map_err(|message| crate::Error::field("phone", message)),
                _ => normalise(kind, shown),
            };
            let value = kept(COLUMNS[at].name, value);
            identities.push(Wanted { kind, value, shown: shown.to_owned() });
        }
    }
    let mut names =
        NAMES.map(|at| kept(COLUMNS[at].name, bounded(COLUMNS[at].name, row.text(at).unwrap_or(""), NAME_BYTES_MAX)));
    let source = kept("source", bounded("source", row.text(SOURCE).unwrap_or("import"), NAME_BYTES_MAX));
    let tags = row
        .text(TAGS)
        .map(|cell| cell.split([';', '|', '；']).filter(|tag| !tag.trim().is_empty()).collect::<Vec<_>>())
        .unwrap_or_default()
        .into_iter()
        .map(|tag| kept("tags", short_name("tags", tag, KEY_BYTES_MAX)))
        .collect();
    let (traits, consents) = extras(row, kinds, &mut errors);
    if identities.is_empty() {
        errors.push(
            row.error("external_id", "the row names nobody: it needs an id, a member number, an email or a phone"),
        );
    }
    part_name(ctx, &mut names);
    let consent_at = match row.text(CONSENT_AT).map(|cell| moments.past(cell, ctx.now)) {
        None => ctx.at,
        Some(Ok(at)) => at,
        Some(Err(message)) => {
            errors.push(row.error("consent_at", message));
            ctx.at
        }
    };
    let from_file = || format!("import of {}, row {}", ctx.file_name, row.number);
    let proof = row.text(CONSENT_PROOF).or_else(|| ctx.option("consent_proof")).map_or_else(from_file, str::to_owned);
    let consent_source = row.text(CONSENT_SOURCE).or_else(|| ctx.option("consent_source")).unwrap_or("import");
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Draft {
        row: row.number,
        identities,
        names,
        source,
        tags,
        traits,
        consents,
        consent_at,
        consent_source: consent_source.to_owned(),
        proof,
    })
}

/// A Chinese name in one field, parted where that is sure. Which language it is
/// in, the row or the import's country says: 高田 is Chinese or Japanese.
fn part_name(ctx: &ImportContext, [name, first, last, locale, ..]: &mut [String; 6]) {
    let chinese = locale.starts_with("zh") || (locale.is_empty() && ctx.option("region").is_some_and(|r| r == "CN"));
    if chinese
        && first.is_empty()
        && last.is_empty()
        && let Some((family, given)) = super::names::parted(name)
    {
        (*last, *first) = (family.to_owned(), given.to_owned());
    }
}

type Extras = (Vec<(String, TraitValue)>, Vec<(String, String, ConsentState)>);

fn extras(row: &ImportRow, kinds: &HashMap<String, TraitKind>, errors: &mut Vec<RowError>) -> Extras {
    let (mut traits, mut consents) = (Vec::new(), Vec::new());
    for (header, cell) in row.extras() {
        if let Some((channel, topic)) = consent_column(header) {
            match consent_state(cell) {
                Some(state) => consents.push((channel, topic, state)),
                None => errors.push(row.error(header, "must be yes or no")),
            }
            continue;
        }
        let kind = kinds.get(header).copied().unwrap_or(TraitKind::Text);
        match TraitValue::from_cell(header, cell, kind) {
            Ok(value) => traits.push((header.to_owned(), value)),
            Err(error) => errors.push(row.error(header, message_of(error))),
        }
    }
    (traits, consents)
}

/// `consent_email` and `consent_email:topic`.
fn consent_column(header: &str) -> Option<(String, String)> {
    let rest = header.trim().strip_prefix("consent_")?;
    if matches!(rest, "at" | "source" | "proof") {
        return None;
    }
    let (channel, topic) = rest.split_once(':').unwrap_or((rest, TOPIC_ALL));
    let plain = |text: &str| !text.is_empty() && text.len() <= KEY_BYTES_MAX;
    (plain(channel) && plain(topic)).then(|| (channel.to_owned(), topic.to_owned()))
}

fn consent_state(cell: &str) -> Option<ConsentState> {
    match cell.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "granted" | "opt-in" | "是" => Some(ConsentState::Granted),
        "no" | "n" | "false" | "0" | "withdrawn" | "opt-out" | "否" => Some(ConsentState::Withdrawn),
        _ => None,
    }
}

fn message_of(error: crate::Error) -> String {
    match error {
        crate::Error::Field { message, .. } => message,
        other => other.to_string(),
    }
}

/// The kind of each column that becomes a trait: the one its key has, or else
/// the one that all its cells of this batch have.
async fn trait_kinds(
    conn: &mut Conn,
    ctx: &ImportContext,
    rows: &[ImportRow],
) -> Result<HashMap<String, TraitKind>, Problem> {
    let mut wanted = BTreeMap::new();
    for (header, place) in &ctx.mapping.extras {
        if consent_column(header).is_none() {
            let key = trait_key(header, header)?;
            wanted.insert(key, kind_of_cells(rows.iter().filter_map(|row| row.cell(*place))));
        }
    }
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(trait_keys_claim(conn, ctx.workspace, &wanted, ctx.now).await?)
}

async fn write(conn: &mut Conn, ctx: &ImportContext, placed: Vec<(Id, Draft)>) -> Result<(), Problem> {
    let mut contacts: BTreeMap<Id, Contact> = BTreeMap::new();
    let (mut traits, mut tags, mut consents) = (Vec::new(), Vec::new(), Vec::new());
    for (id, draft) in placed {
        let named = draft.names.iter().any(|name| !name.is_empty());
        if named || !contacts.contains_key(&id) {
            let contact = contacts.entry(id).or_insert_with(|| contact_blank(id, &draft.source, ctx.at));
            overlay(contact, draft.names);
        }
        let at = ctx.at;
        traits.extend(draft.traits.into_iter().map(|(key, value)| TraitPut { contact: id, key, value, at }));
        tags.extend(draft.tags.into_iter().map(|name| TagPut { contact: id, name, at, expires_at: None }));
        consents.extend(draft.consents.into_iter().map(|(channel, topic, state)| NewConsent {
            id: ctx.ids.make(),
            contact: id,
            channel,
            topic,
            state,
            source: draft.consent_source.clone(),
            proof: draft.proof.clone(),
            actor: ctx.actor.clone(),
            at: draft.consent_at,
        }));
    }
    let mut rows = contact_rows(
        "ON CONFLICT (workspace, id) DO UPDATE SET \
         name = CASE WHEN excluded.name = '' THEN contact.name ELSE excluded.name END, \
         first_name = CASE WHEN excluded.first_name = '' THEN contact.first_name ELSE excluded.first_name END, \
         last_name = CASE WHEN excluded.last_name = '' THEN contact.last_name ELSE excluded.last_name END, \
         locale = CASE WHEN excluded.locale = '' THEN contact.locale ELSE excluded.locale END, \
         zone = CASE WHEN excluded.zone = '' THEN contact.zone ELSE excluded.zone END, \
         region = CASE WHEN excluded.region = '' THEN contact.region ELSE excluded.region END, \
         version = contact.version + 1, updated_at = excluded.updated_at",
    );
    for contact in contacts.values() {
        contact_push(&mut rows, ctx.workspace, contact);
    }
    if !rows.is_empty() {
        rows.execute(conn).await?;
    }
    traits_put(conn, ctx.workspace, "import", traits).await?;
    tags_put(conn, ctx.workspace, "import", tags).await?;
    consents_put(conn, ctx.workspace, consents).await?;
    Ok(())
}

/// Put the names a row has over those known; the name to show is made of the
/// two when it is not given.
fn overlay(contact: &mut Contact, names: [String; 6]) {
    let [name, first, last, locale, zone, region] = names;
    let name = if name.is_empty() { crate::contact::full_name(&first, &last) } else { name };
    let places = [
        (&mut contact.name, name),
        (&mut contact.first_name, first),
        (&mut contact.last_name, last),
        (&mut contact.locale, locale),
        (&mut contact.zone, zone),
        (&mut contact.region, region),
    ];
    for (held, new) in places {
        if !new.is_empty() {
            *held = new;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_where_the_constants_say() {
        let name = |at: usize| COLUMNS[at].name;
        assert_eq!(NAMES.map(name), ["name", "first_name", "last_name", "locale", "zone", "region"]);
        assert_eq!(
            [TAGS, SOURCE, CONSENT_AT, CONSENT_SOURCE, CONSENT_PROOF].map(name),
            ["tags", "source", "consent_at", "consent_source", "consent_proof"]
        );
        assert_eq!(IDENTITIES.map(|(at, _)| name(at)), ["external_id", "user_id", "member_number", "email", "phone"]);
    }

    #[test]
    fn consent_columns_name_channel_and_topic() {
        assert_eq!(consent_column("consent_email"), Some(("email".to_owned(), "*".to_owned())));
        assert_eq!(consent_column("consent_sms:offers"), Some(("sms".to_owned(), "offers".to_owned())));
        assert_eq!(consent_column("consent_at"), None);
        assert_eq!(consent_column("consent_"), None);
        assert_eq!(consent_column("email"), None);
    }
}
