//! A client of a stream of events, and of the requests that go with it.

use std::{net::SocketAddr, pin::Pin};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use protocol::{ClientFrame, Event, ServerFrame};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{PATIENCE, person::Answer, socket::Received};

type Body = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

pub(crate) struct Events {
    pub(crate) headers: HeaderMap,
    pub(crate) posts: Posts,
    /// The last id that came.
    pub(crate) id: Option<String>,
    /// The last time that was said for coming back.
    pub(crate) retry: Option<u64>,
    body: Body,
    /// What came and is no whole event yet.
    begun: Vec<u8>,
}

/// What brings frames to a stream; cheap to clone.
#[derive(Clone)]
pub(crate) struct Posts {
    client: reqwest::Client,
    addr: SocketAddr,
    token: Option<String>,
    pub(crate) stream: String,
}

/// One event, or something else that came.
enum Came {
    Stream(String),
    Received(Box<Received>),
    Nothing,
}

impl Events {
    /// Opens a stream; the refusal when it is not to be had.
    pub(crate) async fn open(addr: SocketAddr, token: Option<&str>, query: &str, last: Option<&str>) -> Result<Self, Answer> {
        match Self::ask(addr, token, query, last).await {
            Ok(opened) => opened,
            Err(error) => panic!("{error}"),
        }
    }

    /// The same, where the server may be away.
    pub(crate) async fn ask(
        addr: SocketAddr,
        token: Option<&str>,
        query: &str,
        last: Option<&str>,
    ) -> reqwest::Result<Result<Self, Answer>> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let posts = Posts { client, addr, token: token.map(str::to_owned), stream: String::new() };
        let mut request =
            posts.request(reqwest::Method::GET, &format!("/api/v1/events{query}")).header("accept-encoding", "gzip");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await?;
        if answer.status() != 200 {
            let (status, headers) = (answer.status(), answer.headers().clone());
            return Ok(Err(Answer { status, headers, text: answer.text().await.unwrap_or_default() }));
        }
        Ok(Self::of(posts, answer).await)
    }

    async fn of(posts: Posts, answer: reqwest::Response) -> Result<Self, Answer> {
        let headers = answer.headers().clone();
        let mut events = Self { headers, posts, id: None, retry: None, body: answer.bytes_stream().boxed(), begun: Vec::new() };
        loop {
            match events.next().await {
                Came::Stream(name) => {
                    events.posts.stream = name;
                    return Ok(events);
                }
                Came::Nothing => {}
                Came::Received(received) => {
                    let text = format!("{received:?}");
                    return Err(Answer { status: reqwest::StatusCode::OK, headers: events.headers, text });
                }
            }
        }
    }

    /// Of an account, with these rooms, after hello.
    pub(crate) async fn of_account(addr: SocketAddr, token: &str, query: &str) -> Self {
        let mut events = Self::open(addr, Some(token), query, None).await.unwrap_or_else(|answer| panic!("{}", answer.text));
        let hello = events.frame().await;
        assert!(matches!(hello, ServerFrame::Hello { .. }), "{hello:?}");
        events
    }

    /// What comes next, comments included. May be dropped and asked again.
    async fn next(&mut self) -> Came {
        loop {
            if let Some(end) = self.begun.windows(2).position(|two| two == b"\n\n") {
                let event = String::from_utf8(self.begun.drain(..end + 2).collect()).unwrap();
                return self.take(&event);
            }
            match self.body.next().await {
                Some(Ok(bytes)) => self.begun.extend_from_slice(&bytes),
                Some(Err(_)) | None => return Came::Received(Box::new(Received::Closed(1006))),
            }
        }
    }

    fn take(&mut self, event: &str) -> Came {
        let (mut kind, mut data) = ("message", None);
        for line in event.lines() {
            match line.split_once(": ") {
                Some(("event", name)) => kind = name,
                Some(("data", text)) => data = Some(text),
                Some(("id", id)) => self.id = Some(id.to_owned()),
                Some(("retry", pause)) => self.retry = Some(pause.parse().unwrap()),
                _ => assert!(line.is_empty() || line == ":", "{line}"),
            }
        }
        let Some(data) = data else { return Came::Nothing };
        match kind {
            "message" => Came::Received(Box::new(Received::Frame(serde_json::from_str(data).unwrap()))),
            "stream" => Came::Stream(serde_json::from_str::<Value>(data).unwrap()["stream"].as_str().unwrap().to_owned()),
            "close" => {
                let code = serde_json::from_str::<Value>(data).unwrap()["code"].as_u64().unwrap();
                Came::Received(Box::new(Received::Closed(u16::try_from(code).unwrap())))
            }
            kind => panic!("{kind}"),
        }
    }

    /// The next frame, or the end. `None` for a sign of life.
    pub(crate) async fn receive_any(&mut self) -> Option<Received> {
        match self.next().await {
            Came::Received(received) => Some(*received),
            Came::Stream(_) | Came::Nothing => None,
        }
    }

    /// The next frame but those for lists of rooms, or the end.
    pub(crate) async fn receive(&mut self) -> Received {
        loop {
            match timeout(PATIENCE, self.receive_any()).await.expect("nothing came") {
                Some(Received::Frame(
                    ServerFrame::Read { .. } | ServerFrame::Activity { .. } | ServerFrame::RoomsChanged { .. },
                ))
                | None => {}
                Some(received) => return received,
            }
        }
    }

    pub(crate) async fn frame(&mut self) -> ServerFrame {
        match self.receive().await {
            Received::Frame(frame) => frame,
            Received::Closed(code) => panic!("closed with {code}"),
        }
    }

    pub(crate) async fn event(&mut self) -> Event {
        match self.frame().await {
            ServerFrame::Event(event) => event,
            other => panic!("{other:?}"),
        }
    }

    /// The next event; other frames are passed over.
    pub(crate) async fn until_event(&mut self) -> Event {
        loop {
            if let ServerFrame::Event(event) = self.frame().await {
                return event;
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
}

impl Posts {
    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("http://{}{path}", self.addr));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The same, which brings frames to another node.
    pub(crate) fn by(&self, addr: SocketAddr) -> Self {
        Self { addr, ..self.clone() }
    }

    /// Brings a frame; the answer as it is.
    pub(crate) async fn answer(&self, frame: &ClientFrame) -> Option<Answer> {
        let request = self.request(reqwest::Method::POST, "/api/v1/frame");
        let answer = request.json(&json!({ "stream": self.stream, "frame": frame })).send().await.ok()?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Some(Answer { status, headers, text: answer.text().await.ok()? })
    }

    /// Brings a frame; the frames that a socket would answer.
    pub(crate) async fn post(&self, frame: &ClientFrame) -> Vec<ServerFrame> {
        let answer = self.answer(frame).await.expect("no answer");
        assert_eq!(answer.status, 200, "{}", answer.text);
        serde_json::from_value(answer.json()["frames"].clone()).unwrap()
    }
}
