use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use protocol::Field;

use crate::{
    Typed,
    api::{self, next_page, with_next},
    components::{Brand, PostForm, Posting, TextField},
    session::use_viewer,
};

/// Makes an account.
#[component]
pub(crate) fn Register() -> impl IntoView {
    let next = asked_next();
    let posting = Posting::to(api::Register::PATH);
    let Typed { username, display_name, .. } = posting.typed();
    let gate = Gate {
        title: "Create an account",
        lead: "A name and a password, and you can talk. Nothing else is asked of you.",
        other: ("Already have an account? ", with_next("/login", &next), "Sign in"),
        next: next.clone(),
    };
    gate.around(view! {
        <PostForm posting button="Create account">
            <input type="hidden" name="next" value=next />
            <TextField
                field=Field::Username
                name="username"
                value=username
                autocomplete="username"
                hint="2 to 30 of a–z, 0–9, _ - and a dot. Others find you by it."
                posting
            />
            <TextField
                field=Field::DisplayName
                name="display_name"
                value=display_name
                autocomplete="name"
                optional=true
                hint="Stands beside your messages. You may leave it empty."
                posting
            />
            <TextField
                field=Field::Password
                name="password"
                kind="password"
                autocomplete="new-password"
                hint="At least 8 characters. A few unrelated words are easy to keep in mind."
                posting
            />
        </PostForm>
    })
}

/// Signs in.
#[component]
pub(crate) fn Login() -> impl IntoView {
    let next = asked_next();
    let posting = Posting::to(api::Login::PATH);
    let Typed { username, .. } = posting.typed();
    let gate = Gate {
        title: "Sign in",
        lead: "Welcome back. Sign in to write, and to see the rooms you are in.",
        other: ("New here? ", with_next("/register", &next), "Create an account"),
        next: next.clone(),
    };
    gate.around(view! {
        <PostForm posting button="Sign in">
            <input type="hidden" name="next" value=next />
            <TextField field=Field::Username name="username" value=username autocomplete="username" posting />
            <TextField field=Field::Password name="password" kind="password" autocomplete="current-password" posting />
        </PostForm>
    })
}

/// Where to go afterwards, as the address says.
fn asked_next() -> String {
    use_query_map().with_untracked(|query| query.get_str("next").unwrap_or_default().to_owned())
}

/// A page with one form and nothing around it.
struct Gate {
    title: &'static str,
    lead: &'static str,
    /// A question, and the page that is the answer.
    other: (&'static str, String, &'static str),
    next: String,
}

impl Gate {
    fn around(self, form: impl IntoView + 'static) -> AnyView {
        let (question, address, answer) = self.other;
        let signed_in = use_viewer().user.map(|user| {
            view! {
                <p class="note">
                    {["You are signed in as ", &user.name, ". "].concat()} <a href=next_page(&self.next)>"Go on"</a>
                </p>
            }
        });
        view! {
            <Title text=self.title />
            <section class="gate">
                <div class="gate-card">
                    <Brand />
                    <h1>{self.title}</h1>
                    <p class="gate-lead">{self.lead}</p>
                    {signed_in}
                    {form.into_any()}
                    <p class="gate-other">{question} <a href=address>{answer}</a></p>
                </div>
            </section>
        }
        .into_any()
    }
}
