//! Statements about segments, and the one query a compiled rule becomes.

use super::{compile::Compiled, model::Segment, rule::Rule};
use crate::{Error, error::Result, limits::SNAPSHOT_MEMBERS_MAX};
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{Conn, Dialect, Sql, StoreError, Value, sql, sql_dynamic};

/// The test of a rule over `contact c`, and its values; the workspace is `$1`.
#[derive(Debug, Clone)]
pub(super) struct SegmentQuery {
    pub test: String,
    pub values: Vec<Value>,
}

impl SegmentQuery {
    /// `SELECT {what} FROM contact c` of those who fit and are nobody else.
    fn select(&self, what: &str, tail: &str) -> Sql {
        self.statement("", what, tail)
    }

    fn statement(&self, before: &str, what: &str, tail: &str) -> Sql {
        let text = format!(
            "{before}SELECT {what} FROM contact c WHERE c.workspace = $1 AND c.merged_into IS NULL AND ({}){tail}",
            self.test
        );
        sql_dynamic(text).bind_all(self.values.iter().cloned())
    }
}

impl Compiled {
    /// How the database would go about finding them, for those who wonder
    /// whether it uses its indexes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn explain(&self, conn: &mut Conn) -> Result<String> {
        let (what, query) = ("CAST(COUNT(*) AS BIGINT)", self.query(conn.dialect()));
        let lines: Vec<String> = match conn.dialect() {
            Dialect::Sqlite => {
                let rows: Vec<(i64, i64, i64, String)> =
                    query.statement("EXPLAIN QUERY PLAN ", what, "").fetch_all(conn).await?;
                rows.into_iter().map(|row| row.3).collect()
            }
            Dialect::Postgres => {
                let rows: Vec<(String,)> = query.statement("EXPLAIN ", what, "").fetch_all(conn).await?;
                rows.into_iter().map(|row| row.0).collect()
            }
        };
        Ok(lines.join("\n"))
    }

    /// How many people fit.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count(&self, conn: &mut Conn) -> Result<u64> {
        let query = self.query(conn.dialect());
        let (count,): (i64,) = query.select("CAST(COUNT(*) AS BIGINT)", "").fetch_one(conn).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The people who fit, in the order of their ids, after one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn page(&self, conn: &mut Conn, after: Option<Id>, limit: u32) -> Result<Vec<Id>> {
        let query = self.query(conn.dialect());
        let place = query.values.len() + 1;
        let tail = format!(" AND c.id > ${place} ORDER BY c.id LIMIT {limit}");
        let query = query.select("c.id", &tail).bind(after.unwrap_or_else(Id::nil));
        let rows: Vec<(Id,)> = query.fetch_all(conn).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Everyone who fits, as one statement sees them.
    ///
    /// # Errors
    /// When they are more than a snapshot may hold, or the store fails.
    pub async fn everyone(&self, conn: &mut Conn) -> Result<Vec<Id>> {
        let mut ids: Vec<Id> = Vec::new();
        let query = self.query(conn.dialect()).select("c.id", " ORDER BY c.id");
        query
            .for_each::<(Id,), Error>(conn, |(id,)| {
                if ids.len() >= SNAPSHOT_MEMBERS_MAX {
                    return Err(Error::TooMany { limit: "snapshot-members", max: SNAPSHOT_MEMBERS_MAX as u64 });
                }
                ids.push(id);
                Ok(())
            })
            .await?;
        Ok(ids)
    }
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Id,
    unit: Option<Id>,
    name: String,
    description: String,
    rule: String,
    strategy: String,
    owner: String,
    measure: String,
    archived: bool,
    version: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<Row> for Segment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            unit: row.unit,
            name: row.name,
            description: row.description,
            rule: Rule::parse(serde_json::from_str(&row.rule).unwrap_or_default())?,
            strategy: row.strategy,
            owner: row.owner,
            measure: row.measure,
            archived: row.archived,
            version: row.version,
            created_by: row.created_by,
            created_at: from_micros(row.created_at),
            updated_at: from_micros(row.updated_at),
        })
    }
}

/// The segment with this id.
pub(crate) async fn segment_get(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Segment> {
    let row: Option<Row> =
        sql("SELECT id, unit, name, description, rule, strategy, owner, measure, archived, version, created_by,
                created_at, updated_at
         FROM segment WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    row.ok_or(Error::NotFound("segment"))?.try_into()
}

/// Segments by name, after one.
pub(crate) async fn segment_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    archived: bool,
    after: &str,
    limit: u32,
) -> Result<Vec<Segment>> {
    let rows: Vec<Row> =
        sql("SELECT id, unit, name, description, rule, strategy, owner, measure, archived, version, created_by,
                created_at, updated_at
         FROM segment WHERE workspace = $1 AND archived = $2 AND name > $3 ORDER BY name LIMIT $4")
        .bind(workspace)
        .bind(archived)
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Segment::try_from).collect()
}

/// Write a segment, new or changed.
pub(crate) async fn segment_put(conn: &mut Conn, workspace: WorkspaceId, segment: &Segment) -> Result<()> {
    let put =
        sql("INSERT INTO segment (workspace, id, unit, name, description, rule, strategy, owner, measure, archived,
                              version, created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (workspace, id) DO UPDATE SET unit = excluded.unit, name = excluded.name,
           description = excluded.description, rule = excluded.rule, strategy = excluded.strategy,
           owner = excluded.owner, measure = excluded.measure, archived = excluded.archived,
           version = excluded.version, updated_at = excluded.updated_at")
        .bind(workspace)
        .bind(segment.id)
        .bind(segment.unit)
        .bind(&segment.name)
        .bind(&segment.description)
        .bind(segment.rule.json().to_string())
        .bind(&segment.strategy)
        .bind(&segment.owner)
        .bind(&segment.measure)
        .bind(segment.archived)
        .bind(segment.version)
        .bind(&segment.created_by)
        .bind(segment.created_at)
        .bind(segment.updated_at)
        .execute(conn)
        .await;
    match put {
        Ok(_) => Ok(()),
        Err(StoreError::Duplicate { .. }) => Err(Error::Conflict {
            code: "segment-name-taken",
            detail: "a segment with this name exists already; choose another".to_owned(),
        }),
        Err(error) => Err(error.into()),
    }
}
