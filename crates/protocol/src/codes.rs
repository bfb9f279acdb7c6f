//! Error codes and close codes: one table of each, with what a client should do. `docs/PROTOCOL.md` lists them for people.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    fields::FieldError,
    json::{BadField, Object},
    objects, words,
};

/// What went wrong, in a form that programs can branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// There is no valid sign-in behind the request.
    NotAuthenticated,
    /// User name and password do not belong together.
    WrongCredentials,
    /// The account may not be used for a while.
    Suspended,
    /// A new account takes an invite that still holds.
    InviteNeeded,
    /// The house takes no new accounts.
    RegistrationClosed,
    /// It does not exist, or not for this person.
    NotFound,
    /// The room exists for this person, but only its members may do that.
    NotAMember,
    /// The person may see it, but not do that there.
    NotAllowed,
    /// The room may be read only.
    Archived,
    /// The moderators have stopped the person from writing for a while.
    Muted,
    /// The person was kept out of the room.
    Banned,
    /// It needs an owner: somebody else has to be made one first.
    LastOwner,
    /// Something typed cannot be taken; `fields` says what.
    Invalid,
    /// A client id that was used before for something else (G2).
    Conflict,
    /// Somebody changed it meanwhile, on another screen perhaps.
    Changed,
    /// The time is over in which it could be done.
    TooLate,
    /// Not a frame or request that this server understands.
    BadRequest,
    /// The request did not come from this site's own pages.
    ForeignOrigin,
    /// There is no command of this name in the room.
    UnknownCommand,
    /// The program behind a command did not answer, or not as it should.
    CommandFailed,
    /// Larger than a limit.
    TooLarge,
    /// There are as many of these already as the server allows.
    LimitReached,
    /// Too many tries; wait as long as `retry_after` says.
    Throttled,
    /// The server cannot do it now (database, disk, shutdown). Nothing was acknowledged; the same request may be sent again.
    Unavailable,
    /// A fault of the server's own.
    Internal,
}

/// Whether the same request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same request will fail again.
    No,
    /// After a pause.
    Later,
}

impl ErrorCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 25] = [
        Self::NotAuthenticated,
        Self::WrongCredentials,
        Self::Suspended,
        Self::InviteNeeded,
        Self::RegistrationClosed,
        Self::NotFound,
        Self::NotAMember,
        Self::NotAllowed,
        Self::Archived,
        Self::Muted,
        Self::Banned,
        Self::LastOwner,
        Self::Invalid,
        Self::Conflict,
        Self::Changed,
        Self::TooLate,
        Self::BadRequest,
        Self::ForeignOrigin,
        Self::UnknownCommand,
        Self::CommandFailed,
        Self::TooLarge,
        Self::LimitReached,
        Self::Throttled,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Whether the same request may be sent again.
    #[must_use]
    pub fn retry(self) -> Retry {
        match self {
            Self::Throttled | Self::Unavailable | Self::Internal => Retry::Later,
            _ => Retry::No,
        }
    }

    /// The HTTP status that goes with it (RFC 9110; 424 of RFC 4918).
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::NotAuthenticated | Self::WrongCredentials => 401,
            Self::NotFound | Self::UnknownCommand => 404,
            // No fault of the server, which would be tried again: a program may have done half of it.
            Self::CommandFailed => 424,
            Self::NotAMember
            | Self::NotAllowed
            | Self::Archived
            | Self::Muted
            | Self::Banned
            | Self::Suspended
            | Self::InviteNeeded
            | Self::RegistrationClosed
            | Self::ForeignOrigin
            | Self::LimitReached
            | Self::TooLate => 403,
            Self::Invalid => 422,
            Self::Conflict | Self::Changed | Self::LastOwner => 409,
            Self::BadRequest => 400,
            Self::TooLarge => 413,
            Self::Throttled => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }

    /// What happened and what to do, for people.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::NotAuthenticated => "You are not signed in. Please sign in and try again.",
            Self::WrongCredentials => "User name or password is wrong. Please check both and try again.",
            Self::Suspended => "This account is suspended. An admin of this house can lift that.",
            Self::InviteNeeded => "It takes an invite that still holds. Ask somebody in this house for a link.",
            Self::RegistrationClosed => "This house takes no new accounts. Its owner can make one for you.",
            Self::NotFound => "There is nothing here, or it is not open to you.",
            Self::NotAMember => "Only members can do that. Join the room first.",
            Self::NotAllowed => "You may not do that here. An owner can.",
            Self::Archived => "This room is archived: it can be read, and that is all. Its owner can bring it back.",
            Self::Muted => "The moderators have stopped you from writing here for a while.",
            Self::Banned => "You may not come into this room. Its owner can let you in again.",
            Self::LastOwner => {
                "There has to be an owner. Make somebody else an owner first, then try again. Where nobody else is, an owner can delete it."
            }
            Self::Invalid => "Something needs another look. See the marked field.",
            Self::Conflict => "This message id was used before for another message. Send it again as a new one.",
            Self::Changed => "It was changed meanwhile. Look at it as it is now, then try again.",
            Self::TooLate => "The time is over in which a message can be edited here. It can still be deleted.",
            Self::BadRequest => "The server did not understand this request.",
            Self::ForeignOrigin => "This request did not come from this site. Open the page here and try again.",
            Self::UnknownCommand => "There is no command of this name here. To say it as a message, begin with // instead.",
            Self::CommandFailed => "The program behind this command did not do it.",
            Self::TooLarge => "This is too large. Please make it shorter.",
            Self::LimitReached => "There are as many of these as this Snug allows. Its owner can allow more.",
            Self::Throttled => "Too many tries. Please wait a moment, then try again.",
            Self::Unavailable => "The server cannot do this right now. Nothing is lost; please try again in a moment.",
            Self::Internal => "Something went wrong on the server. Please try again; if it stays, tell the owner of this Snug.",
        }
    }
}

