//! A client of the socket.

use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use protocol::{Answers, BEARER_PREFIX, ClientFrame, ClientId, Event, MessageId, RoomRef, SUBPROTOCOL, Seq, ServerFrame};
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        handshake::client::{Request, Response},
    },
};

use super::PATIENCE;

/// What came over the socket.
#[expect(clippy::large_enum_variant, reason = "a test holds few of them")]
#[derive(Clone, Debug)]
pub(crate) enum Received {
    Frame(ServerFrame),
    /// A close frame with this number, or 1006 when there was none (RFC 6455, 7.4.1).
    Closed(u16),
}

/// An acknowledged send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ack {
    pub(crate) client_id: ClientId,
    pub(crate) message: MessageId,
    pub(crate) seq: Seq,
}

pub(crate) struct Socket {
    ws: WebSocketStream<TcpStream>,
}

pub(crate) fn request(addr: SocketAddr, query: &str) -> Request {
    format!("ws://{addr}/ws{query}").into_client_request().unwrap()
}

pub(crate) fn with_header(mut request: Request, name: &'static str, value: &str) -> Request {
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

pub(crate) fn with_token(request: Request, token: &str) -> Request {
    with_header(request, "sec-websocket-protocol", &format!("{SUBPROTOCOL}, {BEARER_PREFIX}{token}"))
}

pub(crate) fn room(name: &str) -> RoomRef {
    name.parse().unwrap()
}

impl Socket {
    pub(crate) async fn connect(addr: SocketAddr, request: Request) -> Result<(Self, Response), Error> {
        Self::over(TcpStream::connect(addr).await.unwrap(), request).await
    }

    /// A client that takes little before it reads.
    pub(crate) async fn narrow(addr: SocketAddr, request: Request) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let (mut socket, _) = Self::over(socket.connect(addr).await.unwrap(), request).await.unwrap();
        socket.hello().await;
        socket
    }

    async fn over(stream: TcpStream, request: Request) -> Result<(Self, Response), Error> {
        let (ws, response) = client_async(request, stream).await?;
        Ok((Self { ws }, response))
    }

    /// Of an account, after hello.
    pub(crate) async fn open(addr: SocketAddr, access_token: &str) -> Self {
        let (mut socket, _) = Self::connect(addr, with_token(request(addr, ""), access_token)).await.unwrap();
        socket.hello().await;
        socket
    }

    pub(crate) async fn guest(addr: SocketAddr) -> Self {
        let (mut socket, _) = Self::connect(addr, request(addr, "")).await.unwrap();
        socket.hello().await;
        socket
    }

    async fn hello(&mut self) {
        let hello = self.frame().await;
        assert!(matches!(hello, ServerFrame::Hello { .. }), "{hello:?}");
    }

    pub(crate) async fn receive(&mut self) -> Received {
        loop {
            match self.receive_any().await {
                // For lists of rooms: it comes at any time.
                Received::Frame(ServerFrame::Read { .. } | ServerFrame::Activity { .. } | ServerFrame::RoomsChanged { .. }) => {}
                received => return received,
            }
        }
    }

    /// The same, and what is about lists of rooms.
    pub(crate) async fn receive_any(&mut self) -> Received {
        loop {
            let message = timeout(PATIENCE, self.ws.next()).await.expect("nothing came");
            match message {
                Some(Ok(Message::Text(text))) => return Received::Frame(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Received::Closed(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Received::Closed(1006),
            }
        }
    }

    /// The next frame that has this in it, as it came.
    pub(crate) async fn text_with(&mut self, part: &str) -> String {
        loop {
            match timeout(PATIENCE, self.ws.next()).await.expect("nothing came") {
                Some(Ok(Message::Text(text))) if text.contains(part) => return text.to_string(),
                Some(Ok(_)) => {}
                end => panic!("{end:?}"),
            }
        }
    }

    /// The next frame; fails on a close.
    pub(crate) async fn frame(&mut self) -> ServerFrame {
        match self.receive().await {
            Received::Frame(frame) => frame,
            Received::Closed(code) => panic!("closed with {code}"),
        }
    }

    /// Reads until a frame fits; the ones before are dropped.
    pub(crate) async fn until<T>(&mut self, mut fits: impl FnMut(ServerFrame) -> Option<T>) -> T {
        loop {
            if let Some(found) = fits(self.frame().await) {
                return found;
            }
        }
    }

    /// Reads to the close; what came before is returned too.
    pub(crate) async fn closed(&mut self) -> (Vec<ServerFrame>, u16) {
        let mut frames = Vec::new();
        loop {
            match self.receive().await {
                Received::Frame(frame) => frames.push(frame),
                Received::Closed(code) => return (frames, code),
            }
        }
    }

    pub(crate) async fn send(&mut self, frame: &ClientFrame) {
        self.send_raw(Message::Text(serde_json::to_string(frame).unwrap().into())).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        self.ws.send(message).await.unwrap();
    }

    /// Sends without waiting for an answer, unless the server has gone.
    pub(crate) async fn try_send(&mut self, frame: &ClientFrame) -> bool {
        self.ws.send(Message::Text(serde_json::to_string(frame).unwrap().into())).await.is_ok()
    }

    /// Subscribes; returns the head of the room and whether the client has to begin anew.
    pub(crate) async fn subscribe(&mut self, name: &str, after: Option<Seq>) -> (Seq, bool) {
        self.send(&ClientFrame::Subscribe { room: room(name), after, epoch: None }).await;
        match self.frame().await {
            ServerFrame::Subscribed { head, reset, slug, .. } if slug == name => (head, reset),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn event(&mut self) -> Event {
        match self.frame().await {
            ServerFrame::Event(event) => event,
            other => panic!("{other:?}"),
        }
    }

    /// Sends a message and waits for its acknowledgement.
    pub(crate) async fn say(&mut self, name: &str, body: &str) -> Ack {
        let client_id = ClientId::generate();
        self.send(&message(name, client_id, body)).await;
        self.ack(client_id).await
    }

    /// Sends so many messages, a batch at a time; returns the place of the last.
    pub(crate) async fn say_many(&mut self, name: &str, body: &str, count: u64) -> Seq {
        let mut last = Seq::ZERO;
        let mut left = count;
        while left > 0 {
            let ids: Vec<_> = (0..left.min(50)).map(|_| ClientId::generate()).collect();
            left -= ids.len() as u64;
            for id in &ids {
                self.send(&message(name, *id, body)).await;
            }
            for _ in &ids {
                let seq = self.until(|frame| match frame {
                    ServerFrame::Ack { seq, .. } => Some(seq),
                    ServerFrame::Error { error, .. } => panic!("{error}"),
                    _ => None,
                });
                last = last.max(seq.await);
            }
        }
        last
    }

    /// Waits for the acknowledgement of a send.
    pub(crate) async fn ack(&mut self, wanted: ClientId) -> Ack {
        self.until(|frame| match frame {
            ServerFrame::Ack { client_id, message, seq, .. } if client_id == wanted => Some(Ack { client_id, message, seq }),
            ServerFrame::Error { client_id, error, .. } if client_id == Some(wanted) => panic!("{error}"),
            _ => None,
        })
        .await
    }

    /// Waits for the refusal of a send.
    pub(crate) async fn refusal(&mut self, wanted: ClientId) -> protocol::Error {
        self.until(|frame| match frame {
            ServerFrame::Error { client_id, error, .. } if client_id == Some(wanted) => Some(error),
            ServerFrame::Ack { client_id, .. } if client_id == wanted => panic!("acknowledged"),
            _ => None,
        })
        .await
    }
}

pub(crate) fn message(name: &str, client_id: ClientId, body: &str) -> ClientFrame {
    answering(name, client_id, body, Answers::default())
}

pub(crate) fn answering(name: &str, client_id: ClientId, body: &str, answers: Answers) -> ClientFrame {
    let Answers { reply_to, thread_of, only_in_thread } = answers;
    ClientFrame::Send { room: room(name), client_id, body: body.to_owned(), reply_to, thread_of, only_in_thread, extra: None }
}
