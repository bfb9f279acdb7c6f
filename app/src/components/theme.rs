//! Dark, light, or what the system says.

use leptos::prelude::*;

use super::{Glyph, Icon, Part};
use crate::endpoints;

/// The colours that were chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// What the system says. Also what the browser's side begins with: it leaves what the server wrote.
    #[default]
    System,
    /// Light ones.
    Light,
    /// Dark ones.
    Dark,
}

impl Theme {
    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What the server makes of the choice.
#[cfg(feature = "ssr")]
impl Theme {
    /// What the cookie says.
    pub(crate) fn of_cookie(value: Option<&str>) -> Self {
        match value {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// Value of `data-theme` on the root element.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then(|| self.name())
    }

    /// Colours of the browser's own bars (`--ground` in the style sheet), each with the attribute that says when it counts.
    pub(crate) fn colors(self) -> &'static [(&'static str, &'static str)] {
        const LIGHT: &str = "#fbf8f3";
        const DARK: &str = "#1c1612";
        match self {
            Self::System => {
                &[(" media=\"(prefers-color-scheme: light)\"", LIGHT), (" media=\"(prefers-color-scheme: dark)\"", DARK)]
            }
            Self::Light => &[("", LIGHT)],
            Self::Dark => &[("", DARK)],
        }
    }
}

/// Three buttons in a form that works without JavaScript; with it, the page's script changes the colours at once.
pub(super) fn theme_switch(theme: Theme) -> AnyView {
    let choices =
        [(Theme::System, Icon::Screen, "As the system"), (Theme::Light, Icon::Sun, "Light"), (Theme::Dark, Icon::Moon, "Dark")];
    let buttons = choices.map(|(choice, icon, label)| {
        view! {
            <button
                class="theme-choice"
                name="theme"
                value=choice.name()
                title=label
                aria-label=label
                aria-pressed=if theme == choice { "true" } else { "false" }
            >
                <Glyph icon />
            </button>
        }
        .part()
    });
    view! {
        <form method="post" action=endpoints::SET_THEME>
            <fieldset class="theme-switch">
                <legend class="visually-hidden">"Colours"</legend>
                {Vec::from(buttons)}
            </fieldset>
        </form>
    }
    .part()
}
