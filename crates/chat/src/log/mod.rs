//! The logs of the rooms (engine floor): places, rows, reading back.

mod places;
mod read;
mod rows;
pub(crate) mod stored;

pub(crate) use places::{Place, raise_heads, take_place};
pub(crate) use read::{Missed, since};
pub(crate) use rows::{deletion, insert, publish};
