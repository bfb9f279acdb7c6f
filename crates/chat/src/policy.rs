//! Who may do what in a room: one table, without I/O, that every door asks.

use protocol::{ErrorCode, Standing, UserId, Visibility};

use crate::sessions::Session;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody is signed in.
    Guest,
    /// An account.
    User(UserId),
}

impl Actor {
    /// The account.
    ///
    /// # Errors
    /// `not_authenticated` for a guest.
    pub fn user(self) -> Result<UserId, ErrorCode> {
        match self {
            Self::Guest => Err(ErrorCode::NotAuthenticated),
            Self::User(id) => Ok(id),
        }
    }
}

impl From<Option<&Session>> for Actor {
    fn from(session: Option<&Session>) -> Self {
        session.map_or(Self::Guest, |session| Self::User(session.user.id))
    }
}

/// What an actor may do in one room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    visibility: Visibility,
    actor: Actor,
    member: bool,
}

impl Access {
    pub(crate) fn new(visibility: Visibility, actor: Actor, member: bool) -> Self {
        Self { visibility, actor, member }
    }

    /// How the actor stands to the room. To those who may not know of it the room does not exist, in the same words as one that
    /// really does not.
    pub(crate) fn standing(self) -> Result<Standing, ErrorCode> {
        match (self.visibility, self.actor) {
            (_, Actor::User(_)) if self.member => Ok(Standing::Member),
            (Visibility::Public, Actor::Guest) => Ok(Standing::Guest),
            (Visibility::Public | Visibility::Open, Actor::User(_)) => Ok(Standing::MayJoin),
            (Visibility::Open, Actor::Guest) | (Visibility::Private | Visibility::Direct, _) => Err(ErrorCode::NotFound),
        }
    }

    /// Whether the actor may read what is written there.
    pub(crate) fn may_read(self) -> bool {
        self.member || self.visibility == Visibility::Public
    }

    /// Reads, or says why not.
    pub(crate) fn read(self) -> Result<(), ErrorCode> {
        self.standing()?;
        if self.may_read() { Ok(()) } else { Err(ErrorCode::NotAMember) }
    }

    /// Writes, or says why not.
    pub(crate) fn write(self) -> Result<(), ErrorCode> {
        match self.standing()? {
            Standing::Member => Ok(()),
            Standing::MayJoin => Err(ErrorCode::NotAMember),
            Standing::Guest => Err(ErrorCode::NotAuthenticated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Visibility; 4] = [Visibility::Public, Visibility::Open, Visibility::Private, Visibility::Direct];

    #[test]
    fn members_read_and_write_everywhere() {
        for visibility in ALL {
            let access = Access::new(visibility, Actor::User(UserId::generate()), true);
            assert_eq!(access.standing(), Ok(Standing::Member));
            assert_eq!((access.read(), access.write()), (Ok(()), Ok(())));
        }
    }

    #[test]
    fn accounts_read_public_rooms_and_may_join_public_and_open_ones() {
        let of = |visibility| Access::new(visibility, Actor::User(UserId::generate()), false);
        assert_eq!(of(Visibility::Public).standing(), Ok(Standing::MayJoin));
        assert_eq!(of(Visibility::Public).read(), Ok(()));
        assert_eq!(of(Visibility::Public).write(), Err(ErrorCode::NotAMember));
        assert_eq!(of(Visibility::Open).standing(), Ok(Standing::MayJoin));
        assert_eq!(of(Visibility::Open).read(), Err(ErrorCode::NotAMember));
        for hidden in [Visibility::Private, Visibility::Direct] {
            assert_eq!(of(hidden).standing(), Err(ErrorCode::NotFound));
            assert_eq!(of(hidden).read(), Err(ErrorCode::NotFound));
            assert_eq!(of(hidden).write(), Err(ErrorCode::NotFound));
        }
    }

    #[test]
    fn guests_read_public_rooms_and_know_of_no_other() {
        let of = |visibility| Access::new(visibility, Actor::Guest, false);
        assert_eq!(of(Visibility::Public).read(), Ok(()));
        assert_eq!(of(Visibility::Public).write(), Err(ErrorCode::NotAuthenticated));
        for hidden in [Visibility::Open, Visibility::Private, Visibility::Direct] {
            assert_eq!(of(hidden).read(), Err(ErrorCode::NotFound));
            assert_eq!(of(hidden).write(), Err(ErrorCode::NotFound));
        }
    }
}
