//! Every row of a backup into an empty database of either kind. The rows go over without being taken apart here: SQLite reads the file
//! itself, PostgreSQL is given them as JSON.

use std::path::Path;

use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IdenStatic,
    IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn, QueryResult, RuntimeErr, Statement, Value,
};

use super::{
    Fault, Result,
    tables::{EachTable, each_table},
};
use crate::db::Sql;

/// Rows in one statement.
const ROWS: i64 = 5_000;
/// Under this name a SQLite database that is filled has the backup beside it.
const SOURCE: &str = "source";
/// For the pages of a SQLite database that is filled, in KiB: its unique indexes are filled in another order than its tables.
const CACHE_KIB: u32 = 128 * 1024;

/// How far a restore has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows that are there.
    pub done: u64,
    /// Rows of the backup.
    pub rows: u64,
}

/// Makes a database ready to be filled: before the transaction in which that is done.
pub(super) async fn prepare(to: &DatabaseConnection, backup: &Path) -> Result<()> {
    if to.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    // In the backup every reference leads somewhere, and all of it comes over.
    to.execute_unprepared(&format!("PRAGMA foreign_keys = OFF; PRAGMA cache_size = -{CACHE_KIB}")).await?;
    let attach = format!("ATTACH ? AS {SOURCE}");
    let file = backup.display().to_string();
    to.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, attach, [file.into()])).await?;
    Ok(())
}

/// Fills empty tables.
pub(super) async fn fill(
    from: &DatabaseConnection,
    to: &DatabaseTransaction,
    backup: &Path,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<()> {
    let mut count = Count { from, backup, tables: Vec::new(), rows: 0 };
    each_table(&mut count).await?;
    let references = References::take_off(to, &count.tables).await?;
    each_table(&mut Fill { from, to, backup, progress, at: Progress { done: 0, rows: count.rows } }).await?;
    references.put_back(to).await
}

struct Count<'a> {
    from: &'a DatabaseConnection,
    backup: &'a Path,
    tables: Vec<&'static str>,
    rows: u64,
}

impl EachTable for Count<'_> {
    async fn table<E>(&mut self) -> Result<()>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + Sync,
    {
        let table = E::default().table_name();
        let counted = one(self.from, Sql::new(DbBackend::Sqlite, "SELECT COUNT(*) FROM ").text(table).done()).await;
        let rows: i64 = counted.and_then(|row| row.try_get_by_index(0)).map_err(|error| unreadable(self.backup, &error))?;
        self.tables.push(table);
        self.rows += rows.unsigned_abs();
        Ok(())
    }
}

struct Fill<'a> {
    from: &'a DatabaseConnection,
    to: &'a DatabaseTransaction,
    backup: &'a Path,
    progress: &'a (dyn Fn(Progress) + Sync),
    at: Progress,
}

impl EachTable for Fill<'_> {
    async fn table<E>(&mut self) -> Result<()>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + Sync,
    {
        let mut part = Part { after: None, end: None };
        loop {
            part.end = part.find_end::<E>(self.from).await.map_err(|error| unreadable(self.backup, &error))?;
            let insert = if self.to.get_database_backend() == DbBackend::Sqlite {
                part.attached::<E>()
            } else {
                let json = part.json::<E>(self.from).await.map_err(|error| unreadable(self.backup, &error))?;
                from_json::<E>(json)
            };
            let filled = self.to.execute_raw(insert).await.map_err(|error| self.blame(error))?;
            self.at.done += filled.rows_affected();
            (self.progress)(self.at);
            if part.end.is_none() {
                return Ok(());
            }
            part.after = part.end.take();
        }
    }
}

impl Fill<'_> {
    /// Whether the backup is at fault that a row did not come over, or the database that it was to come into.
    fn blame(&self, error: DbErr) -> Fault {
        let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = &error else {
            return error.into();
        };
        let Some(code) = cause.as_database_error().and_then(|cause| cause.code()) else { return error.into() };
        let of_the_backup = match self.to.get_database_backend() {
            // Its low byte: ERROR (what it names is not there), CORRUPT, CONSTRAINT, MISMATCH, NOTADB.
            DbBackend::Sqlite => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 1 | 11 | 19 | 20 | 26)),
            // Its class: data exception, integrity constraint violation.
            _ => code.starts_with("22") || code.starts_with("23"),
        };
        if of_the_backup { unreadable(self.backup, &error) } else { error.into() }
    }
}

/// Rows of a table in the order of its key.
struct Part {
    /// After this key; from the start without one.
    after: Option<Vec<Value>>,
    /// Up to and with this one; to the end without one.
    end: Option<Vec<Value>>,
}

