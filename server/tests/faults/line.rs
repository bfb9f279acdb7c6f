//! The line between a client and the server: a WebSocket, or a stream of events and requests.

use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use protocol::{ClientFrame, CloseCode, ServerFrame};
use tokio::{
    net::TcpStream,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
    time::{Duration, Instant, timeout},
};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use crate::support::{Received, events::Events};

pub(crate) enum Line {
    Socket(Box<WebSocketStream<TcpStream>>),
    Events(Box<ByEvents>),
}

/// A stream, and the requests for it, one after the other.
pub(crate) struct ByEvents {
    events: Events,
    frames: UnboundedSender<ClientFrame>,
    answers: UnboundedReceiver<(Instant, Result<Vec<ServerFrame>, u16>)>,
    /// When the request left whose answer came last: the ones before it had to be answered first.
    left: Option<Instant>,
    node: SocketAddr,
    _posting: JoinSet<()>,
}

impl Line {
    pub(crate) fn events(events: Events, node: SocketAddr) -> Self {
        let (frames, mut due) = unbounded_channel::<ClientFrame>();
        let (answered, answers) = unbounded_channel();
        let posts = events.posts.clone();
        let mut posting = JoinSet::new();
        posting.spawn(async move {
            while let Some(frame) = due.recv().await {
                let left = Instant::now();
                let answer = match posts.answer(&frame).await {
                    Some(answer) if answer.status == 200 => Ok(serde_json::from_value(answer.json()["frames"].clone()).unwrap()),
                    Some(answer) if answer.status == 401 => Err(CloseCode::SignIn.number()),
                    _ => Err(1006),
                };
                if answered.send((left, answer)).is_err() {
                    return;
                }
            }
        });
        Self::Events(Box::new(ByEvents { events, frames, answers, left: None, node, _posting: posting }))
    }

    /// The node at the other end.
    pub(crate) fn node(&self) -> Option<SocketAddr> {
        match self {
            Self::Socket(ws) => ws.get_ref().peer_addr().ok(),
            Self::Events(by) => Some(by.node),
        }
    }

    /// When the request left to which the frames are the answer that came right now.
    pub(crate) fn left(&mut self) -> Option<Instant> {
        match self {
            Self::Socket(_) => None,
            Self::Events(by) => by.left.take(),
        }
    }

    /// The id of the last event, by which a stream is resumed.
    pub(crate) fn id(&self) -> Option<String> {
        match self {
            Self::Socket(_) => None,
            Self::Events(by) => by.events.id.clone(),
        }
    }

    pub(crate) async fn send(&mut self, frame: &ClientFrame, patience: Duration) -> Result<(), u16> {
        match self {
            Self::Socket(ws) => {
                let text = serde_json::to_string(frame).unwrap();
                match timeout(patience, ws.send(Message::Text(text.into()))).await {
                    Ok(Ok(())) => Ok(()),
                    _ => Err(1006),
                }
            }
            Self::Events(by) => by.frames.send(frame.clone()).map_err(|_| 1006),
        }
    }

    /// What comes next: frames, none for a sign of life, or the number that it was closed with. May be dropped and asked again.
    pub(crate) async fn next(&mut self) -> Result<Vec<ServerFrame>, u16> {
        match self {
            Self::Socket(ws) => match ws.next().await {
                Some(Ok(Message::Text(text))) => Ok(vec![serde_json::from_str(&text).unwrap()]),
                Some(Ok(Message::Close(frame))) => Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => Ok(Vec::new()),
                Some(Err(_)) | None => Err(1006),
            },
            Self::Events(by) => tokio::select! {
                received = by.events.receive_any() => match received {
                    Some(Received::Frame(frame)) => Ok(vec![frame]),
                    Some(Received::Closed(code)) => Err(code),
                    None => Ok(Vec::new()),
                },
                Some((left, answer)) = by.answers.recv() => {
                    by.left = Some(left);
                    answer
                }
            },
        }
    }
}
