use leptos::{prelude::*, server_fn::ServerFn};
use protocol::Field;
use serde::Deserialize;

use super::{
    Page, Visit,
    chooser::{CORRESPONDENTS, script},
    document::document,
    field::TextField,
    form::Form,
};
use crate::{api::Converse, head::Head, next::with_next};

/// Begins a direct conversation, or finds the one that there is: `/messages/new`.
pub async fn new_message(visit: Visit) -> Page {
    let form = Form::to(Converse::PATH, &visit);
    let Asked { to } = visit.query();
    document(&visit, Head::new("New message", Vec::new()), |page| {
        let body = if page.is_signed_in() { people_form(&visit, &form, to).into_any() } else { sign_in_first().into_any() };
        view! {
            <section class="gate gate--framed">
                <div class="gate-card">
                    <h1>"New message"</h1>
                    {body}
                </div>
            </section>
        }
        .into_any()
    })
    .await
}

/// Whom the address names.
#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    to: String,
}

fn people_form(visit: &Visit, form: &Form, to: String) -> impl IntoView + use<> {
    let value = if form.is_refused() { form.typed().people } else { to };
    let hint = "User names, with blanks between them: up to eight. Nobody else will see what you write to each other.";
    let people = Some((CORRESPONDENTS.to_owned(), true));
    let fields = form.field(TextField { value, hint, people, ..TextField::new(Field::People, "people") });
    view! {
        <p class="gate-lead">"A conversation between you and some others. It is the same one each time you write to the same people."</p>
        {form.view(fields, "Go on")} {script(visit)}
    }
}

fn sign_in_first() -> impl IntoView {
    view! {
        <p class="gate-lead">"Messages are written by people with an account."</p>
        <p class="gate-actions">
            <a href=with_next("/login", "/messages/new") class="button">
                "Sign in"
            </a>
        </p>
    }
}
