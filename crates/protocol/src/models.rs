//! What rooms are made of, as every client sees it. Times are UTC in unix milliseconds and never decide an order (G10).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    by_kind,
    extra::Extra,
    ids::{AlertId, ClientId, EpochId, MessageId, RoomId, Seq, UserId},
    json::{BadField, Object},
    objects, reads, words,
};

/// A person, as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Account id.
    pub id: UserId,
    /// User name, lower case.
    pub username: String,
    /// Name to show.
    pub name: String,
    /// Whether the name alone does not say who it is: somebody else has it, or one that looks like it, or it speaks for the house. Then
    /// the user name is shown beside it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ambiguous: bool,
    /// What their picture is known by: `/u/{id}/picture/{picture}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Whether a program speaks through the account.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bot: bool,
}

impl User {
    /// The name as it stands in a sentence: with the user name where that is needed, and kept from turning the sentence round where it
    /// is written from right to left (Unicode TR 9, 2.7).
    #[must_use]
    pub fn in_sentence(&self) -> String {
        let right_to_left = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
        let (start, end) = if self.name.contains(right_to_left) { ("\u{2068}", "\u{2069}") } else { ("", "") };
        let name = [start, &self.name, end].concat();
        if self.ambiguous { [&name, " (@", &self.username, ")"].concat() } else { name }
    }
}

/// Who may find and read a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Anyone reads; any account may join and write.
    Public,
    /// Any account may find it and join; members read and write.
    Open,
    /// Members only; for others it does not exist.
    Private,
    /// Two or more named people.
    Direct,
}

/// What an account may do in the house. Each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HouseRole {
    /// Everybody.
    Member,
    /// Sees to people and rooms.
    Admin,
    /// Settles how the house is run.
    Owner,
}

/// What a member may do in a room. Each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoomRole {
    /// Reads and writes.
    Member,
    /// Keeps order.
    Moderator,
    /// Made the room, or was given it.
    Owner,
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// An admin tells everybody something.
    Announcement,
    /// Somebody made them a member of a room.
    Added,
    /// Somebody removed them from a room.
    Removed,
    /// Somebody changed what they may do.
    RoleChanged,
    /// Something for those who keep order.
    Report,
    /// Somebody does far more than is allowed: for those who run the house.
    Flood,
}

impl AlertKind {
    /// All there are.
    pub const ALL: [Self; 6] = [Self::Announcement, Self::Added, Self::Removed, Self::RoleChanged, Self::Report, Self::Flood];

    /// The word for it, as it is stored and sent.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Announcement => "announcement",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::RoleChanged => "role_changed",
            Self::Report => "report",
            Self::Flood => "flood",
        }
    }
}

/// A short text to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alert {
    /// Id.
    pub id: AlertId,
    /// The place in the account's log where it changed last.
    pub rev: i64,
    /// What it is about.
    pub kind: AlertKind,
    /// At most [`crate::limits::ALERT_MAX`] characters; empty when it was dismissed.
    pub text: String,
    /// Who did what it is about; nobody where it was done from the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<User>,
    /// The room that it is about; the reader may have no right to it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// When.
    pub at: i64,
    /// Whether it was read, on whichever device.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read: bool,
    /// Whether it was dismissed: nothing else is left of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dismissed: bool,
}

/// Alerts of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alerts {
    /// Last place in the account's log when this was read: ask for what comes after it.
    pub rev: i64,
    /// How many are neither read nor dismissed.
    pub unread: u64,
    /// Whether these are all there are, whatever was asked for: forget what you have.
    pub reset: bool,
    /// The newest first.
    pub alerts: Vec<Alert>,
}

/// A room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Room {
    /// Id.
    pub id: RoomId,
    /// Its part of the address: `/r/{slug}`.
    pub slug: String,
    /// Name.
    pub name: String,
    /// What it is about; may be empty.
    pub topic: String,
    /// Who may find and read it.
    pub visibility: Visibility,
    /// Whether it may be read only.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// Seconds that a member has to wait between two messages; none without it.
    #[serde(skip_serializing_if = "is_zero")]
    pub slow_seconds: u32,
    /// Whether it has a star of the person who asks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
    /// Of a conversation between two, who the other one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<UserId>,
}

