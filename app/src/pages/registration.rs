//! Who may make an account, to choose from.

use chat::RegistrationMode;
use leptos::prelude::*;

/// The choices, with what they mean.
const REGISTRATION: [(RegistrationMode, &str, &str); 3] = [
    (RegistrationMode::Open, "Everybody", "Whoever finds this house can make an account."),
    (RegistrationMode::ByInvite, "By invite", "An account takes a link that somebody in the house has made."),
    (RegistrationMode::Closed, "Nobody", "Only the command line makes accounts."),
];

/// The field, with one of them chosen.
pub(super) fn choose_registration(chosen: RegistrationMode) -> impl IntoView {
    let choices = REGISTRATION.map(|(mode, name, meaning)| {
        view! {
            <label class="choice">
                <input type="radio" name="registration" value=mode.word() checked=mode == chosen />
                <span class="choice-name">{name}</span>
                <span class="choice-meaning">{meaning}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field choices">
            <legend>"Who may make an account"</legend>
            {choices.collect_view()}
        </fieldset>
    }
}
