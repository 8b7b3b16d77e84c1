//! What can be done with imports.

use super::{
    ColumnInfo, Extra, Import, ImportError, ImportJob, ImportKindInfo, ImportKinds, ImportOptions, ImportReport,
    ImportState, NewImport, reader::DELIMITERS, sql,
};
use crate::{Error, error::Result, limits::NAME_BYTES_MAX, normalise::bounded};
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{NewJob, enqueue};
use rialto_kernel::{Id, Locale, WorkspaceId, from_micros, words::said};
use rialto_slice::Host;
use rialto_web::Caller;

/// Begin to read a file in: the import's row and its job, in one transaction.
///
/// # Errors
/// When the kind is not known, the file cannot be read, or an option is wrong.
pub async fn start_import(host: &Host, caller: &Caller, new: NewImport) -> Result<Import> {
    begin(host, caller, host.id(), new).await
}

/// [`start_import`] under an id that is known already.
pub(super) async fn begin(host: &Host, caller: &Caller, id: Id, new: NewImport) -> Result<Import> {
    let kind = kind_of(host, &new.kind)?;
    caller.require(kind.permission())?;
    check_options(&new.options)?;
    let file = |cause| Error::File { what: format!("the file `{}` cannot be read", new.file_name), cause };
    let path = tokio::fs::canonicalize(&new.path).await.map_err(file)?;
    let size = tokio::fs::metadata(&path).await.map_err(file)?.len();
    if size > host.limits.import_bytes_max {
        return Err(Error::TooMany { limit: "import-bytes", max: host.limits.import_bytes_max });
    }
    let path = path.to_str().ok_or_else(|| Error::field("file", "has a name that is not UTF-8"))?.to_owned();
    let now = host.now_us();
    let import = Import {
        id,
        kind: new.kind,
        file_name: bounded("file_name", &new.file_name, NAME_BYTES_MAX)?,
        digest: new.digest,
        options: new.options,
        state: ImportState::Running,
        job: Some(host.id()),
        bytes_total: i64::try_from(size).unwrap_or(i64::MAX),
        bytes_read: 0,
        rows_read: 0,
        rows_good: 0,
        rows_bad: 0,
        report: ImportReport::default(),
        error: None,
        undo: None,
        created_by: caller.actor.to_string(),
        created_at: from_micros(now),
        finished_at: None,
    };
    let entry = AuditEntry::new(host, caller, "import.start", "import", import.id)
        .detail(serde_json::json!({"kind": import.kind, "file": import.file_name, "bytes": size}));
    let (workspace, row) = (caller.workspace, import.clone());
    host.store
        .write(workspace, "import.start", move |conn| {
            Box::pin(async move {
                sql::import_insert(conn, workspace, &row, &path, now).await?;
                let payload = serde_json::json!({"import": row.id});
                let job = NewJob::new(workspace, ImportJob::KIND, payload, now).keyed(row.id.to_string());
                enqueue(conn, row.job.unwrap_or(row.id), now, job).await?;
                audit(conn, &entry).await?;
                Ok::<(), Error>(())
            })
        })
        .await?;
    Ok(import)
}

/// The kind of this name.
pub(super) fn kind_of(host: &Host, name: &str) -> Result<std::sync::Arc<dyn super::ImportKind>> {
    let kinds = host.slot::<ImportKinds>();
    kinds.get(name).ok_or_else(|| {
        let names: Vec<&str> = kinds.all().iter().map(|kind| kind.name()).collect();
        Error::field("kind", format!("`{}` is none of {}", name.escape_debug(), names.join(", ")))
    })
}

/// Whether what was asked for is known at all.
pub(super) fn check_options(options: &ImportOptions) -> Result<()> {
    delimiter(&options.delimiter)?;
    if let Some(name) = &options.encoding {
        super::encoding::named(name).map_err(|message| Error::field("encoding", message))?;
    }
    super::Moments::new(options.zone.as_deref(), options.dates.as_deref())?;
    super::phone::region(options.region.as_deref())?;
    Ok(())
}

