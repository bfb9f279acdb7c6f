//! `/api/v1/me`: what is one's own.

mod bookmarks;
mod inbox;
mod news;
mod picture;
mod profile;
mod rooms;
mod security;

use utoipa_axum::router::OpenApiRouter;

use crate::AppState;

pub(crate) use picture::PICTURE;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let parts = [
        bookmarks::routes(),
        inbox::routes(),
        news::routes(),
        picture::routes(),
        profile::routes(),
        rooms::routes(),
        security::routes(),
    ];
    parts.into_iter().fold(OpenApiRouter::new(), OpenApiRouter::merge)
}
