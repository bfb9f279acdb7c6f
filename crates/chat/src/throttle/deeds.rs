//! What may be done so often by an account, and so often from an address: on this node.

use std::net::IpAddr;

use protocol::UserId;

use super::{buckets::Buckets, networks::Networks, rate::Rate};

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Sending a message.
    Send,
    /// Joining or leaving a room.
    Join,
    /// Making a room.
    CreateRoom,
    /// Making an invite.
    Invite,
    /// Changing a room or oneself, of which everybody is told.
    EditRoom,
    /// Doing something to somebody else in a room, who is told.
    Moderate,
    /// Exchanging a refresh token.
    Renew,
    /// Opening a socket.
    Connect,
}

impl Deed {
    /// All of them, in the order in which they are declared.
    pub(crate) const ALL: [Self; 8] =
        [Self::Send, Self::Join, Self::CreateRoom, Self::Invite, Self::EditRoom, Self::Moderate, Self::Renew, Self::Connect];
}

/// How often a deed may be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    /// By one account, from wherever.
    pub(crate) account: Rate,
    /// From one address, by whomever.
    pub(crate) address: Rate,
}

/// The buckets for all deeds.
pub(crate) struct Deeds([(Buckets<UserId>, Networks); Deed::ALL.len()]);

impl Deeds {
    /// All full, with these rates.
    pub(crate) fn new(rates: impl Fn(Deed) -> Rates) -> Self {
        Self(Deed::ALL.map(|deed| {
            let Rates { account, address } = rates(deed);
            (Buckets::new(account), Networks::new(address))
        }))
    }

    /// Holds everybody to these rates from now on. Buckets whose rate is another one now are full.
    pub(crate) fn hold_to(&self, rates: impl Fn(Deed) -> Rates) {
        for (deed, (accounts, addresses)) in Deed::ALL.into_iter().zip(&self.0) {
            let Rates { account, address } = rates(deed);
            accounts.hold_to(account);
            addresses.hold_to(address);
        }
    }

    /// Takes a drop for something that an account does.
    pub(crate) fn by(&self, account: UserId, deed: Deed) -> Result<(), protocol::Error> {
        self.0[deed as usize].0.take(&account)
    }

    /// Takes a drop for something that comes from an address.
    pub(crate) fn from(&self, address: IpAddr, deed: Deed) -> Result<(), protocol::Error> {
        self.0[deed as usize].1.take(address)
    }
}