/// A delimiter as asked for.
pub(super) fn delimiter(asked: &Option<String>) -> Result<Option<u8>> {
    let Some(text) = asked else { return Ok(None) };
    let byte = match text.as_str() {
        "tab" | "\\t" => b'\t',
        other => match other.as_bytes() {
            [one] => *one,
            _ => 0,
        },
    };
    if DELIMITERS.contains(&byte) {
        Ok(Some(byte))
    } else {
        Err(Error::field("delimiter", "must be one of , ; | or tab"))
    }
}

/// What this host can read in.
#[must_use]
pub fn import_kinds(host: &Host) -> Vec<ImportKindInfo> {
    let all = host.slot::<ImportKinds>().all();
    all.iter()
        .map(|kind| ImportKindInfo {
            name: kind.name().to_owned(),
            columns: kind
                .columns()
                .iter()
                .map(|column| ColumnInfo {
                    name: column.name.to_owned(),
                    aliases: column.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
                    required: column.required,
                    about: column.about.to_owned(),
                })
                .collect(),
            extra: match kind.extra() {
                Extra::Report => "report",
                Extra::OnRequest => "on_request",
                Extra::Keep => "keep",
            }
            .to_owned(),
        })
        .collect()
}

/// The import with this id.
///
/// # Errors
/// When there is none.
pub async fn import_find(host: &Host, workspace: WorkspaceId, id: Id) -> Result<Import> {
    let mut conn = host.store.read(workspace).await?;
    Ok(sql::import_get(&mut conn, workspace, id).await?.0)
}

/// Stop an import; rows taken in before stay.
///
/// # Errors
/// When there is none, or it has ended.
pub async fn import_cancel(host: &Host, caller: &Caller, id: Id) -> Result<Import> {
    let (workspace, now) = (caller.workspace, host.now_us());
    let entry = AuditEntry::new(host, caller, "import.cancel", "import", id);
    host.store
        .write(workspace, "import.cancel", move |conn| {
            Box::pin(async move {
                if !sql::import_end(conn, workspace, id, ImportState::Cancelled, None, now).await? {
                    sql::import_get(conn, workspace, id).await?;
                    return Err(Error::Conflict { code: "import-ended", detail: "the import has ended".to_owned() });
                }
                audit(conn, &entry).await?;
                Ok(sql::import_get(conn, workspace, id).await?.0)
            })
        })
        .await
}

/// The bad rows as a file to be mended and sent again: the file's own header
/// and rows, with the row's number and what is wrong added, in a language.
///
/// # Errors
/// When there is no such import.
pub async fn import_errors_csv(host: &Host, workspace: WorkspaceId, id: Id, locale: Locale) -> Result<String> {
    const PAGE: u32 = 1_000;
    let mut conn = host.store.read(workspace).await?;
    let (import, _) = sql::import_get(&mut conn, workspace, id).await?;
    let cut = import.report.delimiter.clone();
    let mark = if import.report.header.is_ascii() { "" } else { "\u{feff}" };
    let mut text = format!("{mark}{}{cut}rialto_row{cut}rialto_error\r\n", import.report.header);
    let mut after = (0, String::new());
    let mut held: Option<(ImportError, String)> = None;
    loop {
        let page = sql::import_error_list(&mut conn, workspace, id, after.clone(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.row, last.field.clone());
        for error in page {
            let told = format!("{}: {}", error.field, said(&error.message, locale));
            match &mut held {
                Some((row, all)) if row.row == error.row => {
                    all.push_str("; ");
                    all.push_str(&told);
                }
                _ => {
                    push_row(&mut text, &cut, held.replace((error, told)));
                }
            }
        }
    }
    push_row(&mut text, &cut, held);
    Ok(text)
}

fn push_row(text: &mut String, cut: &str, row: Option<(ImportError, String)>) {
    if let Some((error, told)) = row {
        text.push_str(&error.line);
        text.push_str(&format!("{cut}{}{cut}\"{}\"\r\n", error.row, told.replace('"', "\"\"")));
    }
}
