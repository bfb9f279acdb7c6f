//! What a request brings along on the server, and how a server function answers beyond its value.

use std::net::IpAddr;

use chat::{
    Actor, Chat, Deed, DeviceToken, RefreshToken, Session,
    house::By,
    sessions::{SignedIn, Source},
};
use http::{HeaderName, HeaderValue, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use protocol::ErrorCode;

use crate::{
    AppError, cookies,
    next::{entrance, next_page},
    status::{answer_with, is_plain_form},
};

/// Who makes the request, as the server's middleware found out.
#[derive(Clone)]
pub struct Caller {
    /// The session behind the cookie.
    pub session: Option<Session>,
    /// How many alerts they have not read.
    pub unread: u64,
    /// Where the request came from, for throttling.
    pub address: IpAddr,
    /// Whether it came over TLS.
    pub secure: bool,
}

/// The chat, and who asks.
pub(crate) struct Request {
    pub(crate) chat: Chat,
    pub(crate) caller: Caller,
}

impl Request {
    /// The request that is being answered.
    pub(crate) fn current() -> Result<Self, AppError> {
        match (use_context(), use_context()) {
            (Some(chat), Some(caller)) => Ok(Self { chat, caller }),
            _ => Err(ErrorCode::Internal.into()),
        }
    }

    pub(crate) fn actor(&self) -> Actor {
        self.caller.session.as_ref().into()
    }

    /// Whoever asks: as one of those who see to the house, where the form says so. Whether they are is decided where it is done.
    pub(crate) fn by(&self, house: bool) -> By {
        if house { By::Admin(self.actor()) } else { self.actor().into() }
    }

    /// The session of somebody who is signed in.
    pub(crate) fn session(&self) -> Result<&Session, AppError> {
        self.caller.session.as_ref().ok_or_else(|| refuse(ErrorCode::NotAuthenticated.into()))
    }

    /// Minutes that the caller's clocks are ahead of UTC, as the browser said last.
    pub(crate) fn zone(&self) -> i32 {
        use_context::<Parts>().map_or(0, |parts| cookies::zone(&parts.headers))
    }

    /// Counts something that comes from the caller's address.
    pub(crate) fn admit(&self, deed: Deed) -> Result<(), AppError> {
        self.chat.admit(deed, self.caller.address).map_err(refuse)
    }

    /// Where somebody signs in from: the browser that has the cookie, or one that will have it.
    pub(crate) fn source(&self) -> Result<Source, AppError> {
        let shown = cookie(cookies::device_name(self.caller.secure)).and_then(|token| DeviceToken::parse(&token));
        let device = shown.map_or_else(DeviceToken::generate, Ok).map_err(refuse)?;
        Ok(Source { address: self.caller.address, device: Some(device), agent: agent() })
    }

    /// Gives the token of the session to the browser, for as many seconds as the session lasts.
    pub(crate) fn keep_session(&self, token: &RefreshToken, lasts: i64) {
        set_cookie(cookies::keep_session(token.as_str(), lasts, self.caller.secure));
    }

    /// Gives the session to the browser, which is known again from now on, and sends it on. The session that the browser had before ends:
    /// nothing would ever use it again.
    ///
    /// # Errors
    /// The server cannot do it now.
    pub(crate) async fn welcome(&self, signed_in: &SignedIn, source: &Source, next: &str) -> Result<(), AppError> {
        if let Some(before) = &self.caller.session {
            chat::sessions::revoke(&self.chat, before.id).await.map_err(refuse)?;
        }
        self.keep_session(&signed_in.refresh_token, signed_in.lasts);
        set_cookie(source.device.as_ref().and_then(|device| cookies::keep_device(device.as_str(), self.caller.secure)));
        let next = next_page(next);
        // A browser that has sent a cookie keeps them. Of another one that is seen by what it asks for next.
        let keeps_cookies = use_context::<Parts>().is_some_and(|parts| parts.headers.contains_key(header::COOKIE));
        leptos_axum::redirect(&if keeps_cookies { next } else { entrance(&next) });
        Ok(())
    }
}

/// Leads a form that was sent without JavaScript to another page than the one it stands on; a page with JavaScript stays.
pub(crate) fn lead_form_to(path: &str) {
    if use_context::<Parts>().is_some_and(|parts| is_plain_form(&parts)) {
        leptos_axum::redirect(path);
    }
}

/// Keeps the answer out of every store on its way: it holds a token.
pub(crate) fn forbid_storing() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Adds a cookie to the answer.
pub(crate) fn set_cookie(cookie: Option<HeaderValue>) {
    if let (Some(response), Some(cookie)) = (use_context::<ResponseOptions>(), cookie) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Has the browser forget what it was shown and what the pages have kept: drafts, unsent messages, the socket's token. (Where the
/// connection is not secure browsers pass over it; the page's own script forgets the latter there.)
pub(crate) fn clear_site_data() {
    if let Some(response) = use_context::<ResponseOptions>() {
        let kinds = HeaderValue::from_static("\"cache\", \"storage\"");
        response.append_header(HeaderName::from_static("clear-site-data"), kinds);
    }
}

/// What the browser calls itself.
fn agent() -> String {
    let parts = use_context::<Parts>();
    let agent = parts.as_ref().and_then(|parts| parts.headers.get(header::USER_AGENT));
    agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned()
}

/// Value of a cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    cookies::value(&parts.headers, name).map(str::to_owned)
}

/// What may be shown of an error of the chat; the cause goes to the log.
pub(crate) fn reveal(error: &chat::Error) -> protocol::Error {
    let public = error.public();
    if matches!(public.code, ErrorCode::Internal | ErrorCode::Unavailable) {
        tracing::error!(%error, "a request failed");
    }
    public
}

/// Turns an error of the chat into the answer of a server function, its kind into the status.
pub(crate) fn refuse(error: chat::Error) -> AppError {
    let public = reveal(&error);
    answer_with(&public);
    public.into()
}
