//! What came of an import.

use std::collections::BTreeMap;

use sea_orm::DbErr;
use serde::Serialize;

/// What came, table by table.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The tables that were read.
    pub tables: Vec<String>,
    /// Accounts.
    pub people: Tally,
    /// Rooms.
    pub rooms: Tally,
    /// Messages.
    pub messages: Tally,
}

/// What came of one kind.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many came.
    pub came: usize,
    /// How many were there already.
    pub there: usize,
    /// What was left, by the reason, and of each the first few.
    pub left: BTreeMap<String, Left>,
    /// What came under another name, with both.
    pub renamed: Vec<(String, String)>,
}

/// What was left for one reason.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Left {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub such_as: Vec<String>,
}

/// Examples of what was left.
const SUCH_AS: usize = 5;

impl Tally {
    pub(super) fn leave(&mut self, what: &str, why: impl Into<String>) {
        let left = self.left.entry(why.into()).or_default();
        left.count += 1;
        if left.such_as.len() < SUCH_AS {
            left.such_as.push(what.to_owned());
        }
    }
}

/// Why nothing, or not all, was brought along.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The other database cannot be read.
    #[error("the other database cannot be read: {0}")]
    Source(#[from] DbErr),
    /// It is not one of Django's.
    #[error("no table there has people as Django keeps them (password, last_login, and username or email)")]
    NoPeople,
    /// Ours does not take it.
    #[error("the import stopped: {0}. What came before stays; it may be done again")]
    Chat(#[from] crate::Error),
}
