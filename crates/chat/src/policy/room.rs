//! What may be done in a room, by whom.

use protocol::{ErrorCode, Rights, RoomRole, Standing, Visibility};

use super::Actor;

const MINUTE_MS: i64 = 60_000;

/// Whether the house still lets a message be edited that was written at that time.
pub(crate) fn may_still_edit(minutes: Option<u32>, written_at: i64, now: i64) -> Result<(), ErrorCode> {
    let is_over = minutes.is_some_and(|minutes| now - written_at > i64::from(minutes) * MINUTE_MS);
    if is_over { Err(ErrorCode::TooLate) } else { Ok(()) }
}

/// What somebody wants to do in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Know of it.
    Find,
    /// Read what is written there.
    Read,
    /// Write.
    Write,
    /// Become a member.
    Join,
    /// Be a member no longer.
    Leave,
    /// Change the text of a message of one's own.
    EditOwn,
    /// Delete a message of one's own.
    DeleteOwn,
    /// React to a message.
    React,
    /// Hold a message up for all.
    Pin,
    /// Call all members at once.
    Call,
    /// Bring a message before the moderators.
    Report,
    /// See who is in it.
    Members,
    /// Make somebody else a member.
    Add,
    /// Make links by which others come in, and take them back.
    Invite,
    /// Remove, ban and mute members, slow the room down.
    Moderate,
    /// See to what was reported, delete what others wrote.
    Resolve,
    /// Change name and topic.
    Edit,
    /// Change who may find it, its address, and the roles of its members.
    Manage,
    /// Make it read only, or writable again.
    Archive,
    /// Delete it with all that was written there.
    Delete,
}

/// What an actor is to a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Nobody is signed in.
    Guest,
    /// An account that is no member.
    Stranger,
    /// One that may not become a member again.
    Banned,
    /// A member.
    Member(RoomRole),
    /// The house itself: its admins, who need not be in the room.
    House,
}

/// What an actor may do in one room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    visibility: Visibility,
    who: Who,
    archived: bool,
    muted: bool,
    invited: bool,
    small: bool,
}

impl Access {
    /// Of an actor with this role there, or none.
    pub(crate) fn new(visibility: Visibility, actor: Actor, role: Option<RoomRole>) -> Self {
        let who = match (actor, role) {
            (Actor::Guest, _) => Who::Guest,
            (Actor::User(_), None) => Who::Stranger,
            (Actor::User(_), Some(role)) => Who::Member(role),
        };
        Self { visibility, who, archived: false, muted: false, invited: false, small: false }
    }

    /// Of whoever sees to all rooms of the house.
    pub(crate) fn of_house(visibility: Visibility) -> Self {
        Self { visibility, who: Who::House, archived: false, muted: false, invited: false, small: false }
    }

    /// In a room that may be read only.
    pub(crate) fn archived(self, archived: bool) -> Self {
        Self { archived, ..self }
    }

    /// Of somebody who may have been banned.
    pub(crate) fn banned(self, banned: bool) -> Self {
        let who = if banned && self.who == Who::Stranger { Who::Banned } else { self.who };
        Self { who, ..self }
    }

    /// Of somebody who may not be allowed to write for a while.
    pub(crate) fn muted(self, muted: bool) -> Self {
        Self { muted, ..self }
    }

    /// In a room with so few members that nobody minds being called with all others.
    pub(crate) fn small(self, small: bool) -> Self {
        Self { small, ..self }
    }

    /// Of somebody who holds an invite: it lets them join, and shows them nothing before.
    pub(crate) fn invited(self) -> Self {
        Self { invited: true, ..self }
    }

    /// What the actor is there, if a member.
    pub(crate) fn role(self) -> Option<RoomRole> {
        match self.who {
            Who::Member(role) => Some(role),
            _ => None,
        }
    }

    /// Whether the actor is a member.
    pub(crate) fn is_member(self) -> bool {
        self.role().is_some()
    }

    /// How the actor stands to the room. To those who may not know of it the room does not exist, in the same words as one that
    /// really does not.
    pub(crate) fn standing(self) -> Result<Standing, ErrorCode> {
        self.permit(Action::Find)?;
        Ok(match self.who {
            Who::Member(_) => Standing::Member,
            Who::Stranger | Who::Banned => Standing::MayJoin,
            Who::Guest | Who::House => Standing::Guest,
        })
    }

    /// Whether the actor may do this.
    pub(crate) fn may(self, action: Action) -> bool {
        self.permit(action).is_ok()
    }

    /// What pages offer.
    pub(crate) fn rights(self) -> Rights {
        Rights {
            write: self.may(Action::Write),
            leave: self.is_member() && self.may(Action::Leave),
            add: self.may(Action::Add),
            invite: self.may(Action::Invite),
            moderate: self.may(Action::Moderate),
            pin: self.may(Action::Pin),
            edit: self.may(Action::Edit),
            // Bringing it back too.
            manage: self.may(Action::Archive),
            call: self.may(Action::Call),
            edit_minutes: None,
        }
    }

