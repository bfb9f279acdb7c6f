//! The sockets of each account, and up to which place of the account's log they were told.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use parking_lot::Mutex;
use protocol::UserId;

use crate::{ConnectionId, Frame, Mailbox};

/// Places of one account that wait for those before them. More than these means that something was lost, and it is looked for anyway.
const WAITING_MAX: usize = 64;

/// The accounts that have a socket here.
#[derive(Default)]
pub(crate) struct Accounts(Mutex<HashMap<UserId, Account>>);

struct Account {
    /// All sockets were told of everything up to here.
    rev: i64,
    /// What they were told beyond a place that has not come: by another way it may be late, or it was lost.
    beyond: BTreeSet<i64>,
    sockets: Vec<(ConnectionId, Arc<Mailbox>)>,
}

impl Accounts {
    /// A socket hears of its account from now on; it knows of what happened up to `rev`. When others of that account have heard of more,
    /// this one has missed it, and all are told again.
    pub(crate) fn add(&self, user: UserId, rev: i64, id: ConnectionId, mailbox: Arc<Mailbox>) {
        let mut accounts = self.0.lock();
        let account = accounts.entry(user).or_insert_with(|| Account { rev, beyond: BTreeSet::new(), sockets: Vec::new() });
        if rev < account.rev {
            account.rev = rev;
            account.beyond.clear();
        }
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

    /// Puts what happened at a place into the mailboxes of an account; gives those that are to be written to.
    pub(crate) fn tell(&self, user: UserId, rev: i64, frame: &Frame) -> Vec<Arc<Mailbox>> {
        let mut accounts = self.0.lock();
        let Some(account) = accounts.get_mut(&user) else { return Vec::new() };
        account.heard(rev);
        account.push(frame)
    }

    /// The same with what stands for everything up to a place.
    pub(crate) fn tell_all_up_to(&self, user: UserId, rev: i64, frame: &Frame) -> Vec<Arc<Mailbox>> {
        let mut accounts = self.0.lock();
        let Some(account) = accounts.get_mut(&user) else { return Vec::new() };
        account.heard_all_up_to(rev);
        account.push(frame)
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

impl Account {
    fn heard(&mut self, rev: i64) {
        if rev > self.rev && self.beyond.len() < WAITING_MAX {
            self.beyond.insert(rev);
        }
        while self.beyond.remove(&(self.rev + 1)) {
            self.rev += 1;
        }
    }

    fn heard_all_up_to(&mut self, rev: i64) {
        self.rev = self.rev.max(rev);
        self.beyond.retain(|waiting| *waiting > self.rev);
        self.heard(rev);
    }

    fn push(&self, frame: &Frame) -> Vec<Arc<Mailbox>> {
        let told = self.sockets.iter().filter(|(_, mailbox)| mailbox.push([frame.clone()]));
        told.map(|(_, mailbox)| mailbox.clone()).collect()
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

    #[test]
    fn what_was_lost_on_the_way_is_looked_for_though_more_came_after_it() {
        let (accounts, user, frame) = (Accounts::default(), UserId::generate(), Frame::text("{}"));
        accounts.add(user, 4, ConnectionId(1), Arc::new(Mailbox::new(1_000, Pipe::wide())));
        accounts.tell(user, 6, &frame);
        accounts.tell(user, 7, &frame);
        assert_eq!(accounts.known(), [(user, 4)], "5 is missing");
        accounts.tell(user, 5, &frame);
        assert_eq!(accounts.known(), [(user, 7)], "it was only late");
        accounts.tell(user, 9, &frame);
        accounts.tell(user, 11, &frame);
        accounts.tell_all_up_to(user, 10, &frame);
        assert_eq!(accounts.known(), [(user, 11)], "the list that was read anew stands for 8");
        for lost in 0..500 {
            accounts.tell(user, 13 + lost, &frame);
        }
        assert_eq!(accounts.0.lock()[&user].beyond.len(), WAITING_MAX);
        // One that knows less than the others.
        accounts.add(user, 8, ConnectionId(2), Arc::new(Mailbox::new(1_000, Pipe::wide())));
        assert_eq!((accounts.known(), accounts.0.lock()[&user].beyond.len()), (vec![(user, 8)], 0));
    }
}
