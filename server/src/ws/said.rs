//! What a client has said, and where the answer goes.

use protocol::{ClientFrame, ServerFrame};
use tokio::sync::oneshot;
use tungstenite::Utf8Bytes;

/// What was said.
pub(super) enum Said {
    /// A text, on the socket.
    Text(Utf8Bytes),
    /// A frame that came by a request.
    Frame(ClientFrame, Reply),
    /// Only that the client is there.
    Nothing,
}

/// Where the answer to a frame goes: into the mailbox, or to the request that brought it.
#[derive(Default)]
pub(super) struct Reply(Option<oneshot::Sender<Option<ServerFrame>>>);

impl Reply {
    /// To the request that waits for this.
    pub(super) fn to(request: oneshot::Sender<Option<ServerFrame>>) -> Self {
        Self(Some(request))
    }

    /// Gives the answer to the request, or back where there is none. A request that has gone needs none.
    pub(super) fn give(self, answer: ServerFrame) -> Option<ServerFrame> {
        match self.0 {
            Some(request) => {
                let _ = request.send(Some(answer));
                None
            }
            None => Some(answer),
        }
    }

    /// Says that the frame has been taken and has no answer, or one that comes on the stream.
    pub(super) fn done(self) {
        if let Some(request) = self.0 {
            let _ = request.send(None);
        }
    }

    /// Whether a request waits.
    pub(super) fn is_awaited(&self) -> bool {
        self.0.is_some()
    }
}
