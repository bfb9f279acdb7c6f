use leptos::prelude::*;
use protocol::Seq;

use super::people::moderating;
use crate::{AppError, context::refuse};

/// What is reported in any room.
const REPORTS: &str = "/admin/reports";

/// Takes away what a message says, and leads to what is left of it; with `house`, by somebody who sees to all rooms, to the other reports.
///
/// # Errors
/// The caller does not keep order there, or there is no such message.
#[server(prefix = "/api/fn", endpoint = "delete_message")]
pub(crate) async fn delete_message(room: String, seq: i64, #[server(default)] house: bool) -> Result<(), AppError> {
    let request = moderating()?;
    let done = chat::messages::delete(&request.chat, request.by(house), &room.into(), Seq(seq)).await.map_err(refuse)?;
    let page = if house { REPORTS.to_owned() } else { format!("/r/{}/m/{seq}#m{seq}", done.room.slug) };
    leptos_axum::redirect(&page);
    Ok(())
}

/// Brings a message before those who keep order.
///
/// # Errors
/// Without a reason, or there is no such message.
#[server(prefix = "/api/fn", endpoint = "report_message")]
pub(crate) async fn report_message(room: String, seq: i64, #[server(default)] reason: String) -> Result<(), AppError> {
    let request = moderating()?;
    let reported = chat::messages::report(&request.chat, request.actor(), &room.into(), Seq(seq), &reason).await;
    leptos_axum::redirect(&format!("/r/{}/m/{seq}/report?done", reported.map_err(refuse)?.slug));
    Ok(())
}

/// A report is seen to.
///
/// # Errors
/// The caller does not keep order there.
#[server(prefix = "/api/fn", endpoint = "close_report")]
pub(crate) async fn close_report(room: String, report: String, #[server(default)] house: bool) -> Result<(), AppError> {
    let request = moderating()?;
    let room = chat::messages::close_report(&request.chat, request.by(house), &room.into(), &report).await.map_err(refuse)?;
    let page = if house { REPORTS.to_owned() } else { ["/r/", &room.slug, "/reports"].concat() };
    leptos_axum::redirect(&page);
    Ok(())
}
