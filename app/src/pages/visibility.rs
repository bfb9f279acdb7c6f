use leptos::prelude::*;
use protocol::Field;

use super::form::Form;

/// Who may see a room: what is most open unless chosen otherwise. Where nothing may be public, that is no choice.
pub(super) fn choose(chosen: &str, form: &Form, may_be_public: bool) -> impl IntoView + use<> {
    let choice = |value: &'static str, name: &'static str, meaning: &'static str| {
        let first = if may_be_public { "public" } else { "open" };
        let checked = if chosen.is_empty() { value == first } else { value == chosen };
        view! {
            <label class="choice">
                <input type="radio" name="visibility" value=value checked=checked />
                <span class="choice-name">{name}</span>
                <span class="choice-meaning">{meaning}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field choices" aria-describedby="visibility-fault">
            <legend>{Field::Visibility.label()}</legend>
            {may_be_public
                .then(|| choice("public", "Public", "A page on the web: anyone can read it, people with an account can join and write."))}
            {choice("open", "Open", "People with an account can find it and join; only members read and write.")}
            {choice("private", "Private", "Its members alone know that it is there, and add others to it.")}
            <p class="field-fault" id="visibility-fault">
                {form.fault(Field::Visibility)}
            </p>
        </fieldset>
    }
}
