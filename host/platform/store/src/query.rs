//! One SQL text for both databases: `sql("… $1").bind(x).fetch_all::<Row>(c)`.
//! This file is the only place that tells the two drivers apart.

use crate::{Conn, Dialect, StoreError, Value, as_of, conn::Inner};
use futures::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, FromRow, Postgres, SqlSafeStr as _, SqlStr, Sqlite,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

/// A shape that rows of both databases decode into: derive `sqlx::FromRow`, or
/// use a tuple.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A statement with its values.
#[derive(Debug, Clone)]
#[must_use = "a statement does nothing until it is run"]
pub struct Sql {
    text: Text,
    values: Vec<Value>,
}

#[derive(Debug, Clone)]
enum Text {
    Both(&'static str),
    Pair { sqlite: &'static str, postgres: &'static str },
    Dynamic(String),
}

/// A statement that runs unchanged on both databases. Placeholders are `$1` …;
/// a test prepares every such text on both.
pub fn sql(text: &'static str) -> Sql {
    Sql { text: Text::Both(text), values: Vec::new() }
}

/// What no shared text can express (row claims, the database's clock): a text
/// each. The tidy test lists who uses it.
pub fn pair(sqlite: &'static str, postgres: &'static str) -> Sql {
    Sql { text: Text::Pair { sqlite, postgres }, values: Vec::new() }
}

/// A statement built at run time from a fixed map of identifiers, for segments,
/// filters, sort and id lists. Never put a value into the text: bind it.
pub fn sql_dynamic(text: String) -> Sql {
    Sql { text: Text::Dynamic(text), values: Vec::new() }
}

/// A pattern for `LOWER(x) LIKE $n ESCAPE '!'` that finds a word anywhere: what
/// a person types is never a wildcard. Empty for an empty word.
#[must_use]
pub fn containing(word: &str) -> String {
    if word.is_empty() {
        return String::new();
    }
    let safe = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{safe}%")
}

impl Sql {
    /// Bind the next value.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Bind many values in order.
    pub fn bind_all<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.values.extend(values.into_iter().map(Into::into));
        self
    }

    /// All rows. Say `LIMIT` in the text: nothing here bounds them.
    ///
    /// # Errors
    /// When the database refuses or is away, or a row has another shape.
    pub async fn fetch_all<R: Row>(self, conn: &mut Conn) -> Result<Vec<R>, StoreError> {
        let text = self.text.of(conn);
        Ok(match &mut conn.inner {
            Inner::Sqlite(c) => {
                sqlx::query_as_with::<Sqlite, R, _>(text, sqlite_arguments(self.values)?).fetch_all(&mut **c).await?
            }
            Inner::Postgres(c) => {
                sqlx::query_as_with::<Postgres, R, _>(text, postgres_arguments(self.values)?)
                    .fetch_all(&mut **c)
                    .await?
            }
        })
    }

    /// The first row, if any.
    ///
    /// # Errors
    /// As [`Sql::fetch_all`].
    pub async fn fetch_optional<R: Row>(self, conn: &mut Conn) -> Result<Option<R>, StoreError> {
        let text = self.text.of(conn);
        Ok(match &mut conn.inner {
            Inner::Sqlite(c) => {
                sqlx::query_as_with::<Sqlite, R, _>(text, sqlite_arguments(self.values)?)
                    .fetch_optional(&mut **c)
                    .await?
            }
            Inner::Postgres(c) => {
                sqlx::query_as_with::<Postgres, R, _>(text, postgres_arguments(self.values)?)
                    .fetch_optional(&mut **c)
                    .await?
            }
        })
    }

    /// The one row there must be (an aggregate's, say).
    ///
    /// # Errors
    /// As [`Sql::fetch_all`], and when there is no row.
    pub async fn fetch_one<R: Row>(self, conn: &mut Conn) -> Result<R, StoreError> {
        self.fetch_optional(conn).await?.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
    }

