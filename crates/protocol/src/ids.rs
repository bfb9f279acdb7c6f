//! Ids as types of their own, so that a swapped pair does not compile.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    json::{Json, Read},
    texts,
};

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id: UUID version 7 (RFC 9562), which sorts by the time it was made.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

uuid_ids! {
    /// An account.
    UserId,
    /// A room.
    RoomId,
    /// A stored message.
    MessageId,
    /// A sign-in: the family of refresh tokens that descend from one log-in.
    SessionId,
    /// A token by which a program acts for an account.
    TokenId,
    /// An epoch of the rooms' logs. Places of one say nothing about the logs of another: a backup was put back in between.
    EpochId,
    /// A short text to one person.
    AlertId,
    /// The id that a client gives to a send, so that a retry is recognised. Unique per author, made by the client.
    ClientId,
}

/// A place in a room's log: 1, 2, 3 … without gaps. 0 stands for "before the first event".
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(minimum = 0))]
#[serde(try_from = "i64")]
pub struct Seq(pub i64);

/// A place that no log has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlace;

impl fmt::Display for NoPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("places are whole numbers from 0 on")
    }
}

impl TryFrom<i64> for Seq {
    type Error = NoPlace;

    fn try_from(place: i64) -> Result<Self, NoPlace> {
        if place < 0 { Err(NoPlace) } else { Ok(Self(place)) }
    }
}

impl Seq {
    /// Before the first event of a room.
    pub const ZERO: Self = Self(0);

    /// The place right after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl FromStr for Seq {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        text.parse().map_err(|_| NoPlace).and_then(i64::try_into)
    }
}

impl Read for Seq {
    fn read(value: Json) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

/// How a request names a room: by its id, or by the slug that stands in its address. No slug has the form of a UUID.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum RoomRef {
    /// By id.
    Id(RoomId),
    /// By slug; whether such a room exists is for the database to say.
    Slug(String),
}

impl From<String> for RoomRef {
    fn from(text: String) -> Self {
        match text.parse() {
            Ok(id) => Self::Id(id),
            // No room is called so, and a database might not even look for it.
            Err(_) if text.contains('\0') => Self::Slug(String::new()),
            Err(_) => Self::Slug(text),
        }
    }
}

impl From<RoomRef> for String {
    fn from(room: RoomRef) -> Self {
        match room {
            RoomRef::Id(id) => id.to_string(),
            RoomRef::Slug(slug) => slug,
        }
    }
}

impl From<RoomId> for RoomRef {
    fn from(id: RoomId) -> Self {
        Self::Id(id)
    }
}

impl FromStr for RoomRef {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.to_owned().into())
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for RoomRef {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        String::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for RoomRef {}

texts!(UserId, RoomId, MessageId, SessionId, EpochId, AlertId, ClientId, RoomRef);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Slug;

    #[test]
    fn later_ids_sort_later() {
        let first = MessageId::generate();
        let next = MessageId::generate();
        assert!(first < next);
        assert_eq!(first.to_string().parse::<MessageId>().unwrap(), first);
    }

    #[test]
    fn a_room_is_named_by_id_or_slug() {
        let id = RoomId::generate();
        let upper = id.to_string().to_uppercase();
        assert_eq!(RoomRef::from(id.to_string()), RoomRef::Id(id));
        assert_eq!(RoomRef::from(upper), RoomRef::Id(id));
        assert_eq!("lobby".parse(), Ok(RoomRef::Slug("lobby".to_owned())));
        assert_eq!("lob\0by".parse(), Ok(RoomRef::Slug(String::new())), "what no room is called");
        assert_eq!(serde_json::to_string(&RoomRef::Id(id)).unwrap(), format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<RoomRef>("\"lobby\"").unwrap(), RoomRef::Slug("lobby".to_owned()));
    }

    #[test]
    fn no_slug_is_taken_for_an_id() {
        let id = RoomId::generate();
        for text in [id.to_string(), id.0.simple().to_string(), id.to_string().to_uppercase(), id.0.urn().to_string()] {
            let slug = Slug::from_ascii(&text);
            assert_eq!(RoomRef::from(slug.as_str().to_owned()), RoomRef::Slug(slug.into_string()));
        }
    }

    #[test]
    fn places_count_up() {
        assert_eq!(Seq::ZERO.next(), Seq(1));
        assert_eq!(Seq(i64::MAX).next(), Seq(i64::MAX));
        assert_eq!("7".parse::<Seq>().unwrap(), Seq(7));
        assert_eq!(serde_json::to_string(&Seq(7)).unwrap(), "7");
        assert_eq!(serde_json::from_str::<Seq>("7").unwrap(), Seq(7));
    }

    #[test]
    fn no_place_is_below_zero() {
        for text in ["-1", "-9223372036854775808", "9223372036854775808", "1.5", "x", ""] {
            assert_eq!(text.parse::<Seq>(), Err(NoPlace), "{text}");
            assert!(serde_json::from_str::<Seq>(text).is_err(), "{text}");
        }
        assert_eq!("0".parse(), Ok(Seq::ZERO));
    }
}
