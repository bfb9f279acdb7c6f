//! The half of a socket that hears: the client, the answers to its sends, the clock, and the word to stop.

use std::{pin::Pin, sync::Arc, time::Duration};

use axum::extract::ws::Message;
use chat::{Chat, hub::Connection};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use protocol::{CloseCode, ServerFrame, limits};
use tokio::time::{Instant, Sleep, sleep};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;

use super::{
    Sockets,
    socket::{End, Heard, Incoming, Speaker, Step},
};

/// What a listener needs between two frames.
pub(super) struct Listener<'a> {
    pub(super) chat: &'a Chat,
    pub(super) connection: Arc<Connection>,
    /// Sends that wait for their commit.
    pub(super) sends: FuturesUnordered<BoxFuture<'static, ServerFrame>>,
    stop: &'a CancellationToken,
    silence_max: Duration,
    /// Ends when nothing was heard from the client for too long.
    silence: Pin<Box<Sleep>>,
}

impl<'a> Listener<'a> {
    pub(super) fn new(chat: &'a Chat, connection: Arc<Connection>, sockets: &'a Sockets) -> Self {
        let silence_max = sockets.limits.silence;
        let silence = Box::pin(sleep(silence_max));
        Self { chat, connection, sends: FuturesUnordered::new(), stop: &sockets.stop, silence_max, silence }
    }

    /// Listens until either side ends the socket.
    pub(super) async fn listen(mut self, incoming: &mut Incoming, speaker: &mut Speaker) -> Heard {
        loop {
            // One replay at a time, and so many sends: a client cannot make the server hold more for it (G6).
            let replaying = self.connection.is_replaying();
            let may_ask = !replaying && self.sends.len() < limits::IN_FLIGHT_MAX;
            let step = tokio::select! {
                heard = incoming.next(), if may_ask => self.hear(heard).await,
                () = self.connection.replayed(), if replaying => Ok(()),
                Some(answer) = self.sends.next() => {
                    self.answer(&answer);
                    Ok(())
                }
                () = &mut self.silence => Err(Heard::End(End::Close(CloseCode::Silent))),
                () = self.stop.cancelled() => self.finish().await,
                spoken = &mut *speaker => Err(Heard::Spoken(spoken)),
            };
            if let Err(last) = step {
                return last;
            }
        }
    }

    async fn hear(&mut self, heard: Option<Result<Message, axum::Error>>) -> Result<(), Heard> {
        self.silence.as_mut().reset(Instant::now() + self.silence_max);
        self.understand(heard).await.map_err(Heard::End)
    }

    async fn understand(&mut self, heard: Option<Result<Message, axum::Error>>) -> Step {
        match heard {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(frame) => self.obey(frame).await,
                Err(_) => Err(End::bad_frame()),
            },
            Some(Ok(Message::Binary(_))) => Err(End::bad_frame()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Close(_))) | None => Err(End::Gone),
            Some(Err(error)) => Err(if is_too_big(error) { End::TooBig } else { End::Gone }),
        }
    }

    fn answer(&mut self, first: &ServerFrame) {
        self.connection.tell(first);
        // One commit answers many sends at once.
        while let Some(Some(answer)) = self.sends.next().now_or_never() {
            self.connection.tell(&answer);
        }
    }

    /// Finishes what was accepted (G8).
    async fn finish(&mut self) -> Result<(), Heard> {
        while let Some(answer) = self.sends.next().await {
            self.connection.tell(&answer);
        }
        Err(Heard::End(End::Close(CloseCode::Restart)))
    }
}

fn is_too_big(error: axum::Error) -> bool {
    error.into_inner().downcast_ref().is_some_and(|error| matches!(error, tungstenite::Error::Capacity(_)))
}