/// The one shape of an error on every door: REST, server functions and the socket's `error` frame. Texts are made from the codes
/// wherever it is shown, so an error that travels in an address cannot put words into the page: `detail` is said where the error happens,
/// and is not read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "WireError")]
pub struct Error {
    /// What went wrong.
    pub code: ErrorCode,
    /// The fields it is about.
    pub fields: Vec<FieldError>,
    /// Seconds to wait before the next try.
    pub retry_after: Option<u64>,
    /// What this house has to say besides: until when somebody is suspended, and why.
    pub detail: Option<String>,
}

impl Error {
    /// The same, with what this house has to say besides.
    #[must_use]
    pub fn with_detail(self, detail: String) -> Self {
        Self { detail: Some(detail), ..self }
    }

    /// Throttled, with the seconds to wait.
    #[must_use]
    pub fn throttled(seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..ErrorCode::Throttled.into() }
    }

    /// What a person should read, where there is room for one sentence.
    #[must_use]
    pub fn message(&self) -> String {
        match self.fields.first() {
            Some(field) => field.to_string(),
            None => match &self.detail {
                Some(detail) => [self.code.message(), " ", detail].concat(),
                None => self.code.message().to_owned(),
            },
        }
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self { code, fields: Vec::new(), retry_after: None, detail: None }
    }
}

impl From<FieldError> for Error {
    fn from(field: FieldError) -> Self {
        vec![field].into()
    }
}

impl From<Vec<FieldError>> for Error {
    fn from(fields: Vec<FieldError>) -> Self {
        Self { code: ErrorCode::Invalid, fields, retry_after: None, detail: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {}

/// It is described as it travels.
#[cfg(feature = "openapi")]
mod openapi {
    use utoipa::{
        PartialSchema, ToSchema,
        openapi::{RefOr, Schema},
    };

    use super::{Error, WireError};

    impl PartialSchema for Error {
        fn schema() -> RefOr<Schema> {
            WireError::schema()
        }
    }

    impl ToSchema for Error {
        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            WireError::schemas(schemas);
        }
    }
}

/// [`Error`] as it travels: with the texts written out for programs that only print them.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct WireError {
    code: ErrorCode,
    message: String,
    retry: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<WireFieldError>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct WireFieldError {
    #[serde(flatten)]
    error: FieldError,
    message: String,
}

impl From<Error> for WireError {
    fn from(error: Error) -> Self {
        let fields = error.fields.iter().map(|&error| WireFieldError { message: error.to_string(), error }).collect();
        Self {
            message: error.message(),
            retry: error.code.retry() == Retry::Later,
            code: error.code,
            retry_after: error.retry_after,
            fields,
        }
    }
}

impl TryFrom<Object> for Error {
    type Error = BadField;

    fn try_from(mut object: Object) -> Result<Self, BadField> {
        let (code, retry_after) = (object.take("code")?, object.take("retry_after")?);
        Ok(Self { code, fields: object.take_or_default("fields")?, retry_after, detail: None })
    }
}

words!(ErrorCode);
objects!(Error);

/// What a client should do after a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Reconnect at once and resume.
    ComeBack,
    /// Reconnect after a pause with jitter, and resume.
    ComeBackLater,
    /// Do not reconnect before a person has signed in.
    SignIn,
    /// Do not reconnect: the client has a fault.
    StayAway,
}

/// Why the server closed a socket. The numbers are in the range that RFC 6455, 7.4.2, leaves to applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// No valid sign-in, or it was revoked.
    SignIn,
    /// A frame that is not in the protocol.
    BadFrame,
    /// The client read too slowly and its queue was full.
    TooSlow,
    /// The server restarts.
    Restart,
    /// Nothing was heard from the client for too long.
    Silent,
    /// The server has as many sockets as it takes.
    Full,
}

impl CloseCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 6] = [Self::SignIn, Self::BadFrame, Self::TooSlow, Self::Restart, Self::Silent, Self::Full];

    /// The number in the close frame.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::SignIn => 4001,
            Self::BadFrame => 4002,
            Self::TooSlow => 4003,
            Self::Restart => 4004,
            Self::Silent => 4005,
            Self::Full => 4006,
        }
    }

    /// The code with this number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }

    /// The reason in the close frame.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::SignIn => "sign in",
            Self::BadFrame => "bad frame",
            Self::TooSlow => "too slow",
            Self::Restart => "restart",
            Self::Silent => "silent",
            Self::Full => "full",
        }
    }

    /// What the client should do.
    #[must_use]
    pub fn advice(self) -> Advice {
        match self {
            Self::SignIn => Advice::SignIn,
            Self::BadFrame => Advice::StayAway,
            Self::TooSlow | Self::Silent => Advice::ComeBack,
            Self::Restart | Self::Full => Advice::ComeBackLater,
        }
    }
}

#[cfg(test)]
mod tests;
