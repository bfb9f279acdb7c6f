//! How somebody has the list of rooms arranged.

use serde::{Deserialize, Serialize};

use crate::{reads, words};

/// A part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Rooms with a star.
    Starred,
    /// The other rooms.
    Rooms,
    /// Direct conversations.
    Direct,
}

impl Section {
    /// The word for it, as it is stored and sent.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Starred => "starred",
            Self::Rooms => "rooms",
            Self::Direct => "direct",
        }
    }
}

/// How somebody has the list of rooms arranged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Arrangement {
    /// Parts that are folded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folded: Vec<Section>,
    /// Whether rooms in which something happened last stand first; else they stand by name.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_activity: bool,
}

words!(Section);
reads!(Arrangement { ; default folded, by_activity });
