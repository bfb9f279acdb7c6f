//! What tabs, search engines and other chats see of a page.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

/// Title and tags of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// What the page is called; nothing for that of the house itself.
    title: String,
    pub(crate) tags: Vec<Tag>,
}

/// A tag in the head of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// `<meta name content>`
    Name(&'static str, String),
    /// `<meta property content>`
    Property(&'static str, String),
    /// The one address of what is shown.
    Canonical(String),
    /// The same in another form, of this type. It is for programs, which ask the server.
    #[cfg(feature = "ssr")]
    Alternate(&'static str, String),
}

impl Head {
    pub(crate) fn new(title: &str, tags: Vec<Tag>) -> Self {
        Self { title: title.to_owned(), tags }
    }

    /// What tabs show: the name of the house behind the page's own title, if it has one.
    pub(crate) fn title(&self, house: &str) -> String {
        if self.title.is_empty() { house.to_owned() } else { [&self.title, " · ", house].concat() }
    }
}

impl Tag {
    /// Name and attributes of the element. The last one marks what belongs to this page, not to every one.
    pub(crate) fn parts(&self) -> (&'static str, [(&'static str, &str); 3]) {
        let (element, name, value) = match self {
            Self::Name(name, content) => ("meta", ("name", *name), ("content", content)),
            Self::Property(property, content) => ("meta", ("property", *property), ("content", content)),
            #[cfg(feature = "ssr")]
            Self::Alternate(kind, href) => ("link rel=\"alternate\"", ("type", *kind), ("href", href)),
            Self::Canonical(href) => ("link", ("rel", "canonical"), ("href", href)),
        };
        (element, [name, (value.0, value.1), ("data-head", "")])
    }
}

impl Head {
    /// Puts it into the document in place of what is there. Fails only where the document has lost its head.
    pub(crate) fn show(&self, house: &str) -> Result<(), JsValue> {
        let page = document();
        page.set_title(&self.title(house));
        let head = page.head().ok_or(JsValue::NULL)?;
        let old = head.query_selector_all("[data-head]")?;
        for tag in (0..old.length()).filter_map(|at| old.get(at)?.dyn_into::<Element>().ok()) {
            tag.remove();
        }
        for tag in &self.tags {
            let (name, attributes) = tag.parts();
            let element = page.create_element(name)?;
            for (key, value) in attributes {
                element.set_attribute(key, value)?;
            }
            head.append_child(&element)?;
        }
        Ok(())
    }
}
