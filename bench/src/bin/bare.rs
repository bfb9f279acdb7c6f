//! The least that a chat can do, for scale: one thread, epoll, one write per frame, nothing stored, nobody checked. It speaks the part of
//! Snug's protocol that the load generator uses, with frames of the same size.
//!
//! Between two writes of a message there is nothing but the step to the next socket: the streams of a room stand side by side, a frame is
//! made once, and the kernel wakes the loop for a socket that can be written to only where it was full before.

#![allow(unreachable_pub)]

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::fd::OwnedFd,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use bench::frames::{self, Frame};
use rustix::{
    buffer::spare_capacity,
    event::epoll::{self, CreateFlags, EventData, EventFlags},
};
use sha1::{Digest, Sha1};

const LISTENER: u64 = u64::MAX;
/// What a server appends to the client's key (RFC 6455, 1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// Ids have the length that real ones have.
const ID: &str = "0190a5d2-1b7c-7f04-8a51-2f6f1c9f7a10";
const AT: u64 = 1_795_219_689_000;
const INPUT_BYTES: usize = 64 * 1024;

/// What came of a peer that is not a whole frame yet.
#[derive(Default)]
struct Inbox {
    open: bool,
    bytes: Vec<u8>,
}

#[derive(Default)]
struct Room {
    seq: u64,
    subscribers: Vec<usize>,
}

struct Chat {
    peers: Peers,
    inboxes: Vec<Inbox>,
    rooms: HashMap<String, Room>,
    frame: Vec<u8>,
}

/// The sockets, and what they still have to be told.
struct Peers {
    epoll: OwnedFd,
    streams: Vec<Option<TcpStream>>,
    /// What the kernel did not take, of the few that this happens to.
    behind: BTreeMap<usize, Vec<u8>>,
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    listener.set_nonblocking(true)?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
    println!("ready: http://{}", listener.local_addr()?);
    let peers = Peers { epoll, streams: Vec::new(), behind: BTreeMap::new() };
    let mut chat = Chat { peers, inboxes: Vec::new(), rooms: HashMap::new(), frame: Vec::new() };
    let (mut events, mut input) = (Vec::with_capacity(1024), vec![0; INPUT_BYTES]);
    loop {
        epoll::wait(&chat.peers.epoll, spare_capacity(&mut events), None)?;
        for event in events.drain(..) {
            match usize::try_from(event.data.u64()) {
                Ok(id) if event.data.u64() != LISTENER => chat.turn(id, event.flags, &mut input),
                _ => chat.accept(&listener)?,
            }
        }
    }
}

impl Chat {
    fn accept(&mut self, listener: &TcpListener) -> io::Result<()> {
        while let Ok((stream, _)) = listener.accept() {
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            epoll::add(&self.peers.epoll, &stream, EventData::new_u64(self.inboxes.len() as u64), EventFlags::IN)?;
            self.peers.streams.push(Some(stream));
            self.inboxes.push(Inbox::default());
        }
        Ok(())
    }

