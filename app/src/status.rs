//! The status of an answer, on the server.

use http::{Method, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use protocol::Error;

/// Sets the status of the answer to what belongs to an error, and says when to come back. A form that was sent without JavaScript is
/// answered by a redirect to the page with the form, which must stay one.
pub(crate) fn answer_with(error: &Error) {
    let (Some(parts), Some(response)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) else { return };
    if let (false, Ok(status)) = (is_plain_form(&parts), StatusCode::from_u16(error.code.status())) {
        response.set_status(status);
        if let Some(seconds) = error.retry_after {
            response.insert_header(header::RETRY_AFTER, seconds.into());
        }
    }
}

/// Whether the browser itself sent the form and will show the answer as a page.
pub(crate) fn is_plain_form(parts: &Parts) -> bool {
    let accept = parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    parts.method == Method::POST && accept.is_some_and(|accept| accept.contains("text/html"))
}
