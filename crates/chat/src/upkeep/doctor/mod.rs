//! Is everything as it should be? Looks, and changes nothing.

mod database;
mod files;
mod indexes;
mod key;
mod machine;
mod redis;
mod rooms;
mod value;
mod writing;

use std::fmt;

pub use database::database;
pub use files::files;
pub use key::shared_key;
pub use machine::{data_folder, free_bytes, open_files, signing_key};
pub use redis::redis;
pub(super) use rooms::rooms;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, and something ought to be done.
    Warn,
    /// Something is wrong.
    Fail,
}

/// One check: what was looked at, and what was found, with what to do about it.
#[derive(Debug)]
pub struct Finding {
    /// How it went.
    pub verdict: Verdict,
    /// What was looked at.
    pub subject: &'static str,
    /// What was found.
    pub detail: String,
}

impl Finding {
    fn ok(subject: &'static str, detail: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, subject, detail: detail.into() }
    }

    fn warn(subject: &'static str, detail: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warn, subject, detail: detail.into() }
    }

    fn fail(subject: &'static str, detail: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, subject, detail: detail.into() }
    }
}

/// One line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        write!(f, "{verdict:<5} {:<13} {}", self.subject, self.detail.replace('\n', " "))
    }
}
