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

/// Of whom nobody has said where they are: somewhere far, and all of them together one address.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Address of the client, not of the proxy before this server.
    pub(crate) address: IpAddr,
    /// Whether it is the peer itself, without a proxy that says of whom it speaks.
    pub(crate) is_peer: bool,
    /// Whether the client speaks TLS, at least with the proxy.
    pub(crate) secure: bool,
}

impl Client {
    /// What a proxy says is believed only where one can be. Of a list of addresses the last one counts: it was added by that proxy,
    /// while the ones before it are what the client claims. Where that is a proxy itself that the operator has named, the one before it
    /// counts in the same way. What is no address counts as an unknown one, never as the proxy's own: that one is near.
    fn of(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> Self {
        let peer = peer.to_canonical();
        if !proxies.include(peer) {
            return Self { address: peer, is_peer: true, secure: false };
        }
        let mut addresses = from_last(headers, "x-forwarded-for").map(|address| forwarded(address).unwrap_or(UNKNOWN));
        let said = addresses.next();
        let mut address = said.unwrap_or(peer);
        while proxies.names(address)
            && let Some(before) = addresses.next()
        {
            address = before;
        }
        let scheme = from_last(headers, "x-forwarded-proto").next().unwrap_or_default();
        // Some proxies name the scheme of a socket as its address does.
        let secure = ["https", "wss"].iter().any(|secure| scheme.eq_ignore_ascii_case(secure));
        Self { address, is_peer: said.is_none(), secure }
    }

    /// Whether it is this machine or one in its private network.
    pub(crate) fn is_near(self) -> bool {
        proxies::is_near(self.address)
    }
}

/// The parts of a list, which may be in several headers, from the last one on. What is no text is one part that means nothing.
fn from_last<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lists = headers.get_all(name).into_iter().rev().map(|list| list.to_str().unwrap_or_default());
    lists.flat_map(|list| list.rsplit(',').map(str::trim))
}

/// An address as proxies write it: some put an IPv6 address into brackets, some add the port, some the zone (RFC 4007, 11).
fn forwarded(text: &str) -> Option<IpAddr> {
    let (address, port) = match text.strip_prefix('[') {
        Some(rest) => {
            rest.split_once(']').map(|(address, rest)| (address, rest.strip_prefix(':').or(rest.is_empty().then_some("0"))))?
        }
        None => match text.split_once(':') {
            Some((address, port)) if !port.contains(':') => (address, Some(port)),
            _ => (text, Some("0")),
        },
    };
    port?.parse::<u16>().ok()?;
    let address = address.split_once('%').map_or(address, |(address, _)| address);
    address.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// The access token in `Authorization` (RFC 6750, 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Finds out where the request comes from; everything after this goes by [`Client`].
pub(crate) async fn client(State(proxies): State<Arc<Proxies>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    // Without a peer (a test without a socket) nothing may be believed.
    let client = Client::of(peer.unwrap_or(UNKNOWN), request.headers(), &proxies);
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
            let unread = visitor.as_ref().map_or(0, |visitor| visitor.unread);
            let (session, keep_for) = visitor.map(|visitor| (visitor.session, visitor.keep_for)).unzip();
            let is_member = session.is_some();
            let (address, secure) = (client.address, client.secure);
            request.extensions_mut().insert(Caller { session, unread, address, secure });
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
        assert_eq!(chain("unknown, 100.64.0.3"), UNKNOWN.to_string());
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
    }

    #[test]
    fn an_address_may_have_brackets_a_port_or_a_zone() {
        for (text, address) in [
            ("203.0.113.9:5555", "203.0.113.9"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("[::ffff:203.0.113.9]:1", "203.0.113.9"),
            ("fe80::1%eth0", "fe80::1"),
            ("  203.0.113.9\t", "203.0.113.9"),
        ] {
            assert_eq!(client("127.0.0.1", &[("x-forwarded-for", text)]).0, address, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_unknown_and_far() {
        for text in [
            "unknown",
            "",
            " ",
            ",",
            "203.0.113.9,",
            "_hidden",
            "203.0.113.9:",
            "203.0.113.9:x",
            "203.0.113.9:99999",
            "203.0.113",
            "[203.0.113.9",
            "[2001:db8::7]x",
            "[2001:db8::7]:",
            "localhost",
            "10.0.0.1/8",
            "\u{e9}",
        ] {
            for peer in ["127.0.0.1", "10.0.0.2", "100.64.0.3"] {
                assert_eq!(client(peer, &[("x-forwarded-for", text)]).0, UNKNOWN.to_string(), "{text:?}");
            }
        }
        assert!(!proxies::is_near(UNKNOWN));
    }

    #[test]
    fn the_scheme_of_a_socket_counts_too() {
        for (scheme, secure) in [("https", true), ("HTTPS", true), ("wss", true), ("http", false), ("ws", false), ("", false)] {
            assert_eq!(client("127.0.0.1", &[("x-forwarded-proto", scheme)]).1, secure, "{scheme}");
        }
    }
}
