//! What the project has promised itself, held against the figures.

use serde::Serialize;

use crate::kind::Kind::{self, Bare, Snug, SocketIo};

/// A figure held against its budget.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// What was promised.
    pub name: String,
    /// The bound.
    pub limit: f64,
    /// Whether the bound is an upper one.
    pub at_most: bool,
    /// What was measured.
    pub measured: f64,
}

impl Verdict {
    /// Whether the promise is kept.
    #[must_use]
    pub fn is_met(&self) -> bool {
        if self.at_most { self.measured <= self.limit } else { self.measured >= self.limit }
    }

    /// The bound, with its direction.
    #[must_use]
    pub fn bound(&self) -> String {
        format!("{} {}", if self.at_most { "≤" } else { "≥" }, self.limit)
    }

    /// Met or missed, and by how much of the budget.
    #[must_use]
    pub fn words(&self) -> String {
        let by = (self.measured / self.limit - 1.0).abs() * 100.0;
        format!("{} by {by:.0} %", if self.is_met() { "met" } else { "**missed**" })
    }
}

/// All budgets whose figures were measured; `median` knows those.
#[must_use]
pub fn verdicts(median: impl Fn(&str, Kind) -> Option<f64>) -> Vec<Verdict> {
    let median = &median;
    let of = |kind| move |name: &str| median(name, kind);
    let (snug, bare, socket_io) = (of(Snug), of(Bare), of(SocketIo));
    let times = |figure: &str, other: &dyn Fn(&str) -> Option<f64>| Some(snug(figure)? / other(figure)?);
    let share = |figure: &str, whole: &str| Some(snug(figure)? / snug(whole)?);

    let mut verdicts = Vec::new();
    let mut promise = |at_most, limit, name: &str, measured: Option<f64>| {
        verdicts.extend(measured.map(|measured| Verdict { name: name.to_owned(), limit, at_most, measured }));
    };
    for (place, limit) in [
        ("1000 subscribers, paced", 1.15),
        ("1000 subscribers, paced, 50/s", 1.15),
        ("1000 subscribers, saturated", 0.3),
        ("500 rooms of 10, saturated", 1.5),
    ] {
        let ratio = times(&format!("{place}: CPU per delivery"), &bare);
        promise(true, limit, &format!("{place}: CPU per delivery, times the bare loop's"), ratio);
    }
    promise(false, 20_000.0, "durable sends a second, 64 in flight", snug("64 in flight: sends"));
    promise(false, 1.42, "durable sends a second, 64 in flight, times the bare loop's", times("64 in flight: sends", &bare));
    promise(false, 1.0, "lone sends a second, times Socket.IO's", times("lone send: sends", &socket_io));
    promise(true, 1.0, "CPU of a lone send, times Socket.IO's", times("lone send: CPU per send", &socket_io));
    promise(true, 6.0, "idle socket, KiB, of 1,000", snug("1000 idle sockets: memory of each"));
    promise(true, 6.0, "idle socket, KiB, of 10,000", snug("10000 idle sockets: memory of each"));
    promise(true, 25.0, "idle server, MiB", snug("idle after the start: memory"));
    promise(true, 45.0, "after 1,000 sign-ins, MiB", snug("1000 sign-ins: memory after"));
    promise(true, 30.0, "start to first page, ms, empty folder", snug("start with an empty folder: first page"));
    promise(true, 30.0, "start to first page, ms", snug("start with a database: first page"));
    promise(false, 10_000.0, "room pages a second and core, guest", snug("room page: requests per core"));
    let member = share("room page, signed in: requests per core", "room page: requests per core");
    promise(false, 0.25, "room pages a second and core, member's share of a guest's", member);
    let sidebar = snug("a page beside 500 rooms with news in each: CPU");
    promise(true, 10.0, "a page beside 500 rooms with exact counts, ms of a core", sidebar);
    let told = snug("5000 sockets, all 200 change: frames");
    promise(true, 2.0, "frames to each of 5,000 sockets when all whom it watches change", told.map(|frames| frames / 5_000.0));
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(at_most: bool, measured: f64) -> String {
        Verdict { name: String::new(), limit: 20.0, at_most, measured }.words()
    }

    #[test]
    fn a_verdict_says_by_how_much() {
        assert_eq!(verdict(true, 15.0), "met by 25 %");
        assert_eq!(verdict(true, 25.0), "**missed** by 25 %");
        assert_eq!(verdict(false, 15.0), "**missed** by 25 %");
        assert_eq!(verdict(false, 25.0), "met by 25 %");
    }

    #[test]
    fn what_was_not_measured_has_no_verdict() {
        let measured = |figures: &[(Kind, f64)]| -> Vec<f64> {
            let is_there = |name: &str| name == "1000 subscribers, paced: CPU per delivery";
            let median = |name: &str, of| figures.iter().find(|(kind, _)| is_there(name) && *kind == of).map(|(_, value)| *value);
            verdicts(median).iter().map(|verdict| verdict.measured).collect()
        };
        assert!(measured(&[]).is_empty());
        assert!(measured(&[(Snug, 6.0)]).is_empty());
        assert_eq!(measured(&[(Snug, 6.0), (Bare, 4.0)]), [1.5]);
    }
}
