//! `snug import django FILE|URL`

use std::path::Path;

use chat::imports::{self, Report, Tally};

use super::house::{answer, with_chat};
use crate::{
    config::{HouseOptions, ImportCommand},
    failure::Failure,
};

pub(super) async fn run(options: &HouseOptions<ImportCommand>) -> Result<(), Failure> {
    let ImportCommand::Django { from } = &options.command;
    let url = if from.contains("://") { from.clone() } else { file_url(Path::new(from)) };
    with_chat(&options.store, async |chat| {
        let report = imports::django(chat, &url).await.map_err(Failure::Import)?;
        answer(options.json, &report, || words(&report))
    })
    .await
}

/// The URL of a file that is only read.
fn file_url(path: &Path) -> String {
    let path = path.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{path}?mode=ro")
}

fn words(report: &Report) -> String {
    let mut lines = vec![format!("Read: {}", report.tables.join(", "))];
    for (kind, tally) in [("Accounts", &report.people), ("Rooms", &report.rooms), ("Messages", &report.messages)] {
        lines.push(format!("{kind}: {} came, {} were there already", tally.came, tally.there));
        lines.extend(details(tally));
    }
    lines.join("\n")
}

fn details(tally: &Tally) -> impl Iterator<Item = String> {
    let renamed = tally.renamed.iter().map(|(there, here)| format!("  {there} is @{here} here"));
    let left =
        tally.left.iter().map(|(why, left)| format!("  {} left or lacking: {why}: {}", left.count, left.such_as.join(", ")));
    renamed.chain(left)
}
