use leptos::prelude::*;
use protocol::reads;
use serde::Serialize;

use super::Part;

/// The house, as its pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct House {
    pub(crate) name: String,
    /// What its own icon is known by, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) icon: Option<String>,
}

reads!(House { name, icon });

impl House {
    /// Where its own icon is, if it has one.
    pub(crate) fn icon_address(&self) -> Option<String> {
        self.icon.as_ref().map(|etag| ["/icon/", etag].concat())
    }
}

/// The name plate: the icon of the house, or a bubble asleep in another, and the name.
pub(crate) fn brand(house: House) -> AnyView {
    let mark = match house.icon_address() {
        Some(address) => view! { <img class="brand-mark brand-icon" src=address alt="" width="36" height="36" /> }.part(),
        None => sleeping_bubble(),
    };
    view! {
        <a class="brand" href="/">
            {mark}
            <span class="brand-name" dir="auto">
                {house.name}
            </span>
        </a>
    }
    .part()
}

fn sleeping_bubble() -> AnyView {
    view! {
        <svg class="brand-mark" viewBox="0 0 64 64" aria-hidden="true">
            <path
                class="brand-outer"
                d="M32 4c16 0 28 10.5 28 24.5S48 53 32 53c-3 0-5.8-.4-8.5-1.1L12.5 60c-1.6 1.1-3.7-.1-3.5-2l1.1-10.5C6.3 42.5 4 36 4 28.5 4 14.5 16 4 32 4"
            ></path>
            <path class="brand-inner" d="M37 17.5c9.6 0 16 6.2 16 14s-6.4 14-16 14-16-6.2-16-14 6.4-14 16-14"></path>
            <path class="brand-eyes" d="M29.5 32c1.6 2.2 4.3 2.2 5.9 0M39.5 32c1.6 2.2 4.3 2.2 5.9 0"></path>
        </svg>
    }
    .part()
}
