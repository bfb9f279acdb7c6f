//! A socket whose client reads a frame when the test asks for one, and not before.

use std::{
    collections::VecDeque,
    io::{self, ErrorKind, IoSlice},
    ops::Deref,
    sync::{Arc, Mutex},
    time::Duration,
};

use chat::{Chat, subscriptions::Connection};
use hub::{Mailbox, Outlet, Queue};
use protocol::{CloseCode, ServerFrame};
use tokio::time::timeout;

pub struct Socket {
    connection: Connection,
    mailbox: Arc<Mailbox>,
    wire: Wire,
    /// What came that is about lists of rooms.
    news: Mutex<VecDeque<ServerFrame>>,
}

/// What a socket brings.
#[expect(clippy::large_enum_variant, reason = "a test holds few of them")]
#[derive(Debug, PartialEq, Eq)]
pub enum Delivery {
    Frame(ServerFrame),
    Close(CloseCode),
}

/// Takes one frame when it is asked for.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Wanted>>);

#[derive(Default)]
enum Wanted {
    #[default]
    Nothing,
    Frame,
    Taken(Vec<u8>),
}

impl Outlet for Wire {
    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut wanted = self.0.lock().unwrap();
        match &*wanted {
            Wanted::Frame => {
                *wanted = Wanted::Taken(pieces[0].to_vec());
                Ok(pieces[0].len())
            }
            Wanted::Nothing | Wanted::Taken(_) => Err(ErrorKind::WouldBlock.into()),
        }
    }
}

impl Socket {
    pub async fn open(chat: &Chat, access_token: Option<&str>) -> chat::Result<Self> {
        let wire = Wire::default();
        let mailbox = chat.mailbox(wire.clone());
        let connection = Connection::open(chat.clone(), access_token, mailbox.clone()).await?;
        Ok(Self { connection, mailbox, wire, news: Mutex::default() })
    }

    /// What comes next that is about lists of rooms; other frames are left out.
    pub async fn next_news(&self) -> ServerFrame {
        let next = async {
            loop {
                let rest = self.try_next();
                if let Some(news) = self.news.lock().unwrap().pop_front() {
                    return news;
                }
                if rest.is_none() {
                    self.mailbox.news().await;
                }
            }
        };
        timeout(Duration::from_secs(20), next).await.expect("no news came")
    }

    /// What comes next of any kind.
    pub async fn next_frame_or_news(&self) -> ServerFrame {
        let next = async {
            loop {
                if let Some(news) = self.news.lock().unwrap().pop_front() {
                    return news;
                }
                match self.try_next() {
                    Some(Delivery::Frame(frame)) => return frame,
                    Some(Delivery::Close(code)) => panic!("closed: {code:?}"),
                    None if self.news.lock().unwrap().is_empty() => self.mailbox.news().await,
                    None => {}
                }
            }
        };
        timeout(Duration::from_secs(20), next).await.expect("nothing was delivered")
    }

    /// All of them that have come.
    pub fn all_news(&self) -> Vec<ServerFrame> {
        while self.try_next().is_some() {}
        self.news.lock().unwrap().drain(..).collect()
    }

    /// What waits to be read, but for what is about lists of rooms.
    pub fn try_next(&self) -> Option<Delivery> {
        *self.wire.0.lock().unwrap() = Wanted::Frame;
        let queue = self.mailbox.flush();
        let taken = std::mem::take(&mut *self.wire.0.lock().unwrap());
        match taken {
            Wanted::Taken(wire) if wire == PING => self.try_next(),
            Wanted::Taken(wire) => match parse(&wire) {
                news @ (ServerFrame::Read { .. } | ServerFrame::Activity { .. }) => {
                    self.news.lock().unwrap().push_back(news);
                    self.try_next()
                }
                frame => Some(Delivery::Frame(frame)),
            },
            Wanted::Nothing | Wanted::Frame => match queue {
                Queue::Closed(code) => Some(Delivery::Close(code)),
                _ => None,
            },
        }
    }

    /// What comes next; a test that waits for something that never comes fails instead of hanging.
    pub async fn next(&self) -> Delivery {
        let next = async {
            loop {
                if let Some(delivery) = self.try_next() {
                    return delivery;
                }
                self.mailbox.news().await;
            }
        };
        timeout(Duration::from_secs(20), next).await.expect("nothing was delivered")
    }

    pub async fn next_frame(&self) -> ServerFrame {
        match self.next().await {
            Delivery::Frame(frame) => frame,
            Delivery::Close(code) => panic!("closed: {code:?}"),
        }
    }
}

impl Deref for Socket {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

/// What the server sends to a socket that has been idle, and the browser answers by itself.
const PING: [u8; 2] = [0x89, 0];

/// The text of an unmasked frame (RFC 6455, 5.2).
fn parse(wire: &[u8]) -> ServerFrame {
    let text = match wire {
        [0x81, 127, rest @ ..] => &rest[8..],
        [0x81, 126, rest @ ..] => &rest[2..],
        [0x81, _, rest @ ..] => rest,
        other => panic!("no text frame: {other:?}"),
    };
    serde_json::from_slice(text).unwrap()
}
