//! The numbers both sides hold to. Lengths of text count Unicode scalar values.

/// Shortest user name.
pub const USERNAME_MIN: usize = 2;
/// Longest user name.
pub const USERNAME_MAX: usize = 30;
/// Longest display name.
pub const DISPLAY_NAME_MAX: usize = 50;
/// Longest text that people write about themselves.
pub const BIO_MAX: usize = 300;
/// Longest text for how people are spoken of.
pub const PRONOUNS_MAX: usize = 40;
/// Longest text for what people do.
pub const STATUS_MAX: usize = 100;
/// Seconds without input after which somebody is away.
pub const AWAY_SECONDS: u32 = 300;
/// People whose presence one socket is told.
pub const WATCHED_MAX: usize = 200;
/// Largest file that a picture is made from, in bytes.
pub const PICTURE_MAX_BYTES: usize = 8 * 1024 * 1024;
/// Shortest password (NIST SP 800-63B, 5.1.1.2).
pub const PASSWORD_MIN: usize = 8;
/// Longest password: long enough for any passphrase, short enough that hashing stays bounded.
pub const PASSWORD_MAX: usize = 128;
/// Longest room name.
pub const ROOM_NAME_MAX: usize = 60;
/// Longest slug that is made from a room's name: one character written in ASCII can be several words.
pub const SLUG_MAX: usize = 60;
/// Longest topic.
pub const TOPIC_MAX: usize = 250;
/// Most people in a direct conversation.
pub const CONVERSATION_MAX: usize = 9;
/// Direct conversations in the list beside a page.
pub const CONVERSATIONS_LISTED: usize = 100;
/// Longest alert.
pub const ALERT_MAX: usize = 200;
/// Alerts that are kept of an account, the newest ones.
pub const ALERTS_KEPT: u64 = 500;
/// Longest message body.
pub const BODY_MAX: usize = 8_000;
/// Largest object of JSON that programs keep with a message, in bytes as it is stored: without blanks.
pub const EXTRA_MAX_BYTES: usize = 4 * 1024;
/// Longest line that is quoted of a message.
pub const QUOTE_MAX: usize = 200;
/// Longest emoji that somebody reacts with: the longest of Unicode's have ten characters, joiners and tones among them.
pub const EMOJI_MAX: usize = 16;
/// Different emoji that one message carries.
pub const REACTIONS_MAX: usize = 50;
/// Messages that are pinned in one room.
pub const PINS_MAX: u64 = 100;
/// Messages that one account keeps for itself.
pub const BOOKMARKS_MAX: u64 = 2_000;
/// Names by which one message calls people.
pub const MENTIONS_MAX: usize = 50;
/// Members of a room in which everybody may call all of them at once. More are called by those who keep order, who are asked before.
pub const CALLED_FREELY_MAX: u64 = 50;
/// Largest socket frame from a client, in bytes.
pub const FRAME_MAX_BYTES: usize = 64 * 1024;
/// Messages in one page of history.
pub const PAGE: u64 = 50;
/// Rooms in the list beside a page.
pub const ROOMS_LISTED: usize = 500;
/// Rooms and people that can be gone to by their name.
pub const PALETTE_ROOMS: u64 = 1_000;
/// The same, of people.
pub const PALETTE_PEOPLE: u64 = 3_000;
/// The same, of threads.
pub const PALETTE_THREADS: u64 = 200;
/// Rooms in one page of all rooms.
pub const ROOMS_PAGE: usize = 50;
/// Members of a room in one page of them.
pub const MEMBERS_PAGE: u64 = 50;
/// Events that a resume replays; a client that missed more is told to reset.
pub const REPLAY_MAX: u64 = 500;
/// Rooms that one socket may be subscribed to at a time.
pub const SUBSCRIPTIONS_MAX: usize = 200;
/// Sends of one socket that may wait for their acknowledgement; the server reads no further until one is answered.
pub const IN_FLIGHT_MAX: usize = 64;
/// Seconds between two pings of a client.
pub const PING_SECONDS: u32 = 25;
/// Seconds that a client waits for the pong before it takes the connection for dead.
pub const PONG_SECONDS: u32 = 10;
/// Seconds between two `typing` frames of a client whose person goes on typing.
pub const TYPING_EVERY_SECONDS: u32 = 3;
/// Seconds in which the server passes on one `typing` frame of a socket for each room. Less than a client waits, so that none is
/// dropped for having been quick on its way.
pub const TYPING_REST_SECONDS: u32 = 2;
/// Seconds for which a client shows that somebody is typing, after the last word of it.
pub const TYPING_SHOWN_SECONDS: u32 = 5;
/// Most seconds for which the server writes nothing to a socket: then it sends a ping of the WebSocket protocol.
pub const SERVER_PING_SECONDS: u64 = 45;
/// Seconds without any frame after which the server closes a socket.
pub const IDLE_SECONDS: u64 = 90;
/// Unread messages of a room that are counted; there are as many or more then.
pub const UNREAD_MAX: u64 = 100;
/// Seconds for which what happens in a room is gathered for those who do not have it before them.
pub const ACTIVITY_SECONDS: u64 = 1;