    /// Hand each row to `each` as it arrives; memory stays flat.
    ///
    /// # Errors
    /// As [`Sql::fetch_all`], or the first error of `each`.
    pub async fn for_each<R: Row, E: From<StoreError>>(
        self,
        conn: &mut Conn,
        mut each: impl FnMut(R) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        let text = self.text.of(conn);
        match &mut conn.inner {
            Inner::Sqlite(c) => {
                let query = sqlx::query_as_with::<Sqlite, R, _>(text, sqlite_arguments(self.values)?);
                let mut rows = query.fetch(&mut **c);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(row)?;
                }
            }
            Inner::Postgres(c) => {
                let query = sqlx::query_as_with::<Postgres, R, _>(text, postgres_arguments(self.values)?);
                let mut rows = query.fetch(&mut **c);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(row)?;
                }
            }
        }
        Ok(())
    }

    /// Run it for its effect; answers how many rows it touched.
    ///
    /// # Errors
    /// As [`Sql::fetch_all`].
    pub async fn execute(self, conn: &mut Conn) -> Result<u64, StoreError> {
        let text = self.text.of(conn);
        Ok(match &mut conn.inner {
            Inner::Sqlite(c) => {
                let arguments = sqlite_arguments(self.values)?;
                sqlx::query_with::<Sqlite, _>(text, arguments).execute(&mut **c).await?.rows_affected()
            }
            Inner::Postgres(c) => {
                let arguments = postgres_arguments(self.values)?;
                sqlx::query_with::<Postgres, _>(text, arguments).execute(&mut **c).await?.rows_affected()
            }
        })
    }
}

impl Text {
    fn of(self, conn: &Conn) -> SqlStr {
        if let Some(at) = conn.as_of.filter(|_| !conn.all)
            && let Some(bounded) = as_of(self.plain(conn.dialect()), at)
        {
            // The text itself, with tables narrowed by a number.
            return AssertSqlSafe(bounded).into_sql_str();
        }
        match (self, conn.dialect()) {
            (Self::Both(text), _) => text.into_sql_str(),
            (Self::Pair { sqlite, .. }, Dialect::Sqlite) => sqlite.into_sql_str(),
            (Self::Pair { postgres, .. }, Dialect::Postgres) => postgres.into_sql_str(),
            // Identifiers come from fixed maps, values are bound (see `sql_dynamic`).
            (Self::Dynamic(text), _) => AssertSqlSafe(text).into_sql_str(),
        }
    }
}

impl Text {
    fn plain(&self, dialect: Dialect) -> &str {
        match (self, dialect) {
            (Self::Both(text), _) => text,
            (Self::Pair { sqlite, .. }, Dialect::Sqlite) => sqlite,
            (Self::Pair { postgres, .. }, Dialect::Postgres) => postgres,
            (Self::Dynamic(text), _) => text,
        }
    }
}

fn encode(cause: sqlx::error::BoxDynError) -> StoreError {
    StoreError::Database(sqlx::Error::Encode(cause))
}

fn sqlite_arguments(values: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    use sqlx::Arguments as _;
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Id(v) => arguments.add(v),
            Value::Int(v) => arguments.add(v),
            Value::Real(v) => arguments.add(v),
            Value::Text(v) => arguments.add(v),
            Value::Bytes(v) => arguments.add(v),
            Value::Bool(v) => arguments.add(v),
        }
        .map_err(encode)?;
    }
    Ok(arguments)
}

fn postgres_arguments(values: Vec<Value>) -> Result<PgArguments, StoreError> {
    use sqlx::Arguments as _;
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Id(v) => arguments.add(v),
            Value::Int(v) => arguments.add(v),
            Value::Real(v) => arguments.add(v),
            // PostgreSQL's text holds no NUL; a reader refuses it earlier, by field.
            Value::Text(v) => arguments.add(v.map(|t| if t.contains('\0') { t.replace('\0', "\u{FFFD}") } else { t })),
            Value::Bytes(v) => arguments.add(v),
            Value::Bool(v) => arguments.add(v),
        }
        .map_err(encode)?;
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_typed_is_never_a_wildcard() {
        assert_eq!(super::containing("50%_Off!"), "%50!%!_off!!%");
        assert_eq!(super::containing(""), "");
    }
}
