use leptos::prelude::AnyView;

use super::{Page, Visit, failure::failure, shell::render};
use crate::{components::PageContext, head::Head};

/// A page that the server alone renders, in the frame that all pages have.
pub(super) async fn document(visit: &Visit, head: Head, content: impl FnOnce(PageContext) -> AnyView) -> Page {
    match visit.beside().await {
        Ok(beside) => render(visit, &head, beside, content),
        Err(error) => failure(visit, &error),
    }
}