impl Part {
    /// The key of the last row of the next part, if that is not the last part.
    async fn find_end<E: EntityTrait>(&self, from: &DatabaseConnection) -> std::result::Result<Option<Vec<Value>>, DbErr> {
        let rest = Self { after: self.after.clone(), end: None };
        let select = rest.rows::<E>(Sql::new(DbBackend::Sqlite, "SELECT * FROM ").text(E::default().table_name()));
        let select = select.text(" LIMIT 1 OFFSET ").value(ROWS - 1);
        let last = E::find().from_raw_sql(select.done()).one(from).await?;
        Ok(last.map(|row| row.get_primary_key_value().into_iter().collect()))
    }

    /// Takes the rows from the backup that SQLite has beside the database.
    fn attached<E: EntityTrait>(&self) -> Statement {
        let (table, columns) = (E::default().table_name(), columns::<E>());
        let start = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM {SOURCE}.{table}");
        self.rows::<E>(Sql::new(DbBackend::Sqlite, &start)).done()
    }

    /// The rows as a list of objects.
    async fn json<E: EntityTrait>(&self, from: &DatabaseConnection) -> std::result::Result<String, DbErr> {
        let fields: Vec<_> = E::Column::iter().map(|column| format!("'{0}', {1}", column.as_str(), field(column))).collect();
        let start = format!(
            "SELECT json_group_array(json_object({})) FROM (SELECT * FROM {}",
            fields.join(", "),
            E::default().table_name()
        );
        one(from, self.rows::<E>(Sql::new(DbBackend::Sqlite, &start)).text(")").done()).await?.try_get_by_index(0)
    }

    fn rows<E: EntityTrait>(&self, sql: Sql) -> Sql {
        let key: Vec<_> = E::PrimaryKey::iter().map(|part| part.into_column().as_str()).collect();
        let key = key.join(", ");
        let mut sql = sql.text(" WHERE TRUE");
        for (values, side) in [(&self.after, ">"), (&self.end, "<=")] {
            if let Some(values) = values {
                sql = sql.text(&format!(" AND ({key}) {side} ")).list(values.iter().cloned());
            }
        }
        sql.text(&format!(" ORDER BY {key}"))
    }
}

/// A value as PostgreSQL reads it from JSON.
fn field(column: impl ColumnTrait) -> String {
    let name = column.as_str();
    match column.def().get_column_type() {
        ColumnType::Uuid => format!("CASE WHEN {name} IS NOT NULL THEN hex({name}) END"),
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => {
            format!("CASE WHEN {name} IS NOT NULL THEN '\\x' || hex({name}) END")
        }
        ColumnType::Boolean => format!("json(CASE {name} WHEN 0 THEN 'false' WHEN 1 THEN 'true' END)"),
        _ => name.to_owned(),
    }
}

fn from_json<E: EntityTrait>(json: String) -> Statement {
    let (table, columns) = (E::default().table_name(), columns::<E>());
    let start = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, CAST(");
    Sql::new(DbBackend::Postgres, &start).value(json).text(" AS json))").done()
}

fn columns<E: EntityTrait>() -> String {
    E::Column::iter().map(|column| column.as_str().to_owned()).collect::<Vec<_>>().join(", ")
}

async fn one(db: &impl ConnectionTrait, statement: Statement) -> std::result::Result<QueryResult, DbErr> {
    db.query_one_raw(statement).await?.ok_or_else(|| DbErr::RecordNotFound("a row".to_owned()))
}

fn unreadable(backup: &Path, error: &DbErr) -> Fault {
    Fault::Damaged(backup.to_owned(), error.to_string())
}

/// What ties PostgreSQL's tables together. To look all of it up at the end takes a fraction of the time that it takes row by row.
struct References(Vec<[String; 3]>);

impl References {
    async fn take_off(to: &DatabaseTransaction, tables: &[&str]) -> Result<Self> {
        if to.get_database_backend() == DbBackend::Sqlite {
            return Ok(Self(Vec::new()));
        }
        let select = "SELECT quote_ident(t.relname), quote_ident(c.conname), pg_get_constraintdef(c.oid) FROM pg_constraint c \
                      JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace \
                      AND t.relname IN ";
        let select = Sql::new(DbBackend::Postgres, select).list(tables.iter().map(|&table| table.into()));
        let mut references = Vec::new();
        for row in to.query_all_raw(select.text(" ORDER BY c.conname").done()).await? {
            let (table, name, definition): (String, String, String) = row.try_get_many_by_index()?;
            to.execute_unprepared(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).await?;
            references.push([table, name, definition]);
        }
        Ok(Self(references))
    }

    async fn put_back(&self, to: &DatabaseTransaction) -> Result<()> {
        for [table, name, definition] in &self.0 {
            to.execute_unprepared(&format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")).await?;
        }
        Ok(())
    }
}
