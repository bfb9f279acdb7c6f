//! What is said on a socket: Snug's frames, which the bare loop and Django speak too, or Socket.IO's packets.

use crate::{Result, frames, kind::Kind};

/// What people write, about as long as a line of chat.
const BODY: &str = "The kettle is on and there is cake, so come down to the kitchen before the others have eaten it all up.";
/// The number of a send is the last part of its client id.
const CLIENT_ID: &str = "0190a5e0-7c1e-7d3a-9f10-";
/// The acknowledgement that a Socket.IO client asks for when it joins; those of sends follow.
const JOINED: u64 = 0;

/// What is done to messages that are there already.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// Their text becomes another one.
    Edit,
    /// They are reacted to, and that is taken back.
    React,
}

/// A change of so many messages, one after the other from this place on, and then of the first again. Only Snug has them.
#[derive(Clone, Copy, Debug)]
pub struct Changes {
    /// What is done.
    pub change: Change,
    /// Place of the first message.
    pub first: u64,
    /// How many there are.
    pub messages: usize,
}

impl Changes {
    /// The change of this turn, under this number.
    #[must_use]
    pub fn frame(self, room: &str, number: usize, turn: usize) -> String {
        let (seq, round) = (self.first + (turn % self.messages) as u64, turn / self.messages);
        let what = match self.change {
            Change::Edit => format!(r#""edit","body":"{BODY} {round}","revision":{round}"#),
            Change::React => format!(r#""react","emoji":"👍","on":{}"#, round % 2 == 0),
        };
        format!(r#"{{"type":{what},"room":"{room}","client_id":"{CLIENT_ID}{number:012x}","seq":{seq}}}"#)
    }
}

/// A way of saying it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// JSON with a type, as docs/PROTOCOL.md has it.
    Snug,
    /// Packets of Engine.IO 4 and Socket.IO 5: digits for what it is, then JSON.
    SocketIo,
}

/// What a server said.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// It waits for this, word for word.
    Asks(&'static str),
    /// From now on a room can be subscribed to.
    Ready,
    /// The room is followed from after this place.
    Subscribed(u64),
    /// The event at this place.
    Event(u64),
    /// The send or the change of this number got this place.
    Ack(usize, u64),
    /// People are there, or are not any more.
    Presence,
    /// Nothing that counts.
    Other,
}

impl Dialect {
    /// The one that a server speaks.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Snug | Kind::Bare | Kind::Django => Self::Snug,
            Kind::SocketIo => Self::SocketIo,
        }
    }

