use chat::{Quota, Quotas, Settings, house};
use leptos::prelude::*;

use crate::{
    AppError, Typed,
    context::{Request, refuse},
};

/// Settles how often things may be done.
///
/// # Errors
/// What is wrong with a number, or not an owner.
#[server(prefix = "/api/fn", endpoint = "set_limits")]
pub(crate) async fn set_limits(
    #[server(default)] messages: String,
    #[server(default)] messages_from_address: String,
    #[server(default)] rooms: String,
    #[server(default)] rooms_from_address: String,
    #[server(default)] invites: String,
    #[server(default)] invites_from_address: String,
    #[server(default)] registrations_from_address: String,
) -> Result<(), AppError> {
    let request = Request::current()?;
    let typed: [_; Quota::ALL.len()] =
        [messages, messages_from_address, rooms, rooms_from_address, invites, invites_from_address, registrations_from_address];
    let change = async {
        let new = Settings { quotas: Quotas::parse(&typed)?, ..(*request.chat.settings()).clone() };
        house::change(&request.chat, request.actor(), new).await
    };
    let changed = change.await.map_err(refuse);
    changed.map_err(|error| error.keeping(Typed { numbers: typed.to_vec(), ..Typed::default() }))?;
    leptos_axum::redirect("/admin/settings?done");
    Ok(())
}
