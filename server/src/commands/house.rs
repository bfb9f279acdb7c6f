//! The chat as a command opens it, beside a server or without one.

use chat::{Chat, Limits, SigningKey};
use serde::Serialize;

use super::output::say;
use crate::{
    config::Store,
    failure::Failure,
    store::{bring_up_to_date, data_dir},
};

const CENTURY_SECONDS: i64 = 100 * 365 * 24 * 60 * 60;

/// Opens it, does something, and closes it whatever came of it.
pub(super) async fn with_chat<T>(store: &Store, work: impl AsyncFnOnce(&Chat) -> Result<T, Failure>) -> Result<T, Failure> {
    let data_dir = data_dir(store)?;
    bring_up_to_date(store, &data_dir).await?;
    let (database_url, redis_url) = (store.database_url(&data_dir), store.redis_url().map(str::to_owned));
    // It signs nobody in.
    let signing_key = SigningKey::generate().map_err(Failure::Database)?;
    // Sessions last as the server says, and what the operator does is not counted.
    let limits = Limits {
        session_max_seconds: CENTURY_SECONDS,
        rooms: u32::MAX,
        rooms_made: u32::MAX,
        rooms_joined: u32::MAX,
        ..Limits::default()
    };
    let options = chat::Options { database_url, redis_url, signing_key, limits };
    let chat = Chat::open(options).await.map_err(Failure::Database)?;
    let done = work(&chat).await;
    chat.close().await;
    done
}

/// Answers in JSON, on one line, or in words.
pub(super) fn answer(json: bool, value: &impl Serialize, words: impl FnOnce() -> String) -> Result<(), Failure> {
    if json {
        say(serde_json::to_string(value).map_err(|error| Failure::Process(error.into()))?);
    } else {
        let words = words();
        if !words.is_empty() {
            say(words);
        }
    }
    Ok(())
}

/// A line for each, in columns that line up.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: Vec<usize> = (0..N).map(|n| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or_default()).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [["ada", "owner"], ["benedict", ""]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), "ada       owner\nbenedict");
        assert_eq!(table::<2>(&[]), "");
    }
}
