use leptos::{form::ActionForm, prelude::*, server::ServerAction};
use leptos_meta::Title;
use leptos_router::{components::A, hooks::use_query_map};
use protocol::Field;

use crate::{
    Typed,
    api::{self, next_page, with_next},
    components::{Brand, ErrorSummary, Refusal, SubmitButton, TextField, typed},
    session::use_viewer,
};

/// Makes an account.
#[component]
pub(crate) fn Register() -> impl IntoView {
    let next = asked_next();
    let (kept_next, login) = (next.clone(), with_next("/login", &next));
    let action = ServerAction::<api::Register>::new();
    let refusal: Refusal = Signal::derive(move || action.value().get().and_then(Result::err));
    let Typed { username, display_name, .. } = typed(refusal);
    let form = view! {
        <ErrorSummary refusal />
        <ActionForm action attr:class="form">
            <input type="hidden" name="next" value=kept_next />
            <TextField
                field=Field::Username
                name="username"
                value=username
                autocomplete="username"
                hint="2 to 30 of a–z, 0–9, _ - and a dot. Others find you by it."
                refusal
            />
            <TextField
                field=Field::DisplayName
                name="display_name"
                value=display_name
                autocomplete="name"
                optional=true
                hint="Stands beside your messages. You may leave it empty."
                refusal
            />
            <TextField
                field=Field::Password
                name="password"
                kind="password"
                autocomplete="new-password"
                hint="At least 8 characters. A few unrelated words are easy to keep in mind."
                refusal
            />
            <SubmitButton label="Create account" pending=action.pending() />
        </ActionForm>
        <p class="gate-other">
            "Already have an account? " <A href=login>"Sign in"</A>
        </p>
    };
    view! {
        <Title text="Create an account" />
        <Gate title="Create an account" lead="A name and a password, and you can talk. Nothing else is asked of you." next>
            {form.into_any()}
        </Gate>
    }
}

/// Signs in.
#[component]
pub(crate) fn Login() -> impl IntoView {
    let next = asked_next();
    let (kept_next, register) = (next.clone(), with_next("/register", &next));
    let action = ServerAction::<api::Login>::new();
    let refusal: Refusal = Signal::derive(move || action.value().get().and_then(Result::err));
    let Typed { username, .. } = typed(refusal);
    let form = view! {
        <ErrorSummary refusal />
        <ActionForm action attr:class="form">
            <input type="hidden" name="next" value=kept_next />
            <TextField field=Field::Username name="username" value=username autocomplete="username" refusal />
            <TextField field=Field::Password name="password" kind="password" autocomplete="current-password" refusal />
            <SubmitButton label="Sign in" pending=action.pending() />
        </ActionForm>
        <p class="gate-other">
            "New here? " <A href=register>"Create an account"</A>
        </p>
    };
    view! {
        <Title text="Sign in" />
        <Gate title="Welcome back" lead="Sign in to write, and to see the rooms you are in." next>
            {form.into_any()}
        </Gate>
    }
}

/// Where to go afterwards, as the address says.
fn asked_next() -> String {
    use_query_map().with_untracked(|query| query.get_str("next").unwrap_or_default().to_owned())
}

/// A page with one form and nothing around it.
#[component]
fn Gate(title: &'static str, lead: &'static str, next: String, children: Children) -> impl IntoView {
    let signed_in = use_viewer().user.map(|user| {
        view! {
            <p class="note">
                {format!("You are signed in as {}. ", user.name)}
                <a href=next_page(&next)>"Go on as this one"</a>
            </p>
        }
    });
    view! {
        <section class="gate">
            <div class="gate-card">
                <Brand />
                <h1>{title}</h1>
                <p class="gate-lead">{lead}</p>
                {signed_in}
                {children()}
            </div>
        </section>
    }
}