    fn turn(&mut self, id: usize, flags: EventFlags, input: &mut [u8]) {
        if flags.contains(EventFlags::OUT) {
            self.peers.catch_up(id);
        }
        if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) && !self.read(id, input) {
            self.peers.streams[id] = None;
            self.peers.behind.remove(&id);
            self.inboxes[id] = Inbox::default();
            self.rooms.values_mut().for_each(|room| room.subscribers.retain(|subscriber| *subscriber != id));
        }
    }

    /// Takes what a peer sent, in one read: the kernel says again when there is more. False when the peer has gone.
    fn read(&mut self, id: usize, input: &mut [u8]) -> bool {
        let Some(stream) = &mut self.peers.streams[id] else { return true };
        match stream.read(input) {
            Ok(0) => false,
            Ok(size) => self.take(id, &input[..size]),
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        }
    }

    fn take(&mut self, id: usize, input: &[u8]) -> bool {
        let mut inbox = std::mem::take(&mut self.inboxes[id]);
        let goes_on = if inbox.bytes.is_empty() {
            let (taken, goes_on) = self.take_whole(id, &mut inbox.open, input);
            inbox.bytes.extend_from_slice(&input[taken..]);
            goes_on
        } else {
            inbox.bytes.extend_from_slice(input);
            let (taken, goes_on) = self.take_whole(id, &mut inbox.open, &inbox.bytes);
            inbox.bytes.drain(..taken);
            goes_on
        };
        self.inboxes[id] = inbox;
        goes_on
    }

    /// Takes what is there in full; says how many bytes that were, and whether the peer stays.
    fn take_whole(&mut self, id: usize, open: &mut bool, input: &[u8]) -> (usize, bool) {
        let mut at = 0;
        if !*open {
            let Some(end) = input.windows(4).position(|end| end == b"\r\n\r\n") else { return (0, true) };
            *open = true;
            at = end + 4;
            self.peers.write(id, handshake(&input[..at]).as_bytes());
        }
        while let Some(frame) = Frame::first(&input[at..]) {
            if frame.opcode == frames::CLOSE {
                return (at, false);
            }
            self.obey(id, &frame.unmasked());
            at += frame.size;
        }
        (at, true)
    }

    fn obey(&mut self, id: usize, json: &[u8]) {
        let field = |key| frames::text_after(json, key).unwrap_or_default();
        let name = field(r#""room":"#);
        if !self.rooms.contains_key(name) {
            self.rooms.insert(name.to_owned(), Room::default());
        }
        let Some(room) = self.rooms.get_mut(name) else { return };
        self.frame.clear();
        if field(r#""type":"#) == "subscribe" {
            room.subscribers.push(id);
            let text = format!(r#"{{"type":"subscribed","room":"{ID}","slug":"{name}","head":{},"reset":false}}"#, room.seq);
            frames::write_text(text.as_bytes(), &mut self.frame);
            self.peers.write(id, &self.frame);
            return;
        }
        room.seq += 1;
        let (seq, client_id, body) = (room.seq, field(r#""client_id":"#), field(r#""body":"#));
        let text = format!(
            r#"{{"type":"event","room":"{ID}","seq":{seq},"at":{AT},"actor":{{"id":"{ID}","username":"bench0","name":"bench0"}},"change":{{"kind":"message_created","message":{{"id":"{ID}","client_id":"{client_id}","body":"{body}"}}}}}}"#
        );
        frames::write_text(text.as_bytes(), &mut self.frame);
        room.subscribers.iter().for_each(|subscriber| self.peers.write(*subscriber, &self.frame));
        let ack = format!(r#"{{"type":"ack","client_id":"{client_id}","room":"{ID}","message":"{ID}","seq":{seq},"at":{AT}}}"#);
        self.frame.clear();
        frames::write_text(ack.as_bytes(), &mut self.frame);
        self.peers.write(id, &self.frame);
    }
}

impl Peers {
    /// One `send(2)`, which is what a stream's write is; what the kernel does not take waits until it does.
    fn write(&mut self, id: usize, bytes: &[u8]) {
        if !self.behind.is_empty()
            && let Some(outbox) = self.behind.get_mut(&id)
        {
            outbox.extend_from_slice(bytes);
            return;
        }
        let Some(stream) = &mut self.streams[id] else { return };
        // Of a socket that has broken the loop hears by itself.
        let written = stream.write(bytes).unwrap_or(0);
        if written < bytes.len() {
            self.behind.insert(id, bytes[written..].to_vec());
            self.listen(id, EventFlags::IN | EventFlags::OUT);
        }
    }

    fn catch_up(&mut self, id: usize) {
        let (Some(stream), Some(outbox)) = (&mut self.streams[id], self.behind.get_mut(&id)) else { return };
        let written = stream.write(outbox).unwrap_or(0);
        outbox.drain(..written);
        if outbox.is_empty() {
            self.behind.remove(&id);
            self.listen(id, EventFlags::IN);
        }
    }

    fn listen(&self, id: usize, flags: EventFlags) {
        if let Some(stream) = &self.streams[id] {
            // It fails only for a socket that is not in the set, and this one is.
            let _ = epoll::modify(&self.epoll, stream, EventData::new_u64(id as u64), flags);
        }
    }
}

fn handshake(request: &[u8]) -> String {
    let request = String::from_utf8_lossy(request);
    let header = |name: &str| {
        let line = request.lines().find(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
        line.map(|line| line[name.len()..].trim()).unwrap_or_default()
    };
    let key = header("sec-websocket-key:");
    let accept = BASE64_STANDARD.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
}
