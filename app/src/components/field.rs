use leptos::prelude::*;
use protocol::Field;

use super::Posting;

/// A line to type into, with its label, a hint, and beside it what is wrong with it.
#[component]
pub(crate) fn TextField(
    /// Which field it is.
    field: Field,
    /// Its name in the form.
    name: &'static str,
    /// Label, where it is not the field's own.
    #[prop(optional)]
    label: Option<&'static str>,
    /// What may stand in it.
    #[prop(optional)]
    hint: &'static str,
    /// Kind of input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What stands in it at first.
    #[prop(optional)]
    value: String,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// The form it is in.
    posting: Posting,
) -> impl IntoView {
    let fault = Memo::new(move |_| posting.refusal.with(|refusal| refusal.as_ref()?.about(field)));
    let (hint_id, fault_id) = (format!("{name}-hint"), format!("{name}-fault"));
    let described_by = if hint.is_empty() { fault_id.clone() } else { format!("{fault_id} {hint_id}") };
    let hint = (!hint.is_empty()).then(|| view! { <p class="field-hint" id=hint_id>{hint}</p> });
    // Names and passwords are not prose.
    let verbatim = matches!(field, Field::Username | Field::Password).then_some("none");
    view! {
        <div class="field">
            <label for=name>
                {label.unwrap_or(field.label())} {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
            </label>
            <input
                id=name
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                autocapitalize=verbatim
                spellcheck=verbatim.map(|_| "false")
                required=!optional
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=described_by
            />
            <p class="field-fault" id=fault_id>
                {move || fault.get()}
            </p>
            {hint}
        </div>
    }
}
