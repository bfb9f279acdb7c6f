//! What may be done so often by an account, and so often from an address: on this node.

use std::{net::IpAddr, sync::Arc};

use protocol::UserId;

use super::{
    allowance::Allowance,
    buckets::Buckets,
    floods::{Floods, Offender},
    networks::Networks,
    rate::Rate,
};

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

impl Deed {
    /// What is done, in the plural.
    fn plural(self) -> &'static str {
        match self {
            Self::Send => "messages",
            Self::Join => "rooms joined or left",
            Self::CreateRoom => "new rooms",
            Self::Invite => "invites",
            Self::EditRoom => "changes",
            Self::Moderate => "things done to others",
            Self::Renew => "renewals of a session",
            Self::Connect => "connections",
        }
    }
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
pub(crate) struct Deeds {
    buckets: [(Buckets<UserId>, Networks); Deed::ALL.len()],
    floods: Arc<Floods>,
}

impl Deeds {
    /// All full, with these rates.
    pub(crate) fn new(rates: impl Fn(Deed) -> Rates, floods: Arc<Floods>) -> Self {
        let buckets = Deed::ALL.map(|deed| {
            let Rates { account, address } = rates(deed);
            (Buckets::new(account), Networks::new(address))
        });
        Self { buckets, floods }
    }

    /// Holds everybody to these rates from now on. Buckets whose rate is another one now are full.
    pub(crate) fn hold_to(&self, rates: impl Fn(Deed) -> Rates) {
        for (deed, (accounts, addresses)) in Deed::ALL.into_iter().zip(&self.buckets) {
            let Rates { account, address } = rates(deed);
            accounts.hold_to(account);
            addresses.hold_to(address);
        }
    }

    /// Takes a drop for something that an account does.
    pub(crate) fn by(&self, account: UserId, deed: Deed) -> Result<(), protocol::Error> {
        let accounts = &self.buckets[deed as usize].0;
        let taken = accounts.take(&account).inspect_err(|_| {
            self.floods.refused(Offender::Account(account), deed.plural(), accounts.rate().burst.get());
        });
        tell(taken, accounts.rate())
    }

    /// Takes a drop for something that comes from an address.
    pub(crate) fn from(&self, address: IpAddr, deed: Deed) -> Result<(), protocol::Error> {
        let networks = &self.buckets[deed as usize].1;
        let taken = networks.take(address).map_err(|(network, error)| {
            self.floods.refused(Offender::Network(network), deed.plural(), networks.rate().burst.get());
            error
        });
        tell(taken, networks.rate())
    }
}

/// Tells how much is left: nothing, where it was refused.
fn tell(taken: Result<Allowance, protocol::Error>, rate: Rate) -> Result<(), protocol::Error> {
    taken.as_ref().map_or_else(|_| Allowance::of(rate, 0), |left| *left).tell();
    taken.map(drop)
}