impl Room {
    /// That it is like this now.
    #[must_use]
    pub fn changed(&self) -> Change {
        let Self { name, topic, slug, visibility, archived, slow_seconds, .. } = self.clone();
        Change::RoomChanged { name, topic, slug, visibility, archived, slow_seconds }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What the person who asks may do in a room. Made by `chat::policy`; pages only show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// No account: may read a public room.
    Guest,
    /// An account that has not joined but may.
    MayJoin,
    /// A member: reads and writes.
    Member,
}

/// What else the person who asks may do in a room. Made by `chat::policy`; pages only show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rights {
    /// Write.
    pub write: bool,
    /// Be a member no longer.
    pub leave: bool,
    /// Make somebody else a member.
    pub add: bool,
    /// Make links by which others come in.
    pub invite: bool,
    /// Remove, ban and mute members, slow the room down, delete what others wrote.
    pub moderate: bool,
    /// Hold a message up for all.
    pub pin: bool,
    /// Change name and topic.
    pub edit: bool,
    /// Change who may find it, its address, the roles of its members; archive and delete it.
    pub manage: bool,
    /// Call all of its members at once.
    pub call: bool,
    /// For so many minutes a message can be edited; always where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit_minutes: Option<u32>,
}

/// A room in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomSummary {
    /// The room.
    pub room: Room,
    /// Last place in its log.
    pub head: Seq,
    /// Number of members.
    pub members: u64,
    /// What the person who asks may do.
    pub standing: Standing,
}

/// The message that another one answers, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// Its place in the room's log.
    pub seq: Seq,
    /// Who wrote it.
    pub author: User,
    /// Its text without markup, on one line ([`crate::markdown::line`]); nothing where it was deleted.
    pub line: String,
    /// Whether it was deleted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// What stands under a message in a thread of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Thread {
    /// How many messages; deleted ones do not count.
    pub replies: u64,
    /// When the last one was written.
    pub last_at: i64,
    /// Who wrote last, the latest first: three at most.
    pub people: Vec<User>,
}

/// How many people reacted to a message with one emoji.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// How many.
    pub count: u64,
    /// The place in the room's log since which it is there: reactions stand in this order.
    pub since: Seq,
}

/// What a message answers, and where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answers {
    /// The place of the message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
    /// The place of the message under which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_of: Option<Seq>,
    /// Whether it stands in that thread alone, and not in the room.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_in_thread: bool,
}

/// Somebody whom a message calls by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mention {
    /// The name as it was written, without `@`.
    pub word: String,
    /// Who it is; nobody where all are called (`room`, `here`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
}

/// What a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A person wrote it.
    #[default]
    Text,
    /// A program did.
    Bot,
    /// The house says it itself.
    System,
}

impl MessageKind {
    fn is_text(&self) -> bool {
        *self == Self::Text
    }
}

/// A message as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Id.
    pub id: MessageId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// Who wrote it.
    pub author: User,
    /// The id its author's client gave it.
    pub client_id: ClientId,
    /// Markdown source; nothing where the message was deleted.
    pub body: String,
    /// When the server took it.
    pub at: i64,
    /// Whether it was deleted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// How often its text was changed.
    #[serde(skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// When its text was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Box<Quote>>,
    /// The place of the message under which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_of: Option<Seq>,
    /// Whether it stands in its thread alone, and not in the room.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_in_thread: bool,
    /// The thread under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Box<Thread>>,
    /// What people reacted with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// Whom it calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// Whether it is held up for all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// What it is; `text` is left out.
    #[serde(skip_serializing_if = "MessageKind::is_text")]
    pub kind: MessageKind,
    /// What programs keep with it. Pages have no use for it: it is written, and not read here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Extra>,
}

/// The part of a `message_created` event that the event itself does not already say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMessage {
    /// Id.
    pub id: MessageId,
    /// The id its author's client gave it.
    pub client_id: ClientId,
    /// Markdown source; nothing where the message was deleted since.
    pub body: String,
    /// Whether it was deleted since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// How often its text was changed.
    #[serde(skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// When its text was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Box<Quote>>,
    /// The place of the message under which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_of: Option<Seq>,
    /// Whether it stands in its thread alone, and not in the room.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_in_thread: bool,
    /// The thread under it; of one that stands in a thread, that thread, with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Box<Thread>>,
    /// What people reacted with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// Whom it calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// Whether it is held up for all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// What it is; `text` is left out.
    #[serde(skip_serializing_if = "MessageKind::is_text")]
    pub kind: MessageKind,
    /// What programs keep with it. Pages have no use for it: it is written, and not read here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Extra>,
}

impl NewMessage {
    /// One on which nothing hangs yet.
    #[must_use]
    pub fn plain(id: MessageId, client_id: ClientId, body: String) -> Self {
        Self {
            id,
            client_id,
            body,
            deleted: false,
            revision: 0,
            edited_at: None,
            reply_to: None,
            thread_of: None,
            only_in_thread: false,
            thread: None,
            reactions: Vec::new(),
            mentions: Vec::new(),
            pinned: false,
            kind: MessageKind::Text,
            extra: None,
        }
    }

