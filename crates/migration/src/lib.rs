//! The database schema, one reversible step per change, the same for SQLite and PostgreSQL.
//!
//! Ids are UUIDs made by the application (version 7, which sorts by time), times are unix milliseconds in 64 bits.

use sea_orm_migration::prelude::{MigrationTrait, async_trait};
pub use sea_orm_migration::{MigratorTrait, SchemaManager};

mod m20261121_000001_accounts;
mod m20261121_000002_rooms;
mod m20261126_000003_clustered;
mod m20261126_000004_succession;
mod m20261126_000005_devices;
mod m20261126_000006_epoch;
mod m20261126_000007_key;
mod m20261126_000008_names;
mod m20261126_000009_team;
mod m20261126_000011_conversation;
mod m20261126_000012_bots;
mod m20261127_000013_extra;
mod m20261127_000014_idempotency;
mod m20261127_000015_tokens;
mod m20261127_000016_hooks;
mod m20261127_000017_outgoing;

/// Brings a database from any older step to the newest.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_accounts::Migration),
            Box::new(m20261121_000002_rooms::Migration),
            Box::new(m20261126_000003_clustered::Migration),
            Box::new(m20261126_000004_succession::Migration),
            Box::new(m20261126_000005_devices::Migration),
            Box::new(m20261126_000006_epoch::Migration),
            Box::new(m20261126_000007_key::Migration),
            Box::new(m20261126_000008_names::Migration),
            Box::new(m20261126_000009_team::Migration),
            Box::new(m20261126_000011_conversation::Migration),
            Box::new(m20261126_000012_bots::Migration),
            Box::new(m20261127_000013_extra::Migration),
            Box::new(m20261127_000014_idempotency::Migration),
            Box::new(m20261127_000015_tokens::Migration),
            Box::new(m20261127_000016_hooks::Migration),
            Box::new(m20261127_000017_outgoing::Migration),
        ]
    }
}
