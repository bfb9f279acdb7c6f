use leptos::{mount::hydrate_body, prelude::*};
use protocol::json::Read;

use super::{
    app::App,
    data::{DATA, MESSAGES, PageData},
    navigation::{Navigation, here, path_and_query},
};
use crate::{components::Theme, json, socket, state::Unread};

/// Brings the page that the server rendered to life. `None` where it is not the page of a room.
pub fn hydrate() -> Option<()> {
    let mut data: PageData = read(DATA)?;
    data.page.messages = read(MESSAGES)?;
    let address = here()?;
    let here = path_and_query();
    hydrate_body(move || {
        // The colours stand in the document: what is there is kept.
        let app = App::new(data, address, here, Theme::System);
        Navigation::start(app);
        socket::start(app.socket);
        Effect::new(mark_hydrated);
        Effect::new(move || app.page.news.with(show_news));
        app.view()
    });
    Some(())
}

/// Takes it out of the document: what is deleted later is not to stand there any more.
fn read<T: Read>(id: &str) -> Option<T> {
    let element = document().get_element_by_id(id)?;
    element.remove();
    json::read(&element.text_content()?)
}

/// Tells the page's script how much is new, and when not to say so: it shows it on title and icon.
fn show_news(news: &Unread) {
    if let Some(root) = document().document_element() {
        // Only an ill-formed name could fail here.
        let _ = root.set_attribute("data-unread", &news.weight().to_string());
        let _ = root.set_attribute("data-quiet", &news.quiet().to_string());
    }
}

/// Tells style sheets and tests that clicks are heard from now on.
fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        // Only an ill-formed name could fail here.
        let _ = root.set_attribute("data-hydrated", "");
    }
}
