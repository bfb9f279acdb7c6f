use leptos::prelude::*;
use protocol::Field;

/// A line to type into, with its label, a hint, and beside it what is wrong with it.
pub(super) struct TextField {
    /// Which field it is.
    pub(super) field: Field,
    /// What it is called on screen.
    pub(super) label: &'static str,
    /// Its name in the form.
    pub(super) name: &'static str,
    /// What may stand in it.
    pub(super) hint: &'static str,
    /// Kind of input.
    pub(super) kind: &'static str,
    /// What the browser may fill in.
    pub(super) autocomplete: &'static str,
    /// What stands in it at first.
    pub(super) value: String,
    /// Whether it may stay empty.
    pub(super) optional: bool,
    /// Where people are looked for while one types, and whether it takes several of them.
    pub(super) people: Option<(String, bool)>,
}

impl TextField {
    /// A field that has to be filled in, with nothing in it yet.
    pub(super) fn new(field: Field, name: &'static str) -> Self {
        Self {
            field,
            label: field.label(),
            name,
            hint: "",
            kind: "text",
            autocomplete: "off",
            value: String::new(),
            optional: false,
            people: None,
        }
    }

    /// The topic of a room.
    pub(super) fn topic(value: String) -> Self {
        let hint = "What people talk about there, in one line.";
        Self { value, optional: true, hint, ..Self::new(Field::Topic, "topic") }
    }

    pub(super) fn view(self, fault: Option<String>, focus: bool) -> AnyView {
        let Self { field, label, name, hint, kind, autocomplete, value, optional, people } = self;
        let several = people.as_ref().is_some_and(|(_, several)| *several).then_some("");
        let (hint_id, fault_id) = (format!("{name}-hint"), format!("{name}-fault"));
        let described_by = if hint.is_empty() { fault_id.clone() } else { format!("{fault_id} {hint_id}") };
        let hint = (!hint.is_empty()).then(|| view! { <p class="field-hint" id=hint_id>{hint}</p> });
        // Names and passwords are not prose.
        let verbatim =
            matches!(field, Field::Username | Field::Password | Field::CurrentPassword | Field::People).then_some("none");
        view! {
            <div class="field">
                <label for=name>
                    {label} {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
                </label>
                <input
                    id=name
                    name=name
                    type=kind
                    value=value
                    autocomplete=autocomplete
                    autocapitalize=verbatim
                    spellcheck=verbatim.map(|_| "false")
                    dir=verbatim.is_none().then_some("auto")
                    required=!optional
                    autofocus=focus
                    aria-invalid=fault.is_some().then_some("true")
                    aria-describedby=described_by
                    data-people=people.map(|(source, _)| source)
                    data-several=several
                />
                <p class="field-fault" id=fault_id>
                    {fault}
                </p>
                {hint}
            </div>
        }
        .into_any()
    }
}
