//! What can be gone to by its name.

use serde::{Deserialize, Serialize};

use crate::Seq;

/// What can be gone to by its name, beside the rooms that one is in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Destinations {
    /// Rooms that one may find.
    pub rooms: Vec<PaletteRoom>,
    /// People.
    pub people: Vec<PalettePerson>,
    /// Threads that one follows, those first in which something was written last.
    pub threads: Vec<PaletteThread>,
}

/// A room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaletteRoom {
    /// Its part of the address.
    pub slug: String,
    /// Name.
    pub name: String,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PalettePerson {
    /// User name.
    pub username: String,
    /// Name to show.
    pub name: String,
}

/// A thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaletteThread {
    /// What it is about: the first line of the message that it stands under.
    pub line: String,
    /// The name of the room.
    pub room: String,
    /// The room's part of the address.
    pub slug: String,
    /// The place of the message.
    pub seq: Seq,
}
