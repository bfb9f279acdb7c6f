//! What one address has of the places.

use std::{net::IpAddr, sync::Arc};

use chat::network_of;
use parking_lot::Mutex;

use super::register::Register;

/// One of the places that an address may have; free again when it is dropped.
pub(crate) struct Share {
    open: Arc<Mutex<Register>>,
    network: IpAddr,
}

impl Share {
    pub(super) fn of(open: &Arc<Mutex<Register>>, address: IpAddr, max: usize) -> Option<Self> {
        let network = network_of(address);
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
