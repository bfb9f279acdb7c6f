//! What several nodes share.

use std::{net::SocketAddr, sync::Arc};

use tempfile::TempDir;
use testkit::{Durability, Postgres, Redis};

use crate::{node::Node, support::binary::SIGNING_KEY};

/// A PostgreSQL and a Redis of one test.
pub(crate) struct Services {
    pub(crate) postgres: Postgres,
    pub(crate) redis: Redis,
    pub(crate) database_url: String,
    folder: Arc<TempDir>,
}

impl Services {
    pub(crate) async fn start() -> Self {
        Self::with(Durability::Full).await
    }

    /// With a database that the machine's disk does not hold up.
    pub(crate) async fn with_a_quick_database() -> Self {
        Self::with(Durability::Fast).await
    }

    async fn with(durability: Durability) -> Self {
        let (postgres, redis) = tokio::join!(Postgres::start(durability), Redis::start());
        let database_url = postgres.database().await;
        Self { postgres, redis, database_url, folder: Arc::new(tempfile::tempdir().unwrap()) }
    }

    /// A node on them; not started.
    pub(crate) fn node(&self, name: &str) -> Node {
        let node = Node::new(name, &self.folder).set("SNUG_SIGNING_KEY", SIGNING_KEY);
        node.set("DATABASE_URL", &self.database_url).set("REDIS_URL", &self.redis.url())
    }

    /// Two nodes with people and rooms.
    pub(crate) async fn two_nodes(&self) -> [Node; 2] {
        let mut nodes = [self.node("one"), self.node("two")];
        start(&mut nodes).await;
        nodes
    }

    pub(crate) fn postgres_addr(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.postgres.port()))
    }

    pub(crate) fn redis_addr(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.redis.port()))
    }
}

/// Starts nodes on the same database, and makes people and rooms.
pub(crate) async fn start(nodes: &mut [Node]) {
    for node in &mut *nodes {
        node.start().await;
    }
    nodes[0].furnish().await;
}

/// The same service by another way to it.
pub(crate) fn by(url: &str, direct: SocketAddr, line: SocketAddr) -> String {
    url.replace(&direct.to_string(), &line.to_string())
}
