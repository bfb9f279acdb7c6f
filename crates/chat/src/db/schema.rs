//! The schema of a database: the steps it has taken, and taking the others.

use migration::{Migrator, MigratorTrait, SchemaManager};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseExecutor, DbErr, Statement};

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
}

impl Steps {
    /// Reads them; changes nothing.
    pub(crate) async fn of<'c>(db: impl Into<DatabaseExecutor<'c>>) -> Result<Self, DbErr> {
        let manager = SchemaManager::new(db.into());
        let db = manager.get_connection();
        let mut taken = Vec::new();
        if manager.has_table("seaql_migrations").await? {
            let rows = Statement::from_string(db.get_database_backend(), "SELECT version FROM seaql_migrations ORDER BY version");
            for row in db.query_all_raw(rows).await? {
                taken.push(row.try_get_by_index(0)?);
            }
        }
        let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        let (pending, unknown) = (without(&known, &taken), without(&taken, &known));
        Ok(Self { taken, pending, unknown })
    }
}

fn without(steps: &[String], others: &[String]) -> Vec<String> {
    steps.iter().filter(|step| !others.contains(step)).cloned().collect()
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
