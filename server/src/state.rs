//! What handlers need, put together.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use chat::Chat;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::{
    assets::Site, compat::settings::Compat, connections::Connections, guests::Pages, hosts::Hosts, origins::Cors,
    proxies::Proxies, ws::Sockets,
};

/// What handlers need; cheap to clone, which each layer of the router does with each request.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// The parts of [`AppState`].
pub struct Parts {
    /// The chat itself.
    pub chat: Chat,
    /// The files of the site.
    pub site: Arc<Site>,
    /// The names this server answers to.
    pub hosts: Hosts,
    /// The other origins whose pages may use the API.
    pub cors: Cors,
    /// The proxies whose word counts.
    pub proxies: Arc<Proxies>,
    /// What guests were shown last.
    pub pages: Pages,
    /// What `/metrics` shows.
    pub metrics: PrometheusHandle,
    /// How clients of other servers are understood; nothing where they are not.
    pub compat: Option<Compat>,
    /// The open connections.
    pub connections: Connections,
    /// Those of them that are sockets.
    pub sockets: Sockets,
}

impl From<Parts> for AppState {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
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
