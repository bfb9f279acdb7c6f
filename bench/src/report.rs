//! Figures as they come in, the table of them, and what they say against the budgets.

use std::{fmt::Write, fs, path::Path};

use serde::Serialize;

use crate::{Result, budgets, kind::Kind, machine, stats::percentile};

/// One measured quantity of one server: the median of some samples, and their range.
#[derive(Clone, Debug, Serialize)]
struct Figure {
    name: String,
    server: &'static str,
    unit: &'static str,
    median: f64,
    low: f64,
    high: f64,
}

/// All figures of a run.
#[derive(Debug, Default)]
pub struct Report {
    figures: Vec<Figure>,
    others: f64,
}

/// What is written to the file.
#[derive(Serialize)]
struct Document<'a> {
    machine: String,
    others_cores: f64,
    figures: &'a [Figure],
    budgets: &'a [budgets::Verdict],
}

impl Report {
    /// Takes the samples of a quantity, and shows it at once.
    pub fn add(&mut self, name: &str, kind: Kind, unit: &'static str, mut samples: Vec<f64>) {
        let median = percentile(&mut samples, 0.5);
        let (low, high) = (samples.first().copied().unwrap_or(median), samples.last().copied().unwrap_or(median));
        let figure = Figure { name: name.to_owned(), server: kind.name(), unit, median, low, high };
        println!("{name:<50} {:<9} {:>10} {unit:<3}  {} to {}", figure.server, short(median), short(low), short(high));
        self.figures.push(figure);
    }

    /// Notes that other programs used so many cores during some of the figures. The highest counts.
    pub fn disturbed(&mut self, cores: f64) {
        self.others = self.others.max(cores);
    }

    /// The median of a quantity, if it was measured.
    #[must_use]
    pub fn median(&self, name: &str, kind: Kind) -> Option<f64> {
        self.figures.iter().find(|figure| figure.name == name && figure.server == kind.name()).map(|figure| figure.median)
    }

    /// The table in Markdown: a row for each quantity, a column for each server; then the budgets.
    #[must_use]
    pub fn table(&self) -> String {
        let row = |cells: [String; 4]| cells.join(" | ");
        let (servers, rule) = (row(Kind::ALL.map(|kind| kind.name().to_owned())), "---:|".repeat(Kind::ALL.len()));
        let mut table = format!("| | unit | {servers} |\n|---|---|{rule}\n");
        let mut names: Vec<(&str, &str)> = self.figures.iter().map(|figure| (figure.name.as_str(), figure.unit)).collect();
        let mut seen = Vec::new();
        names.retain(|name| {
            !seen.contains(name) && {
                seen.push(*name);
                true
            }
        });
        for (name, unit) in names {
            let cells = row(Kind::ALL.map(|kind| self.median(name, kind).map(short).unwrap_or_default()));
            // Writing to a String cannot fail.
            let _ = writeln!(table, "| {name} | {unit} | {cells} |");
        }
        table.push_str("\n| budget | | measured | |\n|---|---:|---:|---|\n");
        for verdict in self.verdicts() {
            let _ =
                writeln!(table, "| {} | {} | {} | {} |", verdict.name, verdict.bound(), short(verdict.measured), verdict.words());
        }
        let _ = writeln!(table, "\n{}. Other programs used up to {:.2} cores meanwhile.", machine::name(), self.others);
        table
    }

    fn verdicts(&self) -> Vec<budgets::Verdict> {
        budgets::verdicts(|name, kind| self.median(name, kind))
    }

    /// Writes everything as JSON, with the machine that it was measured on.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let (figures, budgets) = (&self.figures, &self.verdicts());
        let document = Document { machine: machine::name(), others_cores: self.others, figures, budgets };
        Ok(fs::write(path, serde_json::to_string_pretty(&document)?)?)
    }
}

/// Three digits that count.
fn short(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_a_row_and_a_server_a_column() {
        let mut report = Report::default();
        report.add("speed", Kind::Snug, "/s", vec![30.0, 10.0, 20.0]);
        report.add("speed", Kind::Bare, "/s", vec![1234.0]);
        assert!(report.table().contains("| speed | /s | 20.0 | 1234 |  |  |\n"), "{}", report.table());
    }
}
