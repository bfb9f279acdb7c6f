use std::str::FromStr;

use chat::outgoing::{self, HookEdit};
use leptos::prelude::*;
use protocol::ErrorCode;

use crate::{
    AppError,
    context::{Request, refuse},
    next::value,
};

/// Stops an outgoing webhook, or has it go on.
///
/// # Errors
/// The caller does not keep order in the room, or it has no such webhook.
#[server(prefix = "/api/fn", endpoint = "pause_outgoing")]
pub(crate) async fn pause_outgoing(room: String, hook: String, #[server(default)] paused: bool) -> Result<(), AppError> {
    let request = moderating()?;
    let edit = HookEdit { paused: Some(paused), ..HookEdit::default() };
    outgoing::change(&request.chat, request.actor(), &room.clone().into(), id(&hook)?, edit).await.map_err(refuse)?;
    leptos_axum::redirect(&page(&room, None));
    Ok(())
}

/// Deletes an outgoing webhook.
///
/// # Errors
/// As [`pause_outgoing`].
#[server(prefix = "/api/fn", endpoint = "delete_outgoing")]
pub(crate) async fn delete_outgoing(room: String, hook: String) -> Result<(), AppError> {
    let request = moderating()?;
    outgoing::delete(&request.chat, request.actor(), &room.clone().into(), id(&hook)?).await.map_err(refuse)?;
    leptos_axum::redirect(&page(&room, None));
    Ok(())
}

/// Sends a delivery again.
///
/// # Errors
/// As [`pause_outgoing`].
#[server(prefix = "/api/fn", endpoint = "resend_delivery")]
pub(crate) async fn resend_delivery(room: String, hook: String, delivery: String) -> Result<(), AppError> {
    let request = moderating()?;
    let (hook_id, delivery) = (id(&hook)?, id(&delivery)?);
    outgoing::resend(&request.chat, request.actor(), &room.clone().into(), hook_id, delivery).await.map_err(refuse)?;
    leptos_axum::redirect(&page(&room, Some(&hook)));
    Ok(())
}

/// The request, counted as something that moderators do.
fn moderating() -> Result<Request, AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Moderate)?;
    Ok(request)
}

fn id<T: FromStr>(text: &str) -> Result<T, ErrorCode> {
    text.parse().map_err(|_| ErrorCode::BadRequest)
}

/// The page of a room's webhooks, with the deliveries of one.
fn page(room: &str, hook: Option<&str>) -> String {
    let shown = hook.map(|hook| ["?hook=", &value(hook)].concat()).unwrap_or_default();
    ["/r/", &value(room), "/outgoing", &shown].concat()
}
