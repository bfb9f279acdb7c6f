//! The socket byte by byte: the cases of RFC 6455 that a well-behaved client library does not make.

use std::time::Duration;

use protocol::{CloseCode, RoomId, SUBPROTOCOL, ServerFrame};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::TestApp;

const PATIENCE: Duration = Duration::from_secs(20);
const SUBSCRIBE: &str = r#"{"type":"subscribe","room":"lobby"}"#;

const TEXT: u8 = 0x1;
const CONTINUATION: u8 = 0x0;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;
const FIN: u8 = 0x80;

/// A request for a socket, with the key of RFC 6455, 1.3.
fn request(more: &str) -> Vec<u8> {
    format!(
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    )
    .into_bytes()
}

/// A masked frame (5.3) of less than 126 bytes.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [7, 77, 177, 0];
    let length = u8::try_from(payload.len()).unwrap();
    assert!(length < 126);
    let masked = payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    [first, 0x80 | length].into_iter().chain(MASK).chain(masked).collect()
}

struct Raw(TcpStream);

impl Raw {
    /// Sends a request, and these bytes with it.
    async fn open(app: &TestApp, more: &str, with_it: &[u8]) -> (Self, String) {
        let mut raw = Self(TcpStream::connect(app.addr).await.unwrap());
        raw.write(&[request(more).as_slice(), with_it].concat()).await;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(raw.read(1).await);
        }
        (raw, String::from_utf8(head).unwrap().to_lowercase())
    }

    /// A guest who has read the hello.
    async fn guest(app: &TestApp) -> Self {
        let (mut raw, _) = Self::open(app, "", b"").await;
        assert!(matches!(raw.text().await, ServerFrame::Hello { .. }));
        raw
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    async fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        timeout(PATIENCE, self.0.read_exact(&mut bytes)).await.expect("nothing came").unwrap();
        bytes
    }

    /// The next frame of the server: its first byte and its payload.
    async fn frame(&mut self) -> (u8, Vec<u8>) {
        let head = self.read(2).await;
        let length = match head[1] {
            126 => self.read(2).await.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
            length => usize::from(length),
        };
        (head[0], self.read(length).await)
    }

    async fn text(&mut self) -> ServerFrame {
        let (first, payload) = self.frame().await;
        assert_eq!(first, FIN | TEXT);
        serde_json::from_slice(&payload).unwrap()
    }

    async fn room(&mut self) -> RoomId {
        match self.text().await {
            ServerFrame::Subscribed { room, .. } => room,
            other => panic!("not subscribed: {other:?}"),
        }
    }

    /// The code of the close, which comes next.
    async fn closed(&mut self) -> u16 {
        let (first, payload) = self.frame().await;
        assert_eq!(first, FIN | CLOSE);
        u16::from_be_bytes([payload[0], payload[1]])
    }

    async fn ended(&mut self) {
        let end = timeout(PATIENCE, self.0.read(&mut [0])).await.expect("still open");
        assert!(matches!(end, Ok(0) | Err(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_with_the_request_is_heard() {
    let app = TestApp::start().await;
    let (mut raw, head) = Raw::open(&app, "", &frame(FIN | TEXT, SUBSCRIBE.as_bytes())).await;
    assert!(head.starts_with("http/1.1 101"));
    assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    assert!(!head.contains("sec-websocket-protocol"), "{head}");
    assert!(matches!(raw.text().await, ServerFrame::Hello { .. }));
    raw.room().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_protocol_is_named_to_those_who_offer_it() {
    let app = TestApp::start().await;
    let (_, head) = Raw::open(&app, &format!("Sec-WebSocket-Protocol: chat, {SUBPROTOCOL}\r\n"), b"").await;
    assert!(head.contains(&format!("sec-websocket-protocol: {SUBPROTOCOL}\r\n")), "{head}");
    let (_, head) = Raw::open(&app, "Sec-WebSocket-Protocol: chat\r\n", b"").await;
    assert!(!head.contains("sec-websocket-protocol"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_between_the_parts_of_a_message_is_answered_first() {
    let app = TestApp::start().await;
    let mut raw = Raw::guest(&app).await;
    let (one, other) = SUBSCRIBE.as_bytes().split_at(9);
    raw.write(&[frame(TEXT, one), frame(FIN | PING, b"there?")].concat()).await;
    assert_eq!(raw.frame().await, (FIN | PONG, b"there?".to_vec()));
    raw.write(&frame(FIN | CONTINUATION, other)).await;
    raw.room().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_come_one_by_one_are_a_message_too() {
    let app = TestApp::start().await;
    let mut raw = Raw::guest(&app).await;
    raw.0.set_nodelay(true).unwrap();
    for byte in frame(FIN | TEXT, SUBSCRIBE.as_bytes()) {
        raw.write(&[byte]).await;
        tokio::task::yield_now().await;
    }
    raw.room().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_big_is_refused_and_its_sender_reads_why() {
    let app = TestApp::start().await;
    let mut raw = Raw::guest(&app).await;
    let length = 4 * 1024 * 1024_u64;
    raw.write(&[[FIN | TEXT, 0x80 | 127].as_slice(), &length.to_be_bytes(), &[0; 4]].concat()).await;
    // It does not look up before it has said it all.
    for _ in 0..length / 1024 {
        raw.write(&[b' '; 1024]).await;
    }
    assert_eq!(raw.closed().await, 1009);
    assert_eq!(timeout(PATIENCE, raw.0.read(&mut [0])).await.expect("still open").unwrap(), 0, "closed, not reset");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_an_end_holds_nothing_up() {
    let mut app = TestApp::start().await;
    let Raw(stream) = Raw::guest(&app).await;
    let (mut incoming, mut outgoing) = stream.into_split();
    let flood = tokio::spawn(async move {
        let parts = frame(CONTINUATION, b"").repeat(10_000);
        let _ = outgoing.write_all(&frame(TEXT, b"")).await;
        while outgoing.write_all(&parts).await.is_ok() {}
    });
    let (mut ada, mut answered) = (Raw::guest(&app).await, 0);
    while answered < 100 {
        ada.write(&frame(FIN | PING, b"")).await;
        assert_eq!(ada.frame().await.0, FIN | PONG);
        answered += 1;
    }
    drop(ada);
    app.stop();
    let mut said = vec![0; 1024];
    let closed = timeout(PATIENCE, incoming.read(&mut said)).await.expect("the stop was not seen").unwrap();
    assert_eq!(said[..closed][0], FIN | CLOSE);
    flood.abort();
    let _ = flood.await;
    drop(incoming);
    timeout(PATIENCE, app.stopped()).await.expect("did not stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_is_answered_by_the_same_and_by_the_end() {
    let app = TestApp::start().await;
    let mut raw = Raw::guest(&app).await;
    raw.write(&frame(FIN | CLOSE, &1000_u16.to_be_bytes())).await;
    assert_eq!(raw.closed().await, 1000);
    raw.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_websocket_is_told_so() {
    let app = TestApp::start().await;
    let unmasked = [&[FIN | TEXT, 2], b"{}".as_slice()].concat();
    let cases = [
        (unmasked, 1002),
        (frame(FIN | 0x40 | TEXT, b"{}"), 1002),
        (frame(FIN | 0x3, b"{}"), 1002),
        (frame(FIN | CONTINUATION, b"{}"), 1002),
        (frame(PING, b"in parts"), 1002),
        (frame(FIN | TEXT, b"\xff"), 1007),
        (frame(FIN | TEXT, b"{}"), CloseCode::BadFrame.number()),
    ];
    for (bytes, code) in cases {
        let mut raw = Raw::guest(&app).await;
        raw.write(&bytes).await;
        if code == CloseCode::BadFrame.number() {
            assert!(matches!(raw.text().await, ServerFrame::Error { .. }));
        }
        assert_eq!(raw.closed().await, code, "{bytes:x?}");
        // The server may be gone already.
        let _ = raw.0.write_all(&frame(FIN | CLOSE, &code.to_be_bytes())).await;
        raw.ended().await;
    }
}
