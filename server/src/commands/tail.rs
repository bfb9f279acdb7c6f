//! `snug tail`: what is said in a room, as it comes, also over a connection that is lost now and then.

use std::{
    io::{self, Write},
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use protocol::{Advice, ClientFrame, CloseCode, EpochId, ErrorCode, Message, RoomRef, Seq, ServerFrame, limits};
use reqwest::{
    Method, StatusCode,
    header::{CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tungstenite::{handshake::client::generate_key, protocol::Role};

use super::client::{Client, Fault, named, said};
use crate::{config::TailOptions, failure::Failure};

/// Before it comes back; then twice as long each time.
const PAUSE: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<reqwest::Upgraded>;

pub(super) async fn run(options: &TailOptions) -> Result<(), Failure> {
    let client = Client::new(&options.client)?;
    let room = named(&options.room);
    // The first time whatever is wrong is said: the address may be mistyped.
    let page = client.page(&room, None).await?;
    let mut tail = Tail { client, room, json: options.json, last: page.head, epoch: page.epoch };
    let earlier = page.messages.len().saturating_sub(options.lines.into());
    page.messages.iter().skip(earlier).try_for_each(|message| tail.print(message))?;
    let mut pause = PAUSE;
    loop {
        let before = tail.last;
        match tail.listen().await {
            Fault::Lasting(text) => return Err(Failure::Server(text)),
            Fault::Passing(text, wanted) => {
                if tail.last > before {
                    pause = PAUSE;
                }
                // Standard output has nothing but messages.
                eprintln!("snug: {text}; trying again");
                sleep(wanted.unwrap_or(pause)).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
    }
}

/// A room that is followed.
struct Tail {
    client: Client,
    room: RoomRef,
    json: bool,
    /// What has been printed up to.
    last: Seq,
    /// What that is a place of.
    epoch: EpochId,
}

impl Tail {
    /// Prints what comes until the connection ends; why it did.
    async fn listen(&mut self) -> Fault {
        match self.follow().await {
            Ok(never) => match never {},
            Err(fault) => fault,
        }
    }

    async fn follow(&mut self) -> Result<std::convert::Infallible, Fault> {
        let mut socket = self.connect().await?;
        let subscribe = ClientFrame::Subscribe { room: self.room.clone(), after: Some(self.last), epoch: Some(self.epoch) };
        let subscribe = serde_json::to_string(&subscribe).map_err(|error| Fault::Lasting(error.to_string()))?;
        socket.send(tungstenite::Message::text(subscribe)).await.map_err(|error| lost(&error))?;
        loop {
            // The server pings who is quiet: one that says nothing for so long has gone.
            let received = timeout(Duration::from_secs(limits::IDLE_SECONDS), socket.next()).await;
            match received.ok().flatten() {
                Some(Ok(tungstenite::Message::Text(text))) => self.hear(&text).await?,
                Some(Ok(tungstenite::Message::Close(frame))) => return Err(closed(frame.map(|frame| frame.code.into()))),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(lost(&error)),
                None => return Err(closed(None)),
            }
        }
    }

    async fn connect(&self) -> Result<Socket, Fault> {
        let request = self.client.request(Method::GET, &["ws"]).header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
        let request = request.header(SEC_WEBSOCKET_VERSION, "13").header(SEC_WEBSOCKET_KEY, generate_key());
        let answer = request.send().await.map_err(|error| self.client.unreachable(&error))?;
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(self.client.refused(answer).await);
        }
        let upgraded = answer.upgrade().await.map_err(|error| self.client.unreachable(&error))?;
        Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await)
    }

    async fn hear(&mut self, text: &str) -> Result<(), Fault> {
        // What a later version says is passed over.
        let Ok(frame) = serde_json::from_str::<ServerFrame>(text) else { return Ok(()) };
        match frame {
            ServerFrame::Event(event) if event.seq > self.last => {
                self.last = event.seq;
                event.message().map_or(Ok(()), |message| self.print(&message))
            }
            ServerFrame::Subscribed { head, epoch, reset: true, .. } => self.begin_anew(head, epoch).await,
            ServerFrame::Error { room: Some(_), error, .. } => Err(said(&error)),
            ServerFrame::Error { error, .. } if error.code != ErrorCode::BadRequest => Err(said(&error)),
            _ => Ok(()),
        }
    }

    /// More was missed than is said again: it is read page by page. Where a backup was put back, what was printed is of another log, and
    /// what comes is all there is to be told.
    async fn begin_anew(&mut self, head: Seq, epoch: Option<EpochId>) -> Result<(), Fault> {
        if epoch.is_some_and(|epoch| epoch != self.epoch) {
            eprintln!("snug: the history has begun anew: what was said meanwhile is not shown");
            (self.last, self.epoch) = (head, epoch.unwrap_or(self.epoch));
            return Ok(());
        }
        while self.last < head {
            let page = self.client.page(&self.room, Some(self.last)).await?;
            page.messages.iter().filter(|message| message.seq > self.last).try_for_each(|message| self.print(message))?;
            let read = page.messages.last().map(|message| message.seq);
            self.last = read.filter(|_| page.has_newer).unwrap_or(head);
        }
        Ok(())
    }

    fn print(&self, message: &Message) -> Result<(), Fault> {
        let line = if self.json {
            serde_json::to_string(message).map_err(|error| Fault::Lasting(error.to_string()))?
        } else {
            line_of(message)
        };
        let mut out = io::stdout().lock();
        let written = writeln!(out, "{line}").and_then(|()| out.flush());
        written.map_err(|error| Fault::Lasting(format!("cannot print: {error}")))
    }
}

/// As people read it: when, who, what; further lines of it are set in.
fn line_of(message: &Message) -> String {
    let body = if message.deleted { "(deleted)" } else { message.body.as_str() };
    // What a terminal would obey is not for it.
    let body: String = body.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    format!("{} @{}: {}", chat::utc(message.at), message.author.username, body.replace('\n', "\n    "))
}

fn lost(error: &tungstenite::Error) -> Fault {
    Fault::Passing(format!("the connection is lost: {error}"), None)
}

/// What a close says of coming back.
fn closed(code: Option<u16>) -> Fault {
    match code.and_then(CloseCode::from_number) {
        Some(code) if matches!(code.advice(), Advice::SignIn | Advice::StayAway) => {
            Fault::Lasting(format!("the server closed the connection: {}", code.reason()))
        }
        Some(code) => Fault::Passing(format!("the server closed the connection: {}", code.reason()), None),
        None => Fault::Passing("the connection is lost".to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_says_when_who_and_what_and_commands_no_terminal() {
        let user = "01900000-0000-7000-8000-000000000001";
        let message = serde_json::json!({
            "id": user, "seq": 3, "client_id": user, "at": 0, "body": "one\n\u{1b}[2Jtwo",
            "author": { "id": user, "username": "ada", "name": "Ada" },
        });
        let message: Message = serde_json::from_value(message).unwrap();
        assert_eq!(line_of(&message), format!("{} @ada: one\n    [2Jtwo", chat::utc(0)));
    }

    #[test]
    fn after_a_close_it_comes_back_where_the_server_says_so() {
        for code in CloseCode::ALL {
            let is_passing = matches!(closed(Some(code.number())), Fault::Passing(..));
            assert_eq!(is_passing, matches!(code.advice(), Advice::ComeBack | Advice::ComeBackLater), "{code:?}");
        }
        assert!(matches!(closed(None), Fault::Passing(..)));
    }
}
