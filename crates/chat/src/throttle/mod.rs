//! How often things may be done (ground floor): buckets per account and per network. What finds its bucket empty is refused as
//! `throttled`, with the seconds until there is a drop in it again.

mod allowance;
mod buckets;
mod deeds;
mod floods;
mod networks;
mod rate;
mod shared;
mod sign_ins;
mod slow;

pub use allowance::{Allowance, counting};
pub use deeds::Deed;
pub(crate) use deeds::{Deeds, Rates};
pub(crate) use floods::{Flood, Floods, Offender, TOLD_FOR};
pub use networks::network_of;
pub use rate::Rate;
pub(crate) use sign_ins::SignIns;
pub(crate) use slow::SlowMode;