    /// Lets the actor do this, or says why not.
    pub(crate) fn permit(self, action: Action) -> Result<(), ErrorCode> {
        let direct = self.visibility == Visibility::Direct;
        let role = match self.who {
            Who::Member(role) => role,
            Who::House => return self.permit_house(action),
            who => return self.permit_outside(who, action),
        };
        match action {
            Action::Find | Action::Read | Action::Report | Action::Members => Ok(()),
            // Those who write to each other have nobody over them, and nobody comes or goes.
            Action::Write | Action::EditOwn | Action::DeleteOwn | Action::React | Action::Call if self.archived => {
                Err(ErrorCode::Archived)
            }
            Action::Write | Action::EditOwn | Action::React | Action::Call if self.muted => Err(ErrorCode::Muted),
            Action::Write | Action::EditOwn | Action::DeleteOwn | Action::React => Ok(()),
            Action::Pin if direct && !self.archived => Ok(()),
            Action::Call if direct || self.small || role >= RoomRole::Moderator => Ok(()),
            Action::Call => Err(ErrorCode::NotAllowed),
            _ if direct => Err(ErrorCode::NotAllowed),
            Action::Join | Action::Leave => Ok(()),
            Action::Archive | Action::Delete if role == RoomRole::Owner => Ok(()),
            Action::Archive | Action::Delete => Err(ErrorCode::NotAllowed),
            _ if self.archived => Err(ErrorCode::Archived),
            Action::Add if self.visibility != Visibility::Private => Ok(()),
            Action::Add | Action::Invite | Action::Moderate | Action::Resolve | Action::Pin if role >= RoomRole::Moderator => {
                Ok(())
            }
            Action::Edit | Action::Manage if role == RoomRole::Owner => Ok(()),
            Action::Add | Action::Invite | Action::Moderate | Action::Resolve | Action::Pin | Action::Edit | Action::Manage => {
                Err(ErrorCode::NotAllowed)
            }
        }
    }

    /// The house sees to who is in a room and to what becomes of it, and says there what all are to know. What others write is not for its
    /// eyes, but for what was reported.
    fn permit_house(self, action: Action) -> Result<(), ErrorCode> {
        match action {
            Action::Find | Action::Members | Action::Resolve => Ok(()),
            Action::Write if self.visibility != Visibility::Direct && self.archived => Err(ErrorCode::Archived),
            Action::Write | Action::Add | Action::Moderate | Action::Manage | Action::Archive | Action::Delete
                if self.visibility != Visibility::Direct =>
            {
                Ok(())
            }
            _ => Err(ErrorCode::NotAllowed),
        }
    }

    /// Whether the actor may remove, ban, mute or demote somebody of this role: only those below. Nobody is above the house.
    pub(crate) fn outranks(self, subject: RoomRole) -> bool {
        match self.who {
            Who::Member(role) => role > subject,
            Who::House => true,
            Who::Guest | Who::Stranger | Who::Banned => false,
        }
    }

