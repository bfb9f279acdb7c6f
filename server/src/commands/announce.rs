//! `snug announce TEXT`

use chat::house::{self, By};
use serde_json::json;

use super::house::{answer, with_chat};
use crate::{config::AnnounceOptions, failure::Failure};

pub(super) async fn run(options: &AnnounceOptions) -> Result<(), Failure> {
    with_chat(&options.store, async |chat| {
        let told = house::announce(chat, By::CommandLine, &options.text).await?;
        answer(options.json, &json!({ "told": told }), || format!("People told: {told}"))
    })
    .await
}
