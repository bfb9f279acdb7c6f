//! The schema of a database: the steps it has taken, and taking the others.

use migration::{Migrator, MigratorTrait, SchemaManager};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseExecutor, DbBackend, DbErr, Statement};

use super::{
    connect,
    serial::{Serial, serialize},
};

/// How far a database has come, by the names of the steps.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// Taken, the oldest first.
    pub(crate) taken: Vec<String>,
    /// Known here and not yet taken.
    pub(crate) pending: Vec<String>,
    /// Taken by a newer version of Snug than this one.
    pub(crate) unknown: Vec<String>,
    /// A table, where none of the steps is one of Snug's: somebody else's database.
    pub(crate) foreign: Option<String>,
}

impl Steps {
    /// Reads them; changes nothing.
    pub(crate) async fn of<'c>(db: impl Into<DatabaseExecutor<'c>>) -> Result<Self, DbErr> {
        let manager = SchemaManager::new(db.into());
        let db = manager.get_connection();
        // Asked before the steps: another process may be taking them all at this moment.
        let table = a_table(db).await?;
        let mut taken = Vec::new();
        if manager.has_table("seaql_migrations").await? {
            let rows = Statement::from_string(db.get_database_backend(), "SELECT version FROM seaql_migrations ORDER BY version");
            for row in db.query_all_raw(rows).await? {
                taken.push(row.try_get_by_index(0)?);
            }
        }
        let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        let (pending, unknown) = (without(&known, &taken), without(&taken, &known));
        let foreign = table.filter(|_| unknown.len() == taken.len());
        Ok(Self { taken, pending, unknown, foreign })
    }
}

/// The first table that is not the list of steps itself.
async fn a_table(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let tables = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' \
             AND name <> 'seaql_migrations' ORDER BY name"
        }
        // Those of extensions are the operator's.
        _ => {
            "SELECT relname::text FROM pg_class c WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') \
             AND relname <> 'seaql_migrations' AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = c.oid AND deptype = 'e') \
             ORDER BY relname"
        }
    };
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), tables)).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

fn without(steps: &[String], others: &[String]) -> Vec<String> {
    steps.iter().filter(|step| !others.contains(step)).cloned().collect()
}

/// Whether there is a table of this name.
pub(crate) async fn has_table<'c>(db: impl Into<DatabaseExecutor<'c>>, table: &str) -> Result<bool, DbErr> {
    SchemaManager::new(db.into()).has_table(table).await
}

/// Brings the schema up to date and returns the steps that this took: all of them or, after an error, none. Of several processes that
/// start at once the first one does it and the others wait.
pub(crate) async fn migrate(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let transaction = connect::begin(db).await?;
    serialize(&transaction, Serial::Migration).await?;
    let pending = Steps::of(&transaction).await?.pending;
    Migrator::up(&transaction, None).await?;
    transaction.commit().await?;
    Ok(pending)
}