    /// Who is no member: to most of them it is nothing, or something that they may read or join.
    fn permit_outside(self, who: Who, action: Action) -> Result<(), ErrorCode> {
        let hidden = match self.visibility {
            Visibility::Public => false,
            Visibility::Open => who == Who::Guest,
            Visibility::Private => !(self.invited && who != Who::Guest && action == Action::Join),
            Visibility::Direct => true,
        };
        let readable = self.visibility == Visibility::Public;
        match action {
            _ if hidden => Err(ErrorCode::NotFound),
            Action::Find => Ok(()),
            Action::Read if readable => Ok(()),
            _ if who == Who::Guest => Err(ErrorCode::NotAuthenticated),
            // Names are no page on the web.
            Action::Report | Action::Members if readable => Ok(()),
            Action::Join if who == Who::Banned => Err(ErrorCode::Banned),
            Action::Join if self.archived => Err(ErrorCode::Archived),
            Action::Join => Ok(()),
            // Leaving again changes nothing.
            Action::Leave => Ok(()),
            _ => Err(ErrorCode::NotAMember),
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::UserId;

    use super::*;

    const ACTIONS: [Action; 20] = [
        Action::Find,
        Action::Read,
        Action::Write,
        Action::Join,
        Action::Leave,
        Action::EditOwn,
        Action::DeleteOwn,
        Action::React,
        Action::Pin,
        Action::Call,
        Action::Report,
        Action::Members,
        Action::Add,
        Action::Invite,
        Action::Moderate,
        Action::Resolve,
        Action::Edit,
        Action::Manage,
        Action::Archive,
        Action::Delete,
    ];

    /// What stands in a cell.
    fn cell(outcome: Result<(), ErrorCode>) -> &'static str {
        match outcome {
            Ok(()) => "yes",
            Err(ErrorCode::NotFound) => "404",
            Err(ErrorCode::NotAuthenticated) => "sign in",
            Err(ErrorCode::NotAMember) => "join",
            Err(ErrorCode::NotAllowed) => "no",
            Err(ErrorCode::Banned) => "banned",
            Err(ErrorCode::Archived) => "archived",
            Err(ErrorCode::Muted) => "muted",
            Err(_) => "?",
        }
    }

    /// The whole table: each visibility, each actor, each action, in a room that is live and in one that is archived.
    const TABLE: &str = include_str!("room.table");

    fn table() -> String {
        let user = Actor::User(UserId::generate());
        let actors = [
            ("guest", Actor::Guest, None, false, false),
            ("stranger", user, None, false, false),
            ("banned", user, None, true, false),
            ("muted", user, Some(RoomRole::Member), false, true),
            ("member", user, Some(RoomRole::Member), false, false),
            ("moderator", user, Some(RoomRole::Moderator), false, false),
            ("owner", user, Some(RoomRole::Owner), false, false),
        ];
        let mut table = format!("{:18}{:10}", "room", "who");
        for action in ACTIONS {
            table.push_str(&format!("{:10}", format!("{action:?}").to_lowercase()));
        }
        let mut row = |room: &str, who, access: Access| {
            table.push_str(&format!("\n{room:18}{who:10}"));
            for action in ACTIONS {
                table.push_str(&format!("{:10}", cell(access.permit(action))));
            }
        };
        for archived in [false, true] {
            for visibility in [Visibility::Public, Visibility::Open, Visibility::Private, Visibility::Direct] {
                let room = format!("{}{visibility:?}", if archived { "archived " } else { "" }).to_lowercase();
                for (name, actor, role, banned, muted) in actors {
                    row(&room, name, Access::new(visibility, actor, role).archived(archived).banned(banned).muted(muted));
                }
                row(&room, "house", Access::of_house(visibility).archived(archived));
            }
        }
        table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
    }

    #[test]
    fn every_action_of_everybody_in_every_room_has_its_cell() {
        let table = table();
        assert_eq!(table, TABLE, "\n{table}");
    }

    #[test]
    fn nobody_learns_more_of_a_hidden_room_by_any_action_than_that_there_is_none() {
        for (visibility, actor) in [
            (Visibility::Private, Actor::User(UserId::generate())),
            (Visibility::Direct, Actor::User(UserId::generate())),
            (Visibility::Private, Actor::Guest),
            (Visibility::Open, Actor::Guest),
        ] {
            for (action, archived, banned) in
                ACTIONS.into_iter().flat_map(|action| [(action, false, true), (action, true, false)])
            {
                let access = Access::new(visibility, actor, None).archived(archived).banned(banned);
                assert_eq!(access.permit(action), Err(ErrorCode::NotFound), "{visibility:?} {action:?}");
            }
        }
    }

    #[test]
    fn an_archived_room_is_read_and_left_as_before_and_can_be_brought_back() {
        let owner = Access::new(Visibility::Private, Actor::User(UserId::generate()), Some(RoomRole::Owner)).archived(true);
        for action in [Action::Find, Action::Read, Action::Leave, Action::Archive, Action::Delete, Action::Report] {
            assert_eq!(owner.permit(action), Ok(()), "{action:?}");
        }
        for action in [Action::Write, Action::Add, Action::Invite, Action::Moderate, Action::Edit, Action::Manage] {
            assert_eq!(owner.permit(action), Err(ErrorCode::Archived), "{action:?}");
        }
    }

    #[test]
    fn an_invite_lets_in_and_does_nothing_else() {
        let user = Actor::User(UserId::generate());
        let stranger = Access::new(Visibility::Private, user, None).invited();
        for action in ACTIONS {
            let expected = if action == Action::Join { Ok(()) } else { Err(ErrorCode::NotFound) };
            assert_eq!(stranger.permit(action), expected, "{action:?}");
        }
        assert_eq!(stranger.banned(true).permit(Action::Join), Err(ErrorCode::Banned));
        assert_eq!(stranger.archived(true).permit(Action::Join), Err(ErrorCode::Archived));
        for access in [
            Access::new(Visibility::Private, Actor::Guest, None).invited(),
            Access::new(Visibility::Direct, user, None).invited(),
        ] {
            assert_eq!(access.permit(Action::Join), Err(ErrorCode::NotFound));
        }
    }

    #[test]
    fn in_a_small_room_everybody_may_call_all() {
        let member = Access::new(Visibility::Open, Actor::User(UserId::generate()), Some(RoomRole::Member));
        assert_eq!(member.permit(Action::Call), Err(ErrorCode::NotAllowed));
        assert_eq!(member.small(true).permit(Action::Call), Ok(()));
        assert_eq!(member.small(true).muted(true).permit(Action::Call), Err(ErrorCode::Muted));
    }

    #[test]
    fn only_those_above_somebody_act_on_them() {
        use RoomRole::{Member, Moderator, Owner};
        for (actor, subject, may) in [
            (Owner, Moderator, true),
            (Owner, Member, true),
            (Moderator, Member, true),
            (Owner, Owner, false),
            (Moderator, Moderator, false),
            (Moderator, Owner, false),
            (Member, Member, false),
        ] {
            let access = Access::new(Visibility::Open, Actor::User(UserId::generate()), Some(actor));
            assert_eq!(access.outranks(subject), may, "{actor:?} {subject:?}");
            assert!(Access::of_house(Visibility::Open).outranks(subject));
        }
        assert!(!Access::new(Visibility::Open, Actor::Guest, None).outranks(Member));
    }
}
