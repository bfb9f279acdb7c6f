//! Refusals of the server itself (middleware, REST), in the shape that the asker can read.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use protocol::{Error, ErrorCode};
use serde::Serialize;

/// Keeps an answer out of the caches on the way: tokens must not stay there (RFC 6749, 5.1), nor must other secrets.
pub(crate) const NO_STORE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// Who asks, hence what an error looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// A program.
    Rest,
    /// A page's script that calls a server function.
    Function,
    /// A person.
    Page,
    /// A program that believes to speak to Slack.
    Hook,
}

#[derive(Serialize)]
struct RestError<'a> {
    error: &'a Error,
}

impl Door {
    /// By the address; a form that is sent without JavaScript asks for HTML.
    pub(crate) fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let reads_html = accept.is_some_and(|accept| accept.contains("text/html"));
        match path {
            _ if path.starts_with("/api/fn/") && !reads_html => Self::Function,
            _ if path.starts_with("/api/fn/") => Self::Page,
            _ if path.starts_with("/api/") || path == "/ws" => Self::Rest,
            _ if path.starts_with("/hooks/") => Self::Hook,
            _ => Self::Page,
        }
    }

    /// Refuses, with the status that belongs to the error.
    pub(crate) fn refuse(self, error: impl Into<Error>) -> Response {
        let error = error.into();
        let status = match (self, error.code) {
            // As Slack has them.
            (Self::Hook, ErrorCode::Archived) => 410,
            (Self::Hook, ErrorCode::Invalid) => 400,
            (_, code) => code.status(),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.refuse_with(status, &error)
    }

    /// Refuses with this status.
    pub(crate) fn refuse_with(self, status: StatusCode, error: &Error) -> Response {
        let mut response = match self {
            Self::Rest => axum::Json(RestError { error }).into_response(),
            Self::Function => axum::Json(error).into_response(),
            Self::Page => Html(page(&error.message())).into_response(),
            Self::Hook => slacks(error.code).into_response(),
        };
        *response.status_mut() = status;
        if let Some(seconds) = error.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// What Slack says of it.
fn slacks(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::BadRequest => "invalid_payload",
        ErrorCode::Invalid => "no_text",
        ErrorCode::TooLarge => "msg_too_long",
        ErrorCode::NotFound => "no_service",
        ErrorCode::NotAllowed => "invalid_token",
        ErrorCode::Archived => "channel_is_archived",
        ErrorCode::Throttled => "rate_limited",
        ErrorCode::Unavailable => "service_unavailable",
        ErrorCode::Internal => "internal_error",
        _ => "action_prohibited",
    }
}

/// The last resort where the app itself cannot render: needs nothing that could fail, too. The message is one of ours.
fn page(message: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Snug</title></head><body><h1>Snug</h1><p>{message}</p><p><a href=\"/\">To the start page</a></p></body></html>"
    )
}

/// For an address that exists, but not for this method.
pub(crate) async fn method_not_allowed(request: Request) -> Response {
    Door::of(&request).refuse_with(StatusCode::METHOD_NOT_ALLOWED, &ErrorCode::BadRequest.into())
}

/// For what is not there, among the addresses for programs.
pub(crate) async fn not_found(request: Request) -> Response {
    Door::of(&request).refuse(ErrorCode::NotFound)
}

/// What the asker is told of an error. Of a failure the cause goes to the log and nowhere else.
pub(crate) fn told(error: &chat::Error) -> Error {
    let public = error.public();
    if matches!(public.code, ErrorCode::Internal | ErrorCode::Unavailable) {
        tracing::error!(%error, "a request failed");
    }
    public
}

/// Why a request was not done.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: Error,
    /// The status, where HTTP has one of its own for it.
    status: Option<StatusCode>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error, status: None }
    }
}

impl From<chat::Error> for Refusal {
    fn from(error: chat::Error) -> Self {
        told(&error).into()
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Error::from(code).into()
    }
}

impl Refusal {
    /// The same with this status.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Whether the database did not answer.
    pub(crate) fn is_unavailable(&self) -> bool {
        self.error.code == ErrorCode::Unavailable
    }

    /// The answer for this kind of asker.
    pub(crate) fn at(self, door: Door) -> Response {
        match self.status {
            Some(status) => door.refuse_with(status, &self.error),
            None => door.refuse(self.error),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.at(Door::Rest)
    }
}
