//! What only one transaction may decide at a time.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

/// What is decided.
#[derive(Clone, Copy)]
pub(crate) enum Serial {
    /// Which steps the schema has to take.
    Migration,
    /// Whether an account is the first, and which names are free.
    FirstAccount,
    /// Which epoch the logs are of.
    Epoch,
}

impl Serial {
    /// The key of PostgreSQL's advisory lock. Any numbers do, as long as they stay the same and differ.
    fn key(self) -> i64 {
        match self {
            Self::Migration => 0x736e_7567,
            Self::FirstAccount => 0x736e_7568,
            Self::Epoch => 0x736e_7570,
        }
    }
}

/// Lets only one transaction at a time, of all nodes, go on from here. On SQLite every writing transaction is alone anyway.
pub(crate) async fn serialize(transaction: &impl ConnectionTrait, what: Serial) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        let lock = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1)", [what.key().into()]);
        transaction.execute_raw(lock).await?;
    }
    Ok(())
}
