//! The sockets of each account, and up to which place of the account's log they were told.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use protocol::UserId;

use crate::{ConnectionId, Frame, Mailbox};

/// The accounts that have a socket here.
#[derive(Default)]
pub(crate) struct Accounts(Mutex<HashMap<UserId, Account>>);

struct Account {
    rev: i64,
    sockets: Vec<(ConnectionId, Arc<Mailbox>)>,
}

impl Accounts {
    /// A socket hears of its account from now on; it knows of what happened up to `rev`. When others of that account have heard of more,
    /// this one has missed it, and all are told again.
    pub(crate) fn add(&self, user: UserId, rev: i64, id: ConnectionId, mailbox: Arc<Mailbox>) {
        let mut accounts = self.0.lock();
        let account = accounts.entry(user).or_insert_with(|| Account { rev, sockets: Vec::new() });
        account.rev = account.rev.min(rev);
        account.sockets.push((id, mailbox));
    }

    /// A socket has gone.
    pub(crate) fn remove(&self, user: UserId, id: ConnectionId) {
        let mut accounts = self.0.lock();
        let Some(account) = accounts.get_mut(&user) else { return };
        account.sockets.retain(|(socket, _)| *socket != id);
        if account.sockets.is_empty() {
            accounts.remove(&user);
        }
    }

    /// Puts what happened into the mailboxes of an account; gives those that are to be written to.
    pub(crate) fn tell(&self, user: UserId, rev: i64, frame: &Frame) -> Vec<Arc<Mailbox>> {
        let mut accounts = self.0.lock();
        let Some(account) = accounts.get_mut(&user) else { return Vec::new() };
        account.rev = account.rev.max(rev);
        let told = account.sockets.iter().filter(|(_, mailbox)| mailbox.push([frame.clone()]));
        told.map(|(_, mailbox)| mailbox.clone()).collect()
    }

    /// The sockets of an account.
    pub(crate) fn sockets(&self, user: UserId) -> Vec<(ConnectionId, Arc<Mailbox>)> {
        self.0.lock().get(&user).map(|account| account.sockets.clone()).unwrap_or_default()
    }

    /// All of them, with the last place that they were told of.
    pub(crate) fn known(&self) -> Vec<(UserId, i64)> {
        self.0.lock().iter().map(|(user, account)| (*user, account.rev)).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::mailbox::tests::Pipe;

    #[test]
    fn an_account_is_as_far_as_its_last_socket() {
        let (accounts, user) = (Accounts::default(), UserId::generate());
        let mailbox = || Arc::new(Mailbox::new(1_000, Pipe::wide()));
        let (frame, other) = (Frame::text("{}"), UserId::generate());
        assert!(accounts.tell(user, 4, &frame).is_empty());
        accounts.add(user, 4, ConnectionId(1), mailbox());
        assert_eq!((accounts.tell(user, 5, &frame).len(), accounts.known()), (1, vec![(user, 5)]));
        // Late, by another way: told all the same, and nothing goes back.
        assert_eq!((accounts.tell(user, 4, &frame).len(), accounts.known()), (0, vec![(user, 5)]), "it waits already");
        // One that was greeted before 5 happened.
        accounts.add(user, 4, ConnectionId(2), mailbox());
        assert_eq!(accounts.known(), [(user, 4)]);
        assert!(accounts.tell(other, 9, &frame).is_empty());
        accounts.remove(user, ConnectionId(1));
        accounts.remove(user, ConnectionId(1));
        assert_eq!(accounts.known().len(), 1);
        accounts.remove(user, ConnectionId(2));
        assert!(accounts.known().is_empty());
    }
}
