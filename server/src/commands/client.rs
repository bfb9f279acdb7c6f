//! A client of the API: what `snug send` and `snug tail` have in common.

use std::time::Duration;

use protocol::{Error, ErrorCode, Retry, RoomPage, RoomRef, Seq};
use reqwest::{Method, RequestBuilder, StatusCode, Url, redirect::Policy};
use serde::Deserialize;

use crate::{config::ClientOptions, failure::Failure};

/// A server that says nothing for so long says nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, and by what it knows who speaks.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<String>,
}

/// Why something was not done.
pub(super) enum Fault {
    /// It may be done when it is tried again.
    Passing(String, Option<Duration>),
    /// It will not.
    Lasting(String),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Passing(text, _) | Fault::Lasting(text) => Self::Server(text),
        }
    }
}

/// How the API says what is wrong.
#[derive(Deserialize)]
struct Refusal {
    error: Error,
}

impl Client {
    pub(super) fn new(options: &ClientOptions) -> Result<Self, Failure> {
        let fault = |why: &str| Failure::Server(format!("'{}' is no address of a server (--url, SNUG_URL): {why}", options.url));
        let mut base: Url = options.url.parse().map_err(|_| fault("it begins with http:// or https://"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
            return Err(fault("it begins with http:// or https://"));
        }
        base.set_path("/");
        // A token is for the server that was named, and not for one that it leads to.
        let http = reqwest::Client::builder().redirect(Policy::none()).connect_timeout(PATIENCE).build();
        let http = http.map_err(|error| Failure::Process(error.into()))?;
        Ok(Self { http, base, token: options.token.clone() })
    }

    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// A request for what is at this path, whose parts may hold anything.
    pub(super) fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(path);
        }
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The server's answer, if it did what it was asked.
    pub(super) async fn ask(&self, request: RequestBuilder) -> Result<reqwest::Response, Fault> {
        let answer = request.timeout(PATIENCE).send().await.map_err(|error| self.unreachable(&error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(self.refused(answer).await)
    }

    /// Why the server is not to be reached.
    pub(super) fn unreachable(&self, error: &reqwest::Error) -> Fault {
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Fault::Passing(format!("{} is not to be reached: {cause}", self.base), None)
    }

    /// What the server says of why it did not.
    pub(super) async fn refused(&self, answer: reqwest::Response) -> Fault {
        let status = answer.status();
        match answer.json::<Refusal>().await {
            Ok(Refusal { error }) => said(&error),
            Err(_) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Fault::Passing(format!("{} answers {status}", self.base), None)
            }
            Err(_) => Fault::Lasting(format!("{} answers {status}: is a Snug there?", self.base)),
        }
    }

    /// A page of a room's messages.
    pub(super) async fn page(&self, room: &RoomRef, after: Option<Seq>) -> Result<RoomPage, Fault> {
        let room = String::from(room.clone());
        let mut request = self.request(Method::GET, &["api", "v1", "rooms", &room, "messages"]);
        if let Some(after) = after {
            request = request.query(&[("after", after.0)]);
        }
        let answer = self.ask(request).await?;
        answer.json().await.map_err(|error| self.unreachable(&error))
    }
}

/// What a server says of why it did not, for people.
pub(super) fn said(error: &Error) -> Fault {
    // Nobody signs in here.
    let text = if error.code == ErrorCode::NotAuthenticated {
        "the token is wrong or has ended, or there is none (SNUG_TOKEN)".to_owned()
    } else if error.fields.is_empty() {
        [Some(error.message()), error.detail.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    } else {
        error.fields.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    match error.code.retry() {
        Retry::Later => Fault::Passing(text, error.retry_after.map(Duration::from_secs)),
        Retry::No => Fault::Lasting(text),
    }
}

/// A room as it was typed.
pub(super) fn named(room: &str) -> RoomRef {
    RoomRef::from(room.trim_start_matches("/r/").to_owned())
}
