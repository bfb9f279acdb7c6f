use protocol::{ClientId, Quote, RoomPage};

use super::{address::Address, zone::Zone};
use crate::socket::{SharedRoom, Socket};

/// What stands in the main part of the page. The server renders rooms only: for the rest it has pages of their own.
#[derive(Clone)]
pub(crate) enum Screen {
    /// A room.
    Room(Box<Visited>),
    /// A room is on its way; its name, as the list of rooms has it.
    Loading(String),
    /// It did not come.
    Failed(protocol::Error),
}

/// A room at an address.
#[derive(Clone)]
pub(crate) struct Visited {
    pub(super) address: Address,
    pub(super) room: SharedRoom,
    pub(super) form_id: ClientId,
    pub(super) zone: Zone,
    /// What is to be said about this visit.
    pub(super) notice: Option<String>,
    /// Why the message was refused that stands in the composer.
    pub(super) refused: Option<String>,
    /// What is answered there.
    pub(super) answering: Option<Box<Quote>>,
}

impl Visited {
    /// Keeps the room up to date from this snapshot on.
    pub(super) fn new(socket: Socket, mut address: Address, page: RoomPage, form_id: ClientId, zone: Zone) -> Self {
        // A room can be asked for by its id as well; its own name is the slug.
        address.slug.clone_from(&page.room.slug);
        Self { address, room: socket.open(page), form_id, zone, notice: None, refused: None, answering: None }
    }
}
