//! What one address has of the places.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use parking_lot::Mutex;
use protocol::Error;

use super::register::Register;
use crate::{AppState, answers::Door, caller::Client};

/// Seconds after which somebody who has too much open may try again.
const RETRY_SECONDS: u64 = 5;

/// One of the places that an address may have; free again when it is dropped.
pub(crate) struct Share {
    open: Arc<Mutex<Register>>,
    network: IpAddr,
}

impl Share {
    pub(super) fn of(open: &Arc<Mutex<Register>>, address: IpAddr, max: usize) -> Option<Self> {
        let network = network(address);
        let mut register = open.lock();
        let count = register.shares.entry(network).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        drop(register);
        Some(Self { open: open.clone(), network })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut register = self.open.lock();
        if let Some(count) = register.shares.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                register.shares.remove(&self.network);
            }
        }
    }
}

/// An IPv6 customer has a whole /64 to change addresses in, so that counts as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// Counts the requests of each address behind a proxy, as connections are counted of those that come by themselves: the proxy's own
/// connections stand for many people. Sockets have a count of their own.
pub(crate) async fn share(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let behind_proxy = request.extensions().get::<Client>().filter(|client| !client.is_peer);
    let Some(address) = behind_proxy.map(|client| client.address).filter(|address| !state.proxies.include(*address)) else {
        return next.run(request).await;
    };
    let Some(share) = state.connections.share(address) else {
        return Door::of(&request).refuse(Error::throttled(RETRY_SECONDS));
    };
    let response = next.run(request).await;
    drop(share);
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::connections::{Connections, Limits};

    #[test]
    fn an_address_has_its_share_and_gets_it_back() {
        let connections = Connections::new(Limits { per_address: 2, ..Limits::for_files(1000) });
        let share = |address: &str| connections.share(address.parse().unwrap());
        let (_one, two) = (share("2001:db8::1").unwrap(), share("2001:db8::2:1").unwrap());
        assert!(share("2001:db8::3").is_none(), "the same /64");
        assert!(share("2001:db8:0:1::1").is_some() && share("192.0.2.1").is_some());
        drop(two);
        assert!(share("2001:db8::3").is_some());
    }

    #[test]
    fn nothing_is_kept_of_an_address_that_has_gone() {
        let connections = Connections::new(Limits::for_files(1000));
        drop(connections.share("192.0.2.1".parse().unwrap()));
        assert!(connections.open.lock().shares.is_empty());
    }
}
