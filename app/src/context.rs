//! What a request brings along on the server, and how a server function answers beyond its value.

use std::net::IpAddr;

use chat::{Actor, Chat, RefreshToken, Session, sessions::SignedIn};
use http::{HeaderValue, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use protocol::ErrorCode;

use crate::{
    AppError, cookies,
    next::next_page,
    status::{answer_with, is_plain_form},
};

/// Who makes the request, as the server's middleware found out.
#[derive(Clone)]
pub struct Caller {
    /// The session behind the cookie.
    pub session: Option<Session>,
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

    /// Gives the token of the session to the browser, for as long as the session lasts.
    pub(crate) fn keep_session(&self, token: &RefreshToken) {
        set_cookie(cookies::keep_session(token.as_str(), self.chat.limits().session_seconds, self.caller.secure));
    }

    /// Gives the session to the browser and sends it on.
    pub(crate) fn welcome(&self, signed_in: &SignedIn, next: &str) {
        self.keep_session(&signed_in.refresh_token);
        leptos_axum::redirect(&next_page(next));
    }
}

/// Leads a form that was sent without JavaScript to another page than the one it stands on; a page with JavaScript stays.
pub(crate) fn lead_form_to(path: &str) {
    if use_context::<Parts>().is_some_and(|parts| is_plain_form(&parts)) {
        leptos_axum::redirect(path);
    }
}

/// Adds a cookie to the answer.
pub(crate) fn set_cookie(cookie: Option<HeaderValue>) {
    if let (Some(response), Some(cookie)) = (use_context::<ResponseOptions>(), cookie) {
        response.append_header(header::SET_COOKIE, cookie);
    }
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
    answer_with(public.code);
    public.into()
}
