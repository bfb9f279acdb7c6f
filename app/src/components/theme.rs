//! Dark, light, or what the system says.

use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};
use serde::{Deserialize, Serialize};

use super::{Glyph, Icon};
use crate::api::SetTheme;

/// The colours that were chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Theme {
    /// What the system says.
    #[default]
    System,
    /// Light ones.
    Light,
    /// Dark ones.
    Dark,
}

impl Theme {
    const ALL: [(Self, Icon, &'static str); 3] =
        [(Self::System, Icon::Screen, "As the system"), (Self::Light, Icon::Sun, "Light"), (Self::Dark, Icon::Moon, "Dark")];

    /// What the cookie says.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub(crate) fn chosen() -> Self {
        match crate::context::cookie(crate::cookies::THEME).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// On the client the choice comes with the page.
    #[cfg(not(feature = "ssr"))]
    fn chosen() -> Self {
        Self::System
    }

    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Value of `data-theme` on the root element.
    #[must_use]
    pub(crate) fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then(|| self.name())
    }

    /// Colours of the browser's own bars: `--ground` in the style sheet.
    #[cfg(feature = "ssr")]
    pub(crate) fn colors(self) -> impl IntoView {
        const LIGHT: &str = "#fbf8f3";
        const DARK: &str = "#1c1612";
        let meta = |media: Option<&'static str>, color: &'static str| {
            leptos::html::meta().name("theme-color").content(color).attr("media", media)
        };
        match self {
            Self::System => {
                vec![meta(Some("(prefers-color-scheme: light)"), LIGHT), meta(Some("(prefers-color-scheme: dark)"), DARK)]
            }
            Self::Light => vec![meta(None, LIGHT)],
            Self::Dark => vec![meta(None, DARK)],
        }
    }
}

/// Three buttons in a form that works without JavaScript; with it, the colours change at once.
#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let theme = RwSignal::new(SharedValue::new(Theme::chosen).into_inner());
    let choose = move |event: SubmitEvent| {
        let name = event.submitter().and_then(|button| button.get_attribute("value"));
        let chosen = Theme::ALL.into_iter().map(|(theme, ..)| theme).find(|theme| Some(theme.name()) == name.as_deref());
        if let Some(chosen) = chosen {
            event.prevent_default();
            theme.set(chosen);
            apply(chosen);
        }
    };
    let buttons = Theme::ALL.map(|(choice, icon, label)| {
        view! {
            <button
                class="theme-choice"
                name="theme"
                value=choice.name()
                title=label
                aria-label=label
                aria-pressed=move || if theme.get() == choice { "true" } else { "false" }
            >
                <Glyph icon />
            </button>
        }
    });
    view! {
        <form method="post" action=SetTheme::PATH on:submit=choose>
            <fieldset class="theme-switch">
                <legend class="visually-hidden">"Colours"</legend>
                {buttons}
            </fieldset>
        </form>
    }
}

/// Shows the choice, and keeps it in the cookie that the server goes by.
#[cfg(feature = "hydrate")]
fn apply(theme: Theme) {
    use wasm_bindgen::JsCast;

    let page = document();
    let Some(root) = page.document_element() else { return };
    let max_age = if theme == Theme::System { 0 } else { 365 * 24 * 60 * 60 };
    let cookie = format!("snug_theme={}; Path=/; Max-Age={max_age}; SameSite=Lax", theme.name());
    let shown = match theme.attribute() {
        Some(name) => root.set_attribute("data-theme", name),
        None => root.remove_attribute("data-theme"),
    };
    let kept = page.unchecked_ref::<web_sys::HtmlDocument>().set_cookie(&cookie);
    if shown.and(kept).is_err() {
        leptos::logging::error!("the browser does not keep the chosen colours");
    }
}

#[cfg(not(feature = "hydrate"))]
fn apply(_theme: Theme) {}
