use leptos::prelude::*;
use protocol::Field;

use super::form::Form;

/// Who may see a room: public unless chosen otherwise.
pub(super) fn choose(chosen: &str, form: &Form) -> impl IntoView + use<> {
    let choice = |value: &'static str, name: &'static str, meaning: &'static str| {
        let checked = if chosen.is_empty() { value == "public" } else { value == chosen };
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
            {choice("public", "Public", "A page on the web: anyone can read it, people with an account can join and write.")}
            {choice("open", "Open", "People with an account can find it and join; only members read and write.")}
            {choice("private", "Private", "Its members alone know that it is there, and add others to it.")}
            <p class="field-fault" id="visibility-fault">
                {form.fault(Field::Visibility)}
            </p>
        </fieldset>
    }
}
