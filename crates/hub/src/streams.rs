//! Streams of events by their names, on this node and on others: what a client says comes by requests, and any node may get them.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

use parking_lot::Mutex;
use protocol::{ClientFrame, ServerFrame, SessionId};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use uuid::Uuid;

use crate::{Broker, Frame, Signal, signal::Call};

/// Longest time for another node to answer. The broker may have lost the question, or nobody has the stream.
const PATIENCE: Duration = Duration::from_secs(2);
/// Calls that may wait for other nodes.
const CALLS_MAX: usize = 1024;

/// A frame that a request brought, and what waits for its answer.
pub struct Post {
    /// What the client says.
    pub frame: ClientFrame,
    /// Where the answer goes; none where it comes on the stream.
    pub answer: oneshot::Sender<Option<ServerFrame>>,
}

/// The streams of this node, by their names, and the way to those of the others; cheap to clone.
#[derive(Clone, Default)]
pub struct Streams(Arc<Inner>);

#[derive(Default)]
struct Inner {
    here: Mutex<HashMap<Uuid, Stream>>,
    /// What waits for the answers of other nodes.
    calls: Mutex<HashMap<Uuid, oneshot::Sender<Option<ServerFrame>>>>,
    /// By what other nodes are reached, where there may be some.
    broker: OnceLock<Arc<dyn Broker>>,
}

struct Stream {
    session: Option<SessionId>,
    posts: mpsc::Sender<Post>,
}

/// A stream that can be named, until this is dropped.
pub struct Named {
    name: Uuid,
    streams: Streams,
}

/// A call that waits for its answer, until this is dropped.
struct Waiting<'a> {
    id: Uuid,
    streams: &'a Streams,
}

impl Streams {
    /// Requests find a stream by its name from now on.
    #[must_use]
    pub fn enter(&self, name: Uuid, session: Option<SessionId>, posts: mpsc::Sender<Post>) -> Named {
        self.0.here.lock().insert(name, Stream { session, posts });
        Named { name, streams: self.clone() }
    }

    /// Where the frames go that are for a stream of this node. Each session has its own.
    #[must_use]
    pub fn find(&self, name: Uuid, session: Option<SessionId>) -> Option<mpsc::Sender<Post>> {
        let streams = self.0.here.lock();
        streams.get(&name).filter(|stream| stream.session == session).map(|stream| stream.posts.clone())
    }

    /// There may be other nodes, which this broker reaches.
    pub fn connect(&self, broker: Arc<dyn Broker>) {
        // A hub has one broker.
        let _ = self.0.broker.set(broker);
    }

    /// Has another node give a frame to a stream that it has; what that answers. `None` where no node says that it has done it.
    pub async fn call(&self, stream: Uuid, session: Option<SessionId>, frame: &ClientFrame) -> Option<Option<ServerFrame>> {
        let broker = self.0.broker.get()?;
        let frame = Frame::text(serde_json::to_vec(frame).ok()?);
        let (answer, answered) = oneshot::channel();
        let waiting = self.wait(answer)?;
        broker.publish(vec![Signal::Call(Call { id: waiting.id, stream, session, frame })]).await;
        timeout(PATIENCE, answered).await.ok()?.ok()
    }

    fn wait(&self, answer: oneshot::Sender<Option<ServerFrame>>) -> Option<Waiting<'_>> {
        let (id, mut calls) = (Uuid::new_v4(), self.0.calls.lock());
        if calls.len() >= CALLS_MAX {
            return None;
        }
        calls.insert(id, answer);
        Some(Waiting { id, streams: self })
    }

    /// A node looks for a stream: if it is here, it is given the frame, and the node its answer.
    pub(crate) fn take(&self, call: Call) {
        let posts = self.find(call.stream, call.session);
        let (Some(posts), Some(broker)) = (posts, self.0.broker.get().cloned()) else { return };
        let Ok(frame) = serde_json::from_slice(call.frame.json()) else { return };
        tokio::spawn(async move {
            let (answer, answered) = oneshot::channel();
            let done = async {
                posts.send(Post { frame, answer }).await.ok()?;
                answered.await.ok()
            };
            if let Ok(Some(answer)) = timeout(PATIENCE, done).await {
                broker.publish(vec![Signal::Answer { call: call.id, frame: answer.as_ref().map(Frame::of) }]).await;
            }
        });
    }

    /// A node has done what another one called for; if it was this one, the request gets the answer.
    pub(crate) fn answer(&self, call: Uuid, frame: Option<&Frame>) {
        let Some(waiting) = self.0.calls.lock().remove(&call) else { return };
        let Ok(answer) = frame.map(|frame| serde_json::from_slice(frame.json())).transpose() else { return };
        // Who asked may have gone.
        let _ = waiting.send(answer);
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        self.streams.0.here.lock().remove(&self.name);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.streams.0.calls.lock().remove(&self.id);
    }
}
