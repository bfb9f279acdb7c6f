//! The description of the API (OpenAPI 3.1), made of the handlers.

use protocol::Error;
use serde::Serialize;
use utoipa::{
    IntoResponses, OpenApi, ToSchema,
    openapi::{
        OpenApi as Description,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::AppState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Snug",
        description = "Whatever a person can do in Snug, a program can. Times are unix milliseconds, ids are texts, no number reaches 2^53."
    ),
    components(schemas(Error, RestError)),
    security((), ("token" = []))
)]
struct Start;

/// What every refusal looks like.
#[derive(Serialize, ToSchema)]
pub(super) struct RestError {
    error: Error,
}

/// The refusals that any request may meet.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it stands in the description alone")]
pub(super) enum Refused {
    /// Not what this operation takes.
    #[response(status = 400)]
    BadRequest(RestError),
    /// The token is none, or no longer one.
    #[response(status = 401)]
    NotAuthenticated(RestError),
    /// It is there, and not for you; or your token is not for that.
    #[response(status = 403)]
    NotAllowed(RestError),
    /// It is not there, or not for you to know of.
    #[response(status = 404)]
    NotFound(RestError),
    /// It is not as it has to be for that.
    #[response(status = 409)]
    Conflict(RestError),
    /// The body is larger than a limit.
    #[response(status = 413)]
    TooLarge(RestError),
    /// The body is not JSON, by its `Content-Type`.
    #[response(status = 415)]
    UnsupportedType(RestError),
    /// Something in it cannot be taken; `fields` says what.
    #[response(status = 422)]
    Invalid(RestError),
    /// Too often; wait for as many seconds as `Retry-After` says.
    #[response(status = 429)]
    Throttled(RestError),
    /// Not now. Nothing was done, or the same request finds what was.
    #[response(status = 503)]
    Unavailable(RestError),
}

/// A router whose routes are described.
pub(super) fn start() -> OpenApiRouter<AppState> {
    let mut start = Start::openapi();
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    start.components.get_or_insert_default().add_security_scheme("token", token);
    OpenApiRouter::with_openapi(start)
}

/// The description as a text that is the same each time.
pub(super) fn text(description: &Description) -> String {
    let mut text = description.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
