//! Who makes a request: the address behind it, whether it came over TLS, and the session in its cookie.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use app::{context::Caller, cookies};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use chat::Chat;

use crate::{
    answers::{Door, Refusal},
    proxies::{self, Proxies},
};

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Address of the client, not of the proxy before this server.
    pub(crate) address: IpAddr,
    /// Whether the client speaks TLS, at least with the proxy.
    pub(crate) secure: bool,
}

impl Client {
    /// What a proxy says is believed only where one can be. Of a list of addresses the last one counts: it was added by that proxy,
    /// while the ones before it are what the client claims. Where that is a proxy itself that the operator has named, the one before it
    /// counts in the same way.
    fn of(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> Self {
        let peer = peer.to_canonical();
        if !proxies.include(peer) {
            return Self { address: peer, secure: false };
        }
        let mut addresses = from_last(headers, "x-forwarded-for")
            .map_while(|address| address.parse::<IpAddr>().ok())
            .map(|address| address.to_canonical());
        let mut address = addresses.next().unwrap_or(peer);
        while proxies.names(address)
            && let Some(before) = addresses.next()
        {
            address = before;
        }
        Self {
            address,
            secure: from_last(headers, "x-forwarded-proto").next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")),
        }
    }

    /// Whether it is this machine or one in its private network.
    pub(crate) fn is_near(self) -> bool {
        proxies::is_near(self.address)
    }
}

/// The parts of a list, which may be in several headers, from the last one on.
fn from_last<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lists = headers.get_all(name).into_iter().rev().map_while(|list| list.to_str().ok());
    lists.flat_map(|list| list.rsplit(',').map(str::trim))
}

/// Finds out where the request comes from; everything after this goes by [`Client`].
pub(crate) async fn client(State(proxies): State<Arc<Proxies>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    // Without a peer (a test without a socket) nothing may be believed.
    let client = Client::of(peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), request.headers(), &proxies);
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// Finds the session of a page view or a server function.
pub(crate) async fn session(State(chat): State<Chat>, mut request: Request, next: Next) -> Response {
    let Some(&client) = request.extensions().get::<Client>() else {
        return Door::of(&request).refuse(protocol::ErrorCode::Internal);
    };
    let token = cookies::session_token(request.headers(), client.secure);
    let visitor = match &token {
        Some(token) => chat::sessions::by_refresh_token(&chat, token).await,
        None => Ok(None),
    };
    match visitor {
        Ok(visitor) => {
            let is_page = request.method().is_safe();
            let (session, keep_for) = visitor.map(|visitor| (visitor.session, visitor.keep_for)).unzip();
            let is_member = session.is_some();
            request.extensions_mut().insert(Caller { session, address: client.address, secure: client.secure });
            let mut response = next.run(request).await;
            let headers = response.headers_mut();
            if is_page && is_member {
                // It is kept nowhere: after a sign-out nobody shall page back to it.
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            if is_page && let (Some(token), Some(Some(seconds))) = (token, keep_for) {
                headers.extend(cookies::keep_session(&token, seconds, client.secure).map(|cookie| (header::SET_COOKIE, cookie)));
            }
            response
        }
        // Not to be taken for a guest: that would send someone who is signed in to the sign-in page.
        Err(error) => Refusal::from(error).at(Door::of(&request)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn client(peer: &str, headers: &[(&'static str, &str)]) -> (String, bool) {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let client = Client::of(peer.parse().unwrap(), &headers.collect(), &Proxies::new(&["100.64.0.0/10".parse().unwrap()]));
        (client.address.to_string(), client.secure)
    }

    #[test]
    fn a_proxy_nearby_is_believed_for_the_last_address_only() {
        let forwarded = [("x-forwarded-for", "198.51.100.1, 203.0.113.9"), ("x-forwarded-proto", "https")];
        assert_eq!(client("127.0.0.1", &forwarded), ("203.0.113.9".into(), true));
        assert_eq!(client("::ffff:10.0.0.2", &forwarded), ("203.0.113.9".into(), true));
    }

    #[test]
    fn of_two_headers_the_last_one_counts() {
        let forwarded = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client("::1", &forwarded).0, "203.0.113.9");
    }

    #[test]
    fn before_a_named_proxy_the_one_who_spoke_to_it_counts() {
        let chain = |list: &str| client("127.0.0.1", &[("x-forwarded-for", list)]).0;
        assert_eq!(chain("198.51.100.1, 203.0.113.9, 100.64.0.3, 100.64.0.4"), "203.0.113.9");
        // Not named: it may be the client.
        assert_eq!(chain("203.0.113.9, 10.0.0.2"), "10.0.0.2");
        assert_eq!(chain("100.64.0.3"), "100.64.0.3");
        assert_eq!(chain("unknown, 100.64.0.3"), "100.64.0.3");
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let forwarded = [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")];
        assert_eq!(client("198.51.100.7", &forwarded), ("198.51.100.7".into(), false));
    }

    #[test]
    fn a_proxy_that_the_operator_named_is_believed() {
        let forwarded = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
        assert_eq!(client("::ffff:100.64.0.3", &forwarded), ("203.0.113.9".into(), true));
    }

    #[test]
    fn without_a_proxy_the_peer_counts() {
        assert_eq!(client("192.168.1.4", &[]), ("192.168.1.4".into(), false));
        assert_eq!(client("127.0.0.1", &[("x-forwarded-for", "unknown")]), ("127.0.0.1".into(), false));
    }
}
