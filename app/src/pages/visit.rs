use axum::extract::Query;
use chat::{Actor, Chat, rooms::Beside};
use http::{
    HeaderMap, Uri,
    header::{self, HeaderName},
};
use leptos::nonce::Nonce;
use protocol::User;
use serde::de::DeserializeOwned;

use super::assets::Assets;
use crate::{
    components::{House, PageContext, Theme},
    context::Caller,
    cookies,
    state::clock,
};

/// A request for a page.
pub struct Visit {
    /// The chat.
    pub chat: Chat,
    /// Who asks.
    pub caller: Caller,
    /// The address.
    pub uri: Uri,
    /// What the browser said besides.
    pub headers: HeaderMap,
    /// What the scripts of the page are known by.
    pub nonce: Nonce,
    /// The files that the page needs.
    pub assets: Assets,
}

impl Visit {
    pub(super) fn actor(&self) -> Actor {
        self.caller.session.as_ref().into()
    }

    pub(super) fn viewer(&self) -> Option<User> {
        self.caller.session.as_ref().map(|session| session.user.clone())
    }

    /// Whether the administration is open to them.
    pub(super) fn administers(&self) -> bool {
        self.caller.session.as_ref().is_some_and(chat::Session::administers)
    }

    /// The house, as its pages show it.
    pub(super) fn house(&self) -> House {
        let settings = self.chat.settings();
        House { name: settings.name.clone(), icon: settings.icon.clone() }
    }

    /// The part of the path after this one, such as what stands for a room after `r`.
    pub(super) fn part_after(&self, part: &str) -> String {
        let mut parts = self.uri.path().split('/').skip_while(|other| *other != part).skip(1);
        parts.next().unwrap_or_default().to_owned()
    }

    /// The rooms in the list beside the page, how it is arranged, and what is new in them.
    pub(super) async fn beside(&self) -> Result<Beside, chat::Error> {
        chat::rooms::beside(&self.chat, self.actor()).await
    }

    /// The room that the address names: `/r/{slug}`.
    pub(super) fn slug(&self) -> &str {
        self.uri.path().split('/').nth(2).unwrap_or_default()
    }

    /// A time as this person's clock would show it.
    pub(super) fn local(&self, at: i64) -> i64 {
        clock::to_local(at, self.zone())
    }

    /// What every page has around its content. To be called where signals may be made.
    pub(super) fn context(&self, Beside { rooms, arrangement, unread }: Beside) -> PageContext {
        let (here, house) = (self.here().to_owned(), self.house());
        let page = PageContext::new(self.viewer(), self.caller.unread, rooms, here, self.theme(), house);
        page.administers(self.administers()).arranged(arrangement).with_news(unread)
    }

    /// What the address asks for besides the page. What cannot be read is passed over.
    pub(super) fn query<Q: DeserializeOwned + Default>(&self) -> Q {
        Query::try_from_uri(&self.uri).map(|Query(query)| query).unwrap_or_default()
    }

    pub(super) fn theme(&self) -> Theme {
        Theme::of_cookie(cookies::theme(&self.headers))
    }

    pub(super) fn zone(&self) -> i32 {
        cookies::zone(&self.headers)
    }

    /// Scheme and host that the page was asked for by.
    pub(super) fn origin(&self) -> String {
        let host = self.header(header::HOST).or(self.uri.host()).unwrap_or_default();
        [if self.caller.secure { "https://" } else { "http://" }, host].concat()
    }

    /// Whether the browser has kept a session, be it over or not.
    pub(super) fn has_session_cookie(&self) -> bool {
        cookies::session_token(&self.headers, self.caller.secure).is_some()
    }

    /// Path and query of the address.
    pub(super) fn here(&self) -> &str {
        self.uri.path_and_query().map_or("/", |here| here.as_str())
    }

    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