    /// The message, by this author, at its place.
    #[must_use]
    pub fn stored(self, seq: Seq, author: User, at: i64) -> Message {
        let Self { id, client_id, body, deleted, revision, edited_at, reply_to, thread_of, only_in_thread, .. } = self;
        let Self { thread, reactions, mentions, pinned, kind, extra, .. } = self;
        // What came with it is the thread that it stands in, if it stands in one: nothing hangs under it.
        let thread = thread.filter(|_| thread_of.is_none());
        Message {
            id,
            seq,
            author,
            client_id,
            body,
            at,
            deleted,
            revision,
            edited_at,
            reply_to,
            thread_of,
            only_in_thread,
            thread,
            reactions,
            mentions,
            pinned,
            kind,
            extra,
        }
    }
}

/// What happened in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The actor wrote a message.
    MessageCreated {
        /// The message.
        message: NewMessage,
    },
    /// The actor became a member.
    MemberJoined,
    /// The actor is a member no longer.
    MemberLeft,
    /// The actor made somebody else a member.
    MemberAdded {
        /// Whom.
        user: User,
    },
    /// The actor removed somebody else, who may not read a hidden room any longer.
    MemberRemoved {
        /// Whom.
        user: User,
    },
    /// The actor changed what somebody may do in the room, or for how long they may not write.
    MemberChanged {
        /// Whose.
        user: User,
        /// What they are now.
        role: RoomRole,
        /// Until when they may not write.
        muted_until: Option<i64>,
    },
    /// The actor changed the room; all is said that may have changed.
    RoomChanged {
        /// Name.
        name: String,
        /// Topic; may be empty.
        topic: String,
        /// Its part of the address.
        slug: String,
        /// Who may find and read it.
        visibility: Visibility,
        /// Whether it may be read only.
        archived: bool,
        /// Seconds that a member has to wait between two messages.
        slow_seconds: u32,
    },
    /// The actor deleted a message.
    MessageDeleted {
        /// The message.
        id: MessageId,
        /// Its place.
        seq: Seq,
        /// The place of the message under which it stood.
        #[serde(skip_serializing_if = "Option::is_none")]
        thread_of: Option<Seq>,
        /// That thread without it.
        #[serde(skip_serializing_if = "Option::is_none")]
        thread: Option<Box<Thread>>,
    },
    /// The actor changed the text of a message.
    MessageEdited {
        /// The message.
        id: MessageId,
        /// Its place.
        seq: Seq,
        /// Markdown source; nothing where it was deleted since.
        body: String,
        /// How often its text was changed.
        revision: u32,
        /// When.
        edited_at: i64,
        /// Whom it calls now.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Mention>,
    },
    /// The actor reacted to a message, or took it back.
    ReactionChanged {
        /// The message.
        id: MessageId,
        /// Its place.
        seq: Seq,
        /// With what.
        emoji: String,
        /// Whether the actor does now.
        on: bool,
        /// How many do.
        count: u64,
        /// The place since which somebody does.
        since: Seq,
    },
    /// The actor held a message up for all, or took it down.
    MessagePinned {
        /// The message.
        id: MessageId,
        /// Its place.
        seq: Seq,
        /// Whether it is held up.
        pinned: bool,
    },
}

impl TryFrom<Object> for Change {
    type Error = BadField;

    fn try_from(mut object: Object) -> Result<Self, BadField> {
        let kind: String = object.take("kind")?;
        Ok(by_kind!(kind, {
            "message_created" => Self::MessageCreated { message: object.take("message")? },
            "member_joined" => Self::MemberJoined,
            "member_left" => Self::MemberLeft,
            "member_added" => Self::MemberAdded { user: object.take("user")? },
            "member_removed" => Self::MemberRemoved { user: object.take("user")? },
            "member_changed" => Self::MemberChanged {
                user: object.take("user")?,
                role: object.take("role")?,
                muted_until: object.take("muted_until")?,
            },
            "room_changed" => Self::RoomChanged {
                name: object.take("name")?,
                topic: object.take("topic")?,
                slug: object.take("slug")?,
                visibility: object.take("visibility")?,
                archived: object.take_or_default("archived")?,
                slow_seconds: object.take_or_default("slow_seconds")?,
            },
            "message_deleted" => Self::MessageDeleted {
                id: object.take("id")?,
                seq: object.take("seq")?,
                thread_of: object.take("thread_of")?,
                thread: object.take("thread")?,
            },
            "message_edited" => Self::MessageEdited {
                id: object.take("id")?,
                seq: object.take("seq")?,
                body: object.take("body")?,
                revision: object.take("revision")?,
                edited_at: object.take("edited_at")?,
                mentions: object.take_or_default("mentions")?,
            },
            "reaction_changed" => Self::ReactionChanged {
                id: object.take("id")?,
                seq: object.take("seq")?,
                emoji: object.take("emoji")?,
                on: object.take("on")?,
                count: object.take("count")?,
                since: object.take("since")?,
            },
            "message_pinned" => {
                Self::MessagePinned { id: object.take("id")?, seq: object.take("seq")?, pinned: object.take("pinned")? }
            },
        }))
    }
}

