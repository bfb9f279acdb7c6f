//! The streams of events that there are, by their names.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use protocol::SessionId;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::said::Posted;

/// The streams of this process, by their names; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<Uuid, Stream>>>);

struct Stream {
    session: Option<SessionId>,
    posts: mpsc::Sender<Posted>,
}

/// A stream that can be named, until this is dropped.
pub(super) struct Named {
    name: Uuid,
    streams: Streams,
}

impl Streams {
    /// Requests find a stream by its name from now on.
    pub(super) fn enter(&self, name: Uuid, session: Option<SessionId>, posts: mpsc::Sender<Posted>) -> Named {
        self.0.lock().insert(name, Stream { session, posts });
        Named { name, streams: self.clone() }
    }

    /// Where the frames go that are for a stream. Each session has its own.
    pub(super) fn find(&self, name: Uuid, session: Option<SessionId>) -> Option<mpsc::Sender<Posted>> {
        let streams = self.0.lock();
        streams.get(&name).filter(|stream| stream.session == session).map(|stream| stream.posts.clone())
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        self.streams.0.lock().remove(&self.name);
    }
}
