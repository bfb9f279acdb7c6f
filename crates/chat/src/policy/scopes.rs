//! What a token may be used for. Within that, whoever holds it may what its account may.

use protocol::{ErrorCode, RoomId};

pub(crate) const READ: &str = "read";
pub(crate) const WRITE: &str = "write";
pub(crate) const ADMIN: &str = "admin";
/// What the word for a room begins with.
pub(crate) const ROOMS: &str = "rooms:";

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// To read.
    Read,
    /// To change something, of one's own or in a room.
    Write,
    /// To see to the house.
    Admin,
}

/// What a token may be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes {
    /// Reading.
    pub read: bool,
    /// Changing.
    pub write: bool,
    /// What only admins may.
    pub admin: bool,
    /// The rooms that it is for; all of them without a list.
    pub rooms: Option<Vec<RoomId>>,
}

impl Scopes {
    /// Everything: what a sign-in may be used for.
    pub const ALL: Self = Self { read: true, write: true, admin: true, rooms: None };

    /// As they are stored, and as programs are told them: words such as `read write rooms:…`, each room by its id.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let words = [(self.read, READ), (self.write, WRITE), (self.admin, ADMIN)];
        let words = words.into_iter().filter(|(has, _)| *has).map(|(_, word)| word.to_owned());
        words.chain(self.rooms.iter().flatten().map(|room| format!("{ROOMS}{room}"))).collect()
    }

    /// Those that are stored. A word of a later version grants nothing.
    pub(crate) fn of_words(text: &str) -> Self {
        let mut scopes = Self { read: false, write: false, admin: false, rooms: None };
        for word in text.split_whitespace() {
            match word {
                READ => scopes.read = true,
                WRITE => scopes.write = true,
                ADMIN => scopes.admin = true,
                _ => {
                    let rooms = scopes.rooms.get_or_insert_default();
                    rooms.extend(word.strip_prefix(ROOMS).and_then(|room| room.parse::<RoomId>().ok()));
                }
            }
        }
        scopes
    }

    /// Whether it may be used for that, apart from any room.
    ///
    /// # Errors
    /// `not_allowed`.
    pub fn permit(&self, need: Need) -> Result<(), ErrorCode> {
        let may = match need {
            Need::Read => self.read,
            Need::Write => self.write,
            Need::Admin => self.admin,
        };
        if may { Ok(()) } else { Err(ErrorCode::NotAllowed) }
    }

    /// Whether it may be used for that in this room. One that is not among its rooms does not exist for it.
    ///
    /// # Errors
    /// `not_allowed`, `not_found`.
    pub fn permit_in(&self, need: Need, room: RoomId) -> Result<(), ErrorCode> {
        self.permit(need)?;
        let is_listed = self.rooms.as_ref().is_none_or(|rooms| rooms.contains(&room));
        if is_listed { Ok(()) } else { Err(ErrorCode::NotFound) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_what_it_was_made_for() {
        let (room, other) = (RoomId::generate(), RoomId::generate());
        let scopes = Scopes { read: true, write: false, admin: false, rooms: Some(vec![room]) };
        assert_eq!(scopes.permit_in(Need::Read, room), Ok(()));
        assert_eq!(scopes.permit_in(Need::Read, other), Err(ErrorCode::NotFound));
        assert_eq!(scopes.permit_in(Need::Write, room), Err(ErrorCode::NotAllowed));
        assert_eq!(scopes.permit(Need::Admin), Err(ErrorCode::NotAllowed));
        assert_eq!(Scopes::ALL.permit_in(Need::Admin, other), Ok(()));
    }

    #[test]
    fn what_is_stored_is_read_again_and_a_word_that_is_not_known_widens_nothing() {
        let rooms = Some(vec![RoomId::generate(), RoomId::generate()]);
        for scopes in [Scopes::ALL, Scopes { read: true, write: false, admin: false, rooms }] {
            assert_eq!(Scopes::of_words(&scopes.words().join(" ")), scopes);
        }
        let odd = Scopes::of_words("write only:mondays rooms:nowhere");
        assert_eq!(odd, Scopes { read: false, write: true, admin: false, rooms: Some(Vec::new()) });
    }
}
