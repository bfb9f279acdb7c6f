//! The one error of every server function.

use std::fmt;

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use protocol::{Error, ErrorCode, Field, shortened};
use serde::{Deserialize, Serialize};

/// Why a server function refused, with what had been typed: a form that was sent without JavaScript comes back as a new page,
/// and both travel there in its address. On the wire it is the error object that every door of Snug answers with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError {
    /// What went wrong.
    #[serde(flatten)]
    pub error: Error,
    /// What the form held.
    #[serde(default, skip_serializing_if = "Typed::is_empty")]
    pub typed: Box<Typed>,
}

/// What a form held. There is no password here on purpose: addresses end up in histories and logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// User name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// Display name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// What somebody writes about themselves.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bio: String,
    /// How somebody is spoken of.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pronouns: String,
    /// Where somebody's clock is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub time_zone: String,
    /// Name of a room.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Topic of a room.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// Visibility of a room.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub visibility: String,
    /// Whom a conversation is with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub people: String,
    /// Numbers, in the order of the form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<String>,
}

/// A longer text would make an address that browsers and proxies refuse, and is over every limit of a field anyway.
const KEPT_MAX: usize = 400;

impl Typed {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn shortened(mut self) -> Self {
        let Self { username, display_name, bio, pronouns, time_zone, name, topic, visibility, people, numbers } = &mut self;
        let texts = [username, display_name, bio, pronouns, time_zone, name, topic, visibility, people];
        for text in texts.into_iter().chain(numbers.iter_mut()) {
            text.truncate(shortened(text, KEPT_MAX).len());
        }
        self
    }
}

impl AppError {
    /// The same error, with what the form held.
    #[must_use]
    pub fn keeping(self, typed: Typed) -> Self {
        Self { typed: typed.shortened().into(), ..self }
    }

    /// What is wrong with a field, as a sentence.
    #[must_use]
    pub fn about(&self, field: Field) -> Option<String> {
        self.error.fields.iter().find(|fault| fault.field == field).map(ToString::to_string)
    }

    /// What is wrong apart from the fields, as a sentence.
    #[must_use]
    pub fn general(&self) -> Option<String> {
        let wait = |seconds: u64| {
            let unit = if seconds == 1 { "second" } else { "seconds" };
            format!("Too many tries. Please wait {seconds} {unit}, then try again.")
        };
        match self.error.retry_after {
            Some(seconds) => Some(wait(seconds)),
            None => self.error.fields.is_empty().then(|| self.error.message()),
        }
    }
}

impl<E: Into<Error>> From<E> for AppError {
    fn from(error: E) -> Self {
        Self { error: error.into(), typed: Box::default() }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// The texts inside are for developers and may hold what was typed: only the kind is kept.
    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        let code = match value {
            // The request did not arrive, or something in between answered instead of Snug.
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => ErrorCode::Unavailable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Serialization(_) => {
                ErrorCode::BadRequest
            }
            _ => ErrorCode::Internal,
        };
        let error = Error::from(code);
        crate::status::answer_with(&error);
        error.into()
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
