//! Figures as they come in, and what they say against the budgets.

use serde::Serialize;

use crate::{server::Kind, stats::percentile};

/// One measured quantity of one server: the median of some samples, and their range.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// Of which server.
    pub server: &'static str,
    /// In what.
    pub unit: &'static str,
    /// The middle of the samples.
    pub median: f64,
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// All figures of a run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    figures: Vec<Figure>,
}

impl Report {
    /// Takes the samples of a quantity, and shows it at once.
    pub fn add(&mut self, name: &str, kind: Kind, unit: &'static str, mut samples: Vec<f64>) {
        let median = percentile(&mut samples, 0.5);
        let (low, high) = (samples.first().copied().unwrap_or(median), samples.last().copied().unwrap_or(median));
        let figure = Figure { name: name.to_owned(), server: kind.name(), unit, median, low, high };
        println!("{:<46} {:<7} {:>12.2} {:<12} {:.2} to {:.2}", figure.name, figure.server, median, unit, low, high);
        self.figures.push(figure);
    }

    /// The median of a quantity, if it was measured.
    #[must_use]
    pub fn median(&self, name: &str, kind: Kind) -> Option<f64> {
        self.figures.iter().find(|figure| figure.name == name && figure.server == kind.name()).map(|figure| figure.median)
    }
}
