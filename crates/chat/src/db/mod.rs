//! The database (ground floor): connections and transactions, tables, the steps of the schema, where it is.

pub(crate) mod connect;
mod database;
pub(crate) mod entity;
pub(crate) mod epoch;
mod ids;
mod mark;
pub(crate) mod notes;
mod now;
mod older;
mod origin;
#[cfg(test)]
mod plan;
mod reader;
pub(crate) mod schema;
mod script;
mod serial;
pub(crate) mod sessions;
mod sql;
pub(crate) mod tokens;
mod transaction;
pub(crate) mod trial;
pub mod urls;
pub(crate) mod users;
mod utc;

pub(crate) use database::Db;
pub(crate) use ids::first_id;
pub use now::now;
pub(crate) use older::fill;
#[cfg(test)]
pub(crate) use plan::plan;
pub(crate) use serial::{Serial, serialize};
pub(crate) use sql::Sql;
pub(crate) use transaction::Transaction;
pub use utc::{http_date, rfc3339, utc};
