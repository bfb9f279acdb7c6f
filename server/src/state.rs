//! What handlers need, put together.

use std::sync::Arc;

use axum::extract::FromRef;
use chat::Chat;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::{assets::Site, connections::Connections, guests::Pages, hosts::Hosts, proxies::Proxies, ws::Sockets};

/// What handlers need; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The chat itself.
    pub chat: Chat,
    /// The files of the site.
    pub site: Arc<Site>,
    /// The names this server answers to.
    pub hosts: Arc<Hosts>,
    /// The proxies whose word counts.
    pub proxies: Arc<Proxies>,
    /// What guests were shown last.
    pub pages: Pages,
    /// What `/metrics` shows.
    pub metrics: PrometheusHandle,
    /// The open connections.
    pub connections: Connections,
    /// Those of them that are sockets.
    pub sockets: Sockets,
}

/// What one handler needs alone: it does not have to know the whole then, of which it is a part itself.
macro_rules! parts {
    ($($field:ident: $part:ty),+ $(,)?) => {
        $(impl FromRef<AppState> for $part {
            fn from_ref(state: &AppState) -> Self {
                state.$field.clone()
            }
        })+
    };
}

parts! {
    chat: Chat,
    site: Arc<Site>,
    proxies: Arc<Proxies>,
    pages: Pages,
    sockets: Sockets,
}
