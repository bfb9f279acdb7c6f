use protocol::{Arrangement, ClientId, Quote, Room, RoomPage, RoomsUnread, User, reads};
use serde::Serialize;

use crate::components::House;

/// The element that it stands in, but for the messages of the page.
pub(crate) const DATA: &str = "data";
/// The element of these: they are the same for every reader.
pub(crate) const MESSAGES: &str = "data-messages";

/// What the page of a room is made from: on the server, and once more in the browser, where it has to give the same.
#[derive(Serialize)]
pub(crate) struct PageData {
    /// The person at the screen.
    pub(crate) viewer: Option<User>,
    /// Whether the administration is open to them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) administers: bool,
    /// The house that it is a page of.
    pub(crate) house: House,
    /// How many alerts they have not read.
    pub(crate) unread: u64,
    /// The rooms in the list beside it.
    pub(crate) rooms: Vec<Room>,
    /// What is new in them, as far as it is shown.
    pub(crate) news: RoomsUnread,
    /// How that list is arranged.
    pub(crate) arrangement: Arrangement,
    /// The room as they see it.
    pub(crate) page: RoomPage,
    /// The id of the message that a form sends without JavaScript: a form that is sent twice makes one message.
    pub(crate) form_id: ClientId,
    /// Their time zone in minutes east of UTC, as the server heard it last.
    pub(crate) zone: i32,
    /// What is to be said about this visit.
    pub(crate) notice: Option<String>,
    /// Why the message was refused that was sent without JavaScript and stands in the composer.
    pub(crate) refused: Option<String>,
    /// What is answered there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answering: Option<Box<Quote>>,
}

reads!(PageData { viewer, house, unread, rooms, news, page, form_id, zone, notice, refused, answering; default administers, arrangement });
