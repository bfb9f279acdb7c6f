//! Who may do what in a room: one table, without I/O, that every door asks.

use protocol::{ErrorCode, Standing, UserId, Visibility};

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

/// What a member is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Made the room.
    Owner,
    /// Joined it.
    Member,
}

/// What an actor may do in one room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    visibility: Visibility,
    actor: Actor,
    role: Option<Role>,
}

impl Access {
    /// Of an actor with this role there, or none.
    pub(crate) fn new(visibility: Visibility, actor: Actor, role: Option<Role>) -> Self {
        Self { visibility, actor, role }
    }

    /// Whether the actor is a member.
    pub(crate) fn is_member(self) -> bool {
        self.role.is_some()
    }

    /// How the actor stands to the room. To those who may not know of it the room does not exist, in the same words as one that
    /// really does not.
    pub(crate) fn standing(self) -> Result<Standing, ErrorCode> {
        match (self.visibility, self.actor) {
            (_, Actor::User(_)) if self.is_member() => Ok(Standing::Member),
            (Visibility::Public, Actor::Guest) => Ok(Standing::Guest),
            (Visibility::Public | Visibility::Open, Actor::User(_)) => Ok(Standing::MayJoin),
            (Visibility::Open, Actor::Guest) | (Visibility::Private | Visibility::Direct, _) => Err(ErrorCode::NotFound),
        }
    }

    /// Whether the actor may read what is written there.
    pub(crate) fn may_read(self) -> bool {
        self.is_member() || self.visibility == Visibility::Public
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

    /// Changes the room's name and topic, or says why not.
    pub(crate) fn edit_room(self) -> Result<(), ErrorCode> {
        self.write()?;
        if self.role == Some(Role::Owner) { Ok(()) } else { Err(ErrorCode::NotAllowed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Visibility; 4] = [Visibility::Public, Visibility::Open, Visibility::Private, Visibility::Direct];

    #[test]
    fn members_read_and_write_everywhere() {
        for (visibility, role) in ALL.into_iter().flat_map(|visibility| [(visibility, Role::Owner), (visibility, Role::Member)]) {
            let access = Access::new(visibility, Actor::User(UserId::generate()), Some(role));
            assert_eq!(access.standing(), Ok(Standing::Member));
            assert_eq!((access.read(), access.write()), (Ok(()), Ok(())));
        }
    }

    #[test]
    fn only_owners_edit_a_room_and_others_learn_no_more_of_it_than_they_may() {
        for visibility in ALL {
            let edit = |actor, role| Access::new(visibility, actor, role).edit_room();
            let user = Actor::User(UserId::generate());
            assert_eq!(edit(user, Some(Role::Owner)), Ok(()));
            assert_eq!(edit(user, Some(Role::Member)), Err(ErrorCode::NotAllowed));
            let (stranger, guest) = match visibility {
                Visibility::Public => (ErrorCode::NotAMember, ErrorCode::NotAuthenticated),
                Visibility::Open => (ErrorCode::NotAMember, ErrorCode::NotFound),
                Visibility::Private | Visibility::Direct => (ErrorCode::NotFound, ErrorCode::NotFound),
            };
            assert_eq!((edit(user, None), edit(Actor::Guest, None)), (Err(stranger), Err(guest)));
        }
    }

    #[test]
    fn accounts_read_public_rooms_and_may_join_public_and_open_ones() {
        let of = |visibility| Access::new(visibility, Actor::User(UserId::generate()), None);
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
        let of = |visibility| Access::new(visibility, Actor::Guest, None);
        assert_eq!(of(Visibility::Public).read(), Ok(()));
        assert_eq!(of(Visibility::Public).write(), Err(ErrorCode::NotAuthenticated));
        for hidden in [Visibility::Open, Visibility::Private, Visibility::Direct] {
            assert_eq!(of(hidden).read(), Err(ErrorCode::NotFound));
            assert_eq!(of(hidden).write(), Err(ErrorCode::NotFound));
        }
    }
}
