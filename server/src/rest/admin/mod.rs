//! `/api/v1/admin`: what admins see and do. Whoever is signed in and is none is refused.

mod house;
mod icon;
mod people;
mod rooms;
mod sessions;
mod settings;

use utoipa_axum::router::OpenApiRouter;

use crate::AppState;

pub(crate) use icon::ICON;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let parts = [house::routes(), icon::routes(), people::routes(), rooms::routes(), sessions::routes(), settings::routes()];
    parts.into_iter().fold(OpenApiRouter::new(), OpenApiRouter::merge)
}
