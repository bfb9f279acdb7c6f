//! What an owner allows of some things, each so often by an account and from an address. The operator's limits are what there is without it,
//! and it loosens none of them: the stricter one counts.

use std::time::Duration;

use protocol::{Field, FieldError, Problem};

use crate::throttle::Rate;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Lines that are pasted at once pass, however few a minute are allowed.
const LINES: u32 = 20;
/// More in a day or a minute is no limit.
const COUNT_MAX: u32 = 1_000_000;

/// Something that an owner allows so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// Messages of an account in a minute.
    Messages,
    /// Messages from an address in a minute.
    MessagesFromAddress,
    /// Rooms that an account makes in a day.
    Rooms,
    /// Rooms that are made from an address in a day.
    RoomsFromAddress,
    /// Invites that an account makes in a day.
    Invites,
    /// Invites that are made from an address in a day.
    InvitesFromAddress,
    /// Accounts that are made from an address in a day.
    RegistrationsFromAddress,
}

impl Quota {
    /// All there are, in the order in which they are declared.
    pub const ALL: [Self; 7] = [
        Self::Messages,
        Self::MessagesFromAddress,
        Self::Rooms,
        Self::RoomsFromAddress,
        Self::Invites,
        Self::InvitesFromAddress,
        Self::RegistrationsFromAddress,
    ];

    /// The word for it, as it is stored and sent by forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::MessagesFromAddress => "messages_from_address",
            Self::Rooms => "rooms",
            Self::RoomsFromAddress => "rooms_from_address",
            Self::Invites => "invites",
            Self::InvitesFromAddress => "invites_from_address",
            Self::RegistrationsFromAddress => "registrations_from_address",
        }
    }

    fn time(self) -> Duration {
        match self {
            Self::Messages | Self::MessagesFromAddress => MINUTE,
            _ => DAY,
        }
    }

    /// A limit, as far as so many in its time allow it.
    pub(crate) fn hold(self, limit: Rate, count: u32) -> Rate {
        let at_once = if self.time() == MINUTE { count.max(LINES) } else { count };
        Rate::new(at_once.min(limit.burst.get()), (self.time() / count.max(1)).max(limit.each))
    }

    /// How many in its time a limit allows.
    pub(crate) fn most(self, limit: Rate) -> u32 {
        (self.time().as_nanos() / limit.each.as_nanos().max(1)).try_into().unwrap_or(u32::MAX)
    }
}

/// What an owner has settled of them; what is not settled is as the operator has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotas([Option<u32>; Quota::ALL.len()]);

impl Quotas {
    /// How many, if it is settled.
    #[must_use]
    pub fn get(&self, quota: Quota) -> Option<u32> {
        self.0[quota as usize]
    }

    /// As they are typed, in the order of [`Quota::ALL`]; nothing is no limit of the owner's.
    ///
    /// # Errors
    /// One of them is no number, or out of bounds.
    pub fn parse(typed: &[String; Quota::ALL.len()]) -> Result<Self, FieldError> {
        let problem = Problem::OutOfRange { min: 1, max: COUNT_MAX as usize };
        let wrong = FieldError { field: Field::Limits, problem };
        Quota::ALL.into_iter().zip(typed).try_fold(Self::default(), |quotas, (quota, text)| match text.trim() {
            "" => Ok(quotas),
            text => match text.parse() {
                Ok(count @ 1..=COUNT_MAX) => Ok(quotas.with(quota, Some(count))),
                _ => Err(wrong),
            },
        })
    }

    /// The same, with so many of this.
    #[must_use]
    pub fn with(mut self, quota: Quota, count: Option<u32>) -> Self {
        self.0[quota as usize] = count;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(burst: u32, each: u64) -> Rate {
        Rate::new(burst, Duration::from_secs(each))
    }

    #[test]
    fn the_stricter_one_counts() {
        let limit = seconds(100, 1);
        for (count, held) in [(5, seconds(20, 12)), (30, seconds(30, 2)), (60, seconds(60, 1)), (6_000, seconds(100, 1))] {
            assert_eq!(Quota::Messages.hold(limit, count), held, "{count}");
        }
        assert_eq!(Quota::Messages.hold(seconds(3, 1), 60), seconds(3, 1), "lines that the operator does not let pass");
        assert_eq!(Quota::Rooms.hold(seconds(30, 60), 2), seconds(2, 43_200));
        assert_eq!(Quota::Rooms.hold(seconds(30, 60), 24), seconds(24, 3_600));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let parse = |text: &str| {
            let mut typed: [String; 7] = Default::default();
            typed[2] = text.to_owned();
            Quotas::parse(&typed).map(|quotas| quotas.get(Quota::Rooms))
        };
        assert_eq!([parse(""), parse(" 5 "), parse("1000000")], [Ok(None), Ok(Some(5)), Ok(Some(1_000_000))]);
        for text in ["0", "-1", "1.5", "many", "1000001", "99999999999999999999", "5\u{200b}", "٥"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_limit_allows_so_many() {
        assert_eq!(Quota::Messages.most(Rate::new(100, Duration::from_millis(200))), 300);
        assert_eq!(Quota::Rooms.most(seconds(30, 60)), 1_440);
        assert_eq!(Quota::Invites.most(seconds(1, 86_401)), 0);
    }
}
