//! What the project has promised itself, held against the figures.

use serde::Serialize;

use crate::server::Kind::{self, Bare, Django, Snug};

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
    let mut verdicts = Vec::new();
    let mut promise = |name: &str, at_most, limit, measured: Option<f64>| {
        verdicts.extend(measured.map(|measured| Verdict { name: name.to_owned(), limit, at_most, measured }));
    };
    let ratio = |name: &str, of: Kind, to: Kind| Some(median(name, of)? / median(name, to)?);
    for pace in ["paced", "saturated"] {
        let delivery = format!("1000 subscribers, {pace}: CPU per delivery");
        promise(&format!("CPU per delivery, {pace}, times the bare loop's"), true, 1.25, ratio(&delivery, Snug, Bare));
        promise(&format!("CPU per delivery, {pace}, Django Channels' times ours"), false, 45.0, ratio(&delivery, Django, Snug));
    }
    let snug = |name: &str| median(name, Snug);
    promise("durable sends a second, 64 in flight", false, 12_000.0, snug("64 in flight: sends"));
    promise("idle socket, KiB, of 1,000", true, 16.0, snug("1000 idle sockets: memory of each"));
    promise("idle socket, KiB, of 10,000", true, 16.0, snug("10000 idle sockets: memory of each"));
    promise("idle server, MiB", true, 30.0, snug("idle after the start: memory"));
    promise("after 1,000 sign-ins, MiB", true, 45.0, snug("1000 sign-ins: memory after"));
    promise("start to first page, ms, empty folder", true, 200.0, snug("start with an empty folder: first page"));
    promise("start to first page, ms", true, 200.0, snug("start with a database: first page"));
    promise("room pages a second and core", false, 3_000.0, snug("room page: requests per core"));
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