objects!(Change);

/// One entry of a room's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// The room.
    pub room: RoomId,
    /// Its place in the room's log: 1, 2, 3 … without gaps.
    pub seq: Seq,
    /// When the server took it.
    pub at: i64,
    /// Who did it.
    pub actor: User,
    /// What happened.
    pub change: Change,
}

impl Event {
    /// The message, when this event is the making of one.
    #[must_use]
    pub fn message(&self) -> Option<Message> {
        let Change::MessageCreated { message } = &self.change else { return None };
        Some(message.clone().stored(self.seq, self.actor.clone(), self.at))
    }
}

/// Which part of a room's history to read. A page holds [`crate::limits::PAGE`] messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// The newest messages.
    Latest,
    /// The newest messages, or those around the place up to which the reader has read, where more are new than these.
    Unread,
    /// The messages right before this place.
    Before(Seq),
    /// The messages right after this place.
    After(Seq),
    /// The messages around this place.
    Around(Seq),
}

/// A room as one person sees it at one moment, with a stretch of its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomPage {
    /// The room.
    pub room: Room,
    /// What the person who asks may do.
    pub standing: Standing,
    /// What else they may do.
    pub rights: Rights,
    /// Number of members.
    pub members: u64,
    /// Last place in the log when this was read: subscribe after it.
    pub head: Seq,
    /// The epoch of the logs when this was read.
    pub epoch: EpochId,
    /// Messages in the order of `seq`, without a hole between the first and the last.
    pub messages: Vec<Arc<Message>>,
    /// The message under which they stand, where they are those of a thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Arc<Message>>,
    /// Whether the person who asks follows that thread.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub following: bool,
    /// What the person who asks reacted with to which of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reacted: Vec<(Seq, String)>,
    /// What is pinned in the room: on this page and elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pinned: Vec<Seq>,
    /// Which of the messages the person who asks keeps for themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bookmarked: Vec<Seq>,
    /// Whether there are messages before the first.
    pub has_older: bool,
    /// Whether there are messages after the last.
    pub has_newer: bool,
}

/// What a sign-in gives to a program, and the browser's hook gets from its session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenGrant {
    /// JWT for the socket and for `/api/v1`.
    pub access_token: String,
    /// Seconds until the access token expires.
    pub expires_in: u64,
    /// The account.
    pub user: User,
}

words!(Visibility, HouseRole, RoomRole, AlertKind, Standing, MessageKind);
reads!(User { id, username, name, picture; default ambiguous, bot });
reads!(Alert { id, rev, kind, text, author, room, at; default read, dismissed });
reads!(Alerts { rev, unread, reset, alerts });
reads!(Room { id, slug, name, topic, visibility, person; default archived, slow_seconds, starred });
reads!(Rights { ; default write, leave, add, invite, moderate, pin, edit, manage, call, edit_minutes });
reads!(RoomSummary { room, head, members, standing });
reads!(Quote { seq, author, line; default deleted });
reads!(Thread { replies, last_at, people });
reads!(Reaction { emoji, count, since });
reads!(Mention { word, user });
reads!(Message { id, seq, author, client_id, body, at, edited_at, reply_to, thread_of, thread; default deleted, revision, only_in_thread, reactions, mentions, pinned, kind; unread extra });
reads!(NewMessage { id, client_id, body, edited_at, reply_to, thread_of, thread; default deleted, revision, only_in_thread, reactions, mentions, pinned, kind; unread extra });
reads!(Event { room, seq, at, actor, change });
reads!(RoomPage { room, standing, rights, members, head, epoch, messages, root, has_older, has_newer; default following, reacted, pinned, bookmarked });
reads!(Answers { reply_to, thread_of; default only_in_thread });
reads!(TokenGrant { access_token, expires_in, user });
