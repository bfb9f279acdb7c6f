//! What a client would show that comes now, and how it asks for that.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
};

use app::state::RoomState;
use protocol::{Message, RoomPage, RoomsUnread, Seq, UserId, Window};
use reqwest::Method;
use serde::de::DeserializeOwned;

use crate::{client::Account, node::ROOMS, support::person::Person};

/// Pages that are read of a room, from its end upwards: more than any client shows.
const PAGES: usize = 9;

/// What is asked for beside the socket.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    Page(usize, Window),
    List,
}

/// A stretch of a room, as this person sees it.
pub(crate) async fn page(person: &Person, node: SocketAddr, room: usize, window: Window) -> Option<RoomPage> {
    let (name, value) = match window {
        Window::Before(seq) => ("window[before]", seq.to_string()),
        _ => ("window", "latest".to_owned()),
    };
    post(person, node, "room_page", &[("room", ROOMS[room]), (name, &value)]).await
}

/// What is new to this person.
pub(crate) async fn list(person: &Person, node: SocketAddr) -> Option<RoomsUnread> {
    post(person, node, "unread", &[]).await
}

async fn post<T: DeserializeOwned>(person: &Person, node: SocketAddr, function: &str, fields: &[(&str, &str)]) -> Option<T> {
    let request = person.request(Method::POST, &format!("http://{node}/api/fn/{function}"));
    let answer = request.header("accept", "application/json").form(fields).send().await.ok()?;
    let status = answer.status();
    let text = answer.text().await.ok()?;
    assert!(!status.is_client_error(), "{function}: {text}");
    if !status.is_success() {
        return None;
    }
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// A room as it is shown now.
pub(crate) struct Fresh {
    messages: BTreeMap<Seq, Arc<Message>>,
    /// Where the newest page begins, and what the people reacted with on it.
    newest: Seq,
    reacted: BTreeMap<UserId, BTreeSet<(Seq, String)>>,
}

impl Fresh {
    /// Reads it at this node, as a guest, and its end as each of these people.
    pub(crate) async fn read(node: SocketAddr, room: usize, guest: &Person, people: &[Account]) -> Self {
        let mut messages = BTreeMap::new();
        let (mut newest, mut window) = (None, Window::Latest);
        for _ in 0..PAGES {
            let page = page(guest, node, room, window).await.expect("a page can be read");
            let first = page.messages.first().map(|message| message.seq);
            newest = newest.or(first);
            messages.extend(page.messages.into_iter().map(|message| (message.seq, message)));
            match first.filter(|_| page.has_older) {
                Some(first) => window = Window::Before(first),
                None => break,
            }
        }
        let mut reacted = BTreeMap::new();
        for person in people {
            let page = page(&person.browser, node, room, Window::Latest).await.expect("a page can be read");
            reacted.insert(person.id, page.reacted.into_iter().collect());
        }
        Self { messages, newest: newest.unwrap_or_default(), reacted }
    }

    /// Text for text, with all that hangs on it, and nothing between that is not shown.
    pub(crate) fn assert_shown_by(&self, screen: &RoomState, reader: Option<UserId>) {
        let (Some(first), Some(last)) = (screen.first_seq(), screen.last_seq()) else { return };
        let oldest = self.messages.keys().next().copied().unwrap_or(Seq(i64::MAX));
        let shown: Vec<_> = screen.messages().iter().filter(|message| message.seq >= oldest).collect();
        // A screen that was scrolled up may end before what was read here.
        let on_it = first.max(oldest)..=last;
        let fresh: Vec<_> = self.messages.values().filter(|message| on_it.contains(&message.seq)).collect();
        for (shown, fresh) in shown.iter().zip(&fresh) {
            assert_eq!(shown, fresh, "what is shown and what a fresh page shows");
        }
        assert_eq!(shown.len(), fresh.len(), "something is shown that a fresh page does not show, or the other way round");
        assert!(screen.has_newer() || self.messages.keys().next_back() == Some(&last), "it ends too early");
        let Some(reacted) = reader.and_then(|reader| self.reacted.get(&reader)) else { return };
        for message in shown.iter().filter(|message| message.seq >= self.newest) {
            for reaction in &message.reactions {
                let own = reacted.contains(&(message.seq, reaction.emoji.clone()));
                let shown = screen.has_reacted(message.seq, &reaction.emoji);
                assert_eq!(shown, own, "whether {reader:?} reacts with {} in {message:?}; {reacted:?}", reaction.emoji);
            }
        }
    }
}
