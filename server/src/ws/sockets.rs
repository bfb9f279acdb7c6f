//! The open sockets: how many there may be, and the word that ends them.

use std::{net::IpAddr, sync::Arc, time::Duration};

use chat::network_of;
use protocol::{UserId, limits};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{
    sync::{CancellationToken, WaitForCancellationFutureOwned},
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use super::counts::{Counted, Counts};

/// How much of the sockets.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Sockets that are open at the same time.
    pub sockets: usize,
    /// Of these, from one address.
    pub per_address: usize,
    /// Of these, of one account.
    pub per_account: usize,
    /// Time without any frame from the client, after which its socket is closed.
    pub silence: Duration,
    /// Time for a close to get through to a client that does not read; also for its last frames when the server stops.
    pub goodbye: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self::from(&chat::Limits::default())
    }
}

impl From<&chat::Limits> for Limits {
    fn from(limits: &chat::Limits) -> Self {
        Self {
            sockets: 20_000,
            per_address: limits.sockets_per_address,
            per_account: limits.sockets,
            silence: Duration::from_secs(limits::IDLE_SECONDS),
            goodbye: Duration::from_secs(10),
        }
    }
}

/// The open sockets of this process, and the word that ends them.
#[derive(Clone)]
pub struct Sockets {
    pub(super) limits: Limits,
    places: Arc<Semaphore>,
    addresses: Counts<IpAddr>,
    accounts: Counts<UserId>,
    tasks: TaskTracker,
    pub(super) stop: CancellationToken,
}

impl Sockets {
    /// None yet; `stop` ends them all.
    #[must_use]
    pub fn new(limits: Limits, stop: CancellationToken) -> Self {
        Self {
            limits,
            places: Arc::new(Semaphore::new(limits.sockets)),
            addresses: Counts::new(limits.per_address),
            accounts: Counts::new(limits.per_account),
            tasks: TaskTracker::new(),
            stop,
        }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Until the server is to stop.
    pub(crate) fn stopped(&self) -> WaitForCancellationFutureOwned {
        self.stop.clone().cancelled_owned()
    }

    /// Until every socket is closed.
    pub(crate) async fn drained(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Counts a task among those that a stop waits for, as long as the token is held.
    pub(super) fn counted(&self) -> TaskTrackerToken {
        self.tasks.token()
    }

    /// A place for one more from this address, if there is any.
    pub(super) fn place(&self, address: IpAddr) -> Option<Place> {
        let counted = self.addresses.one_more(network_of(address))?;
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        metrics::gauge!("snug_connections").increment(1);
        Some(Place { address, _counted: counted, _permit: permit })
    }

    /// A place for one more of this account, if there is any.
    pub(super) fn place_of(&self, account: UserId) -> Option<Counted<UserId>> {
        self.accounts.one_more(account)
    }
}

/// The right to be one of the open sockets.
pub(super) struct Place {
    /// Where the socket comes from.
    pub(super) address: IpAddr,
    _counted: Counted<IpAddr>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("snug_connections").decrement(1);
    }
}
