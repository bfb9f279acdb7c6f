//! How often something may be done: so many at once, and then so many in a time.

use std::{fmt, num::NonZeroU32, str::FromStr, time::Duration};

use governor::Quota;

/// A bucket: so many drops at once, then one each so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Drops at once.
    pub burst: NonZeroU32,
    /// Time after which there is one more.
    pub each: Duration,
}

impl Rate {
    /// So many at once, then one each so often; at least one at once.
    #[must_use]
    pub const fn new(burst: u32, each: Duration) -> Self {
        let burst = match NonZeroU32::new(burst) {
            Some(burst) => burst,
            None => NonZeroU32::MIN,
        };
        Self { burst, each }
    }

    /// So many times as much.
    pub(super) fn times(self, factor: u32) -> Self {
        Self {
            burst: self.burst.saturating_mul(NonZeroU32::new(factor).unwrap_or(NonZeroU32::MIN)),
            each: self.each / factor.max(1),
        }
    }

    pub(super) fn quota(self) -> Quota {
        let each = self.each.max(Duration::from_nanos(1));
        Quota::with_period(each).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(self.burst)
    }
}

/// Units of time, each with its name.
const UNITS: [(&str, u64); 4] = [("s", 1), ("m", 60), ("h", 60 * 60), ("d", 24 * 60 * 60)];

/// `100+5/s`: a hundred at once, then five a second.
impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a rate is written as 100+5/s: a hundred at once, then five a second (or /m, /h, /d)";
        let parse = || {
            let (burst, rest) = text.split_once('+')?;
            let (count, unit) = rest.split_once('/')?;
            let (burst, count): (NonZeroU32, NonZeroU32) = (burst.trim().parse().ok()?, count.trim().parse().ok()?);
            let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
            Some(Self { burst, each: Duration::from_secs(*seconds) / count.get() })
        };
        parse().ok_or(WRONG)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_unit = |seconds: u64| Duration::from_secs(seconds).as_nanos() / self.each.as_nanos().max(1);
        // The shortest time in which there is at least one.
        let (name, count) =
            UNITS.iter().map(|(name, seconds)| (name, in_unit(*seconds))).find(|(_, count)| *count > 0).unwrap_or((&"d", 1));
        write!(f, "{}+{count}/{name}", self.burst)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_rate_is_read_as_it_is_written() {
        for (text, burst, each) in [
            ("100+5/s", 100, Duration::from_millis(200)),
            ("20+20/m", 20, Duration::from_secs(3)),
            ("1+1/d", 1, Duration::from_secs(86_400)),
            ("1000000+1000000/s", 1_000_000, Duration::from_micros(1)),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate, Rate::new(burst, each));
            assert_eq!(rate.to_string(), text);
        }
        assert_eq!(" 3 + 1 / h ".parse(), Ok(Rate::new(3, Duration::from_secs(3600))));
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in ["", "5", "5+1", "5/s", "0+1/s", "1+0/s", "5+1/w", "-1+1/s", "5+1.5/s", "5 1/s"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
