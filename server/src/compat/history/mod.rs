//! History and REST: JSON web tokens, accounts, chats and messages as Django REST Framework serves them, and a socket for each chat.

mod chats;
mod extra;
mod jwt;
mod messages;
mod socket;
mod users;

use axum::Router;

use crate::AppState;

pub(super) fn routes() -> Router<AppState> {
    let parts = [chats::routes(), jwt::routes(), messages::routes(), socket::routes(), users::routes()];
    parts.into_iter().fold(Router::new(), Router::merge)
}