    /// Where the socket is.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Snug => "/ws",
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket",
        }
    }

    /// What the opening of the socket means.
    #[must_use]
    pub fn opened(self) -> Heard {
        match self {
            Self::Snug => Heard::Ready,
            Self::SocketIo => Heard::Other,
        }
    }

    /// Subscribes to a room, at its end or after a place.
    #[must_use]
    pub fn subscribe(self, room: &str, after: Option<u64>) -> String {
        match self {
            Self::Snug => {
                let after = after.map(|after| format!(r#","after":{after}"#)).unwrap_or_default();
                format!(r#"{{"type":"subscribe","room":"{room}"{after}}}"#)
            }
            Self::SocketIo => format!(r#"42{JOINED}["join","{room}"]"#),
        }
    }

    /// The send of this number.
    #[must_use]
    pub fn send(self, room: &str, number: usize) -> String {
        match self {
            Self::Snug => format!(r#"{{"type":"send","room":"{room}","client_id":"{CLIENT_ID}{number:012x}","body":"{BODY}"}}"#),
            Self::SocketIo => {
                let ack = number as u64 + JOINED + 1;
                format!(r#"42{ack}["send",{{"room":"{room}","client_id":"{CLIENT_ID}{number:012x}","body":"{BODY}"}}]"#)
            }
        }
    }

    /// What a text means.
    ///
    /// # Errors
    /// It is a refusal, or lacks what it should hold.
    pub fn hear(self, text: &[u8]) -> Result<Heard> {
        let heard = match self {
            Self::Snug => snug(text),
            Self::SocketIo => socket_io(text),
        };
        heard.ok_or_else(|| String::from_utf8_lossy(text).into())
    }
}

fn snug(json: &[u8]) -> Option<Heard> {
    let seq = || frames::number_after(json, r#""seq":"#);
    if json.starts_with(br#"{"type":"event""#) {
        Some(Heard::Event(seq()?))
    } else if json.starts_with(br#"{"type":"ack""#) || json.starts_with(br#"{"type":"done""#) {
        let number = frames::text_after(json, r#""client_id":"#)?.strip_prefix(CLIENT_ID)?;
        Some(Heard::Ack(usize::from_str_radix(number, 16).ok()?, seq()?))
    } else if json.starts_with(br#"{"type":"subscribed""#) {
        Some(Heard::Subscribed(frames::number_after(json, r#""head":"#)?))
    } else {
        let kind = frames::text_after(json, r#"{"type":"#)?;
        match kind {
            "presence" => Some(Heard::Presence),
            "hello" | "activity" | "read" | "rooms_changed" | "alerts_changed" => Some(Heard::Other),
            _ => None,
        }
    }
}

fn socket_io(packet: &[u8]) -> Option<Heard> {
    match packet {
        // Engine.IO's opening is answered with a wish for the main namespace, a ping with a pong.
        [b'0', ..] => Some(Heard::Asks("40")),
        b"2" => Some(Heard::Asks("3")),
        [b'4', b'0', ..] => Some(Heard::Ready),
        [b'4', b'2', ..] => Some(Heard::Event(frames::number_after(packet, r#""seq":"#)?)),
        [b'4', b'3', ..] => match frames::number_after(packet, "43")? {
            JOINED => Some(Heard::Subscribed(frames::number_after(packet, r#""head":"#)?)),
            ack => {
                let number = usize::try_from(ack - JOINED - 1).ok()?;
                Some(Heard::Ack(number, frames::number_after(packet, r#""seq":"#)?))
            }
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn hear(dialect: Dialect, text: &str) -> Option<Heard> {
        dialect.hear(text.as_bytes()).ok()
    }

    #[test]
    fn snugs_frames_are_understood() {
        let hear = |json| hear(Dialect::Snug, json);
        assert_eq!(hear(r#"{"type":"hello","session":null}"#), Some(Heard::Other));
        assert_eq!(hear(r#"{"type":"subscribed","room":"lobby","head":7,"reset":false}"#), Some(Heard::Subscribed(7)));
        assert_eq!(hear(r#"{"type":"event","room":"lobby","seq":8}"#), Some(Heard::Event(8)));
        let ack = format!(r#"{{"type":"ack","client_id":"{CLIENT_ID}00000000001f","seq":9}}"#);
        assert_eq!(hear(&ack), Some(Heard::Ack(31, 9)));
        assert_eq!(hear(r#"{"type":"ack","client_id":"somebody else's","seq":9}"#), None);
        let done = format!(r#"{{"type":"done","client_id":"{CLIENT_ID}000000000020","room":"x","seq":10}}"#);
        assert_eq!(hear(&done), Some(Heard::Ack(32, 10)));
        assert_eq!(hear(r#"{"type":"presence","people":[]}"#), Some(Heard::Presence));
        assert_eq!(hear(r#"{"type":"activity","room":"x","from":1,"head":2,"entries":[]}"#), Some(Heard::Other));
        assert_eq!(hear(r#"{"type":"error","code":"rate_limited"}"#), None);
    }

    #[test]
    fn socket_ios_packets_are_understood() {
        let hear = |packet| hear(Dialect::SocketIo, packet);
        assert_eq!(hear(r#"0{"sid":"x","upgrades":[],"pingInterval":25000}"#), Some(Heard::Asks("40")));
        assert_eq!(hear(r#"40{"sid":"y"}"#), Some(Heard::Ready));
        assert_eq!(hear("2"), Some(Heard::Asks("3")));
        assert_eq!(hear(r#"430[{"head":7}]"#), Some(Heard::Subscribed(7)));
        assert_eq!(hear(r#"42["message",{"room":"lobby","seq":8}]"#), Some(Heard::Event(8)));
        assert_eq!(hear(r#"4332[{"seq":9}]"#), Some(Heard::Ack(31, 9)));
        assert_eq!(hear(r#"44{"message":"not authorized"}"#), None);
        assert_eq!(hear("41"), None);
    }

    #[test]
    fn a_send_has_its_number_in_what_is_acknowledged() {
        assert!(Dialect::Snug.send("lobby", 31).contains(&format!("{CLIENT_ID}00000000001f")));
        assert!(Dialect::SocketIo.send("lobby", 31).starts_with(r#"4232["send","#));
    }

    #[test]
    fn messages_are_changed_in_turn_and_each_time_anew() {
        let frame = |change, turn| Changes { change, first: 7, messages: 2 }.frame("lobby", 31, turn);
        assert!([0, 1, 2].map(|turn| frame(Change::React, turn).contains(r#""on":true"#)) == [true, true, false]);
        let edit = frame(Change::Edit, 3);
        assert!(edit.contains(r#""revision":1"#) && edit.ends_with(r#"-9f10-00000000001f","seq":8}"#), "{edit}");
    }

    #[test]
    fn a_subscription_may_begin_after_a_place() {
        assert_eq!(Dialect::Snug.subscribe("lobby", Some(7)), r#"{"type":"subscribe","room":"lobby","after":7}"#);
        assert_eq!(Dialect::Snug.subscribe("lobby", None), r#"{"type":"subscribe","room":"lobby"}"#);
        assert_eq!(Dialect::SocketIo.subscribe("lobby", None), r#"420["join","lobby"]"#);
    }
}
