//! The least that a chat can do, for scale: one thread, epoll, one `write(2)` per delivery, nothing stored, nobody checked. It speaks the
//! part of Snug's protocol that the load generator uses, with frames of the same size.

#![allow(unreachable_pub)]

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use bench::frames::{self, Frame};
use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};
use sha1::{Digest, Sha1};

const LISTENER: Token = Token(usize::MAX);
/// What a server appends to the client's key (RFC 6455, 1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// Ids have the length that real ones have.
const ID: &str = "0190a5d2-1b7c-7f04-8a51-2f6f1c9f7a10";
const AT: u64 = 1_795_219_689_000;

struct Peer {
    stream: TcpStream,
    open: bool,
    /// Bytes of a frame or handshake that has not come in full.
    inbox: Vec<u8>,
    /// What the kernel did not take.
    outbox: Vec<u8>,
}

#[derive(Default)]
struct Room {
    seq: u64,
    subscribers: Vec<usize>,
}

#[derive(Default)]
struct Chat {
    peers: BTreeMap<usize, Peer>,
    rooms: HashMap<String, Room>,
    frame: Vec<u8>,
}

fn main() -> io::Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    println!("ready: http://{}", listener.local_addr()?);
    let (mut chat, mut next) = (Chat::default(), 0);
    let mut events = Events::with_capacity(1024);
    let mut input = vec![0; 64 * 1024];
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    stream.set_nodelay(true)?;
                    poll.registry().register(&mut stream, Token(next), Interest::READABLE | Interest::WRITABLE)?;
                    chat.peers.insert(next, Peer { stream, open: false, inbox: Vec::new(), outbox: Vec::new() });
                    next += 1;
                }
                continue;
            }
            let id = event.token().0;
            if event.is_writable() {
                chat.write(id, &[]);
            }
            if event.is_readable() && !chat.read(id, &mut input) {
                chat.peers.remove(&id);
                chat.rooms.values_mut().for_each(|room| room.subscribers.retain(|subscriber| *subscriber != id));
            }
        }
    }
}

impl Chat {
    /// Takes what a peer sent; false when it has gone.
    fn read(&mut self, id: usize, input: &mut [u8]) -> bool {
        loop {
            let Some(peer) = self.peers.get_mut(&id) else { return true };
            match peer.stream.read(input) {
                Ok(0) => return false,
                Ok(size) => {
                    peer.inbox.extend_from_slice(&input[..size]);
                    if !self.take_inbox(id) {
                        return false;
                    }
                }
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    fn take_inbox(&mut self, id: usize) -> bool {
        let Some(peer) = self.peers.get_mut(&id) else { return true };
        let mut inbox = std::mem::take(&mut peer.inbox);
        let mut at = 0;
        if !peer.open {
            let Some(end) = inbox.windows(4).position(|end| end == b"\r\n\r\n") else {
                peer.inbox = inbox;
                return true;
            };
            peer.open = true;
            at = end + 4;
            self.write(id, handshake(&inbox[..at]).as_bytes());
        }
        while let Some(frame) = Frame::first(&inbox[at..]) {
            if frame.opcode == frames::CLOSE {
                return false;
            }
            self.obey(id, &frame.unmasked());
            at += frame.size;
        }
        inbox.drain(..at);
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.inbox = inbox;
        }
        true
    }

    fn obey(&mut self, id: usize, json: &[u8]) {
        let field = |key| frames::text_after(json, key).unwrap_or_default();
        let name = field(r#""room":"#);
        let room = self.rooms.entry(name.to_owned()).or_default();
        let mut frame = std::mem::take(&mut self.frame);
        frame.clear();
        if field(r#""type":"#) == "subscribe" {
            room.subscribers.push(id);
            let text = format!(r#"{{"type":"subscribed","room":"{ID}","slug":"{name}","head":{},"reset":false}}"#, room.seq);
            frames::write_text(text.as_bytes(), &mut frame);
            self.write(id, &frame);
        } else {
            room.seq += 1;
            let (seq, client_id, body) = (room.seq, field(r#""client_id":"#), field(r#""body":"#));
            let text = format!(
                r#"{{"type":"event","room":"{ID}","seq":{seq},"at":{AT},"actor":{{"id":"{ID}","username":"bench0","name":"bench0"}},"change":{{"kind":"message_created","message":{{"id":"{ID}","client_id":"{client_id}","body":"{body}"}}}}}}"#
            );
            frames::write_text(text.as_bytes(), &mut frame);
            let subscribers = std::mem::take(&mut room.subscribers);
            subscribers.iter().for_each(|subscriber| self.write(*subscriber, &frame));
            if let Some(room) = self.rooms.get_mut(name) {
                room.subscribers = subscribers;
            }
            let ack =
                format!(r#"{{"type":"ack","client_id":"{client_id}","room":"{ID}","message":"{ID}","seq":{seq},"at":{AT}}}"#);
            frame.clear();
            frames::write_text(ack.as_bytes(), &mut frame);
            self.write(id, &frame);
        }
        self.frame = frame;
    }

    /// One `write(2)`; what the kernel does not take waits until it does.
    fn write(&mut self, id: usize, bytes: &[u8]) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.outbox.is_empty() {
            let written = if bytes.is_empty() { 0 } else { peer.stream.write(bytes).unwrap_or(0) };
            peer.outbox.extend_from_slice(&bytes[written..]);
            return;
        }
        peer.outbox.extend_from_slice(bytes);
        let written = peer.stream.write(&peer.outbox).unwrap_or(0);
        peer.outbox.drain(..written);
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
