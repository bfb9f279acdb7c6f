use leptos::{prelude::*, server_fn::ServerFn};
use protocol::Field;
use serde::Deserialize;

use super::{Page, Visit, document::document, field::TextField, form::Form};
use crate::{
    Typed, api,
    components::{Brand, PageContext},
    head::Head,
    next::{next_page, with_next},
};

/// Makes an account.
pub async fn register(visit: Visit) -> Page {
    let next = asked_next(&visit);
    let gate = Gate {
        title: "Create an account",
        lead: "A name and a password, and you can talk. Nothing else is asked of you.",
        other: ("Already have an account? ", with_next("/login", &next), "Sign in"),
        next,
        form: Form::to(api::Register::PATH, &visit),
        button: "Create account",
    };
    let Typed { username, display_name, .. } = gate.form.typed();
    gate.page(
        &visit,
        [
            TextField {
                value: username,
                autocomplete: "username",
                hint: "2 to 30 of a–z, 0–9, _ - and a dot. Others find you by it.",
                ..TextField::new(Field::Username, "username")
            },
            TextField {
                value: display_name,
                autocomplete: "name",
                optional: true,
                hint: "Stands beside your messages. You may leave it empty.",
                ..TextField::new(Field::DisplayName, "display_name")
            },
            TextField {
                kind: "password",
                autocomplete: "new-password",
                hint: "At least 8 characters. A few unrelated words are easy to keep in mind.",
                ..TextField::new(Field::Password, "password")
            },
        ],
    )
    .await
}

/// Signs in.
pub async fn login(visit: Visit) -> Page {
    let next = asked_next(&visit);
    let gate = Gate {
        title: "Sign in",
        lead: "Welcome back. Sign in to write, and to see the rooms you are in.",
        other: ("New here? ", with_next("/register", &next), "Create an account"),
        next,
        form: Form::to(api::Login::PATH, &visit),
        button: "Sign in",
    };
    let Typed { username, .. } = gate.form.typed();
    gate.page(
        &visit,
        [
            TextField { value: username, autocomplete: "username", ..TextField::new(Field::Username, "username") },
            TextField { kind: "password", autocomplete: "current-password", ..TextField::new(Field::Password, "password") },
        ],
    )
    .await
}

/// Where to go afterwards, as the address says.
fn asked_next(visit: &Visit) -> String {
    #[derive(Default, Deserialize)]
    struct Asked {
        next: Option<String>,
    }

    visit.query::<Asked>().next.unwrap_or_default()
}

/// A page with one form and nothing around it.
struct Gate {
    title: &'static str,
    lead: &'static str,
    /// A question, and the page that is the answer.
    other: (&'static str, String, &'static str),
    next: String,
    form: Form,
    button: &'static str,
}

impl Gate {
    async fn page<const N: usize>(self, visit: &Visit, fields: [TextField; N]) -> Page {
        document(visit, Head::new(self.title, Vec::new()), |page| self.view(page, fields)).await
    }

    fn view<const N: usize>(self, page: PageContext, fields: [TextField; N]) -> AnyView {
        let (question, address, answer) = self.other;
        let signed_in = page.viewer.get_value().map(|user| {
            view! {
                <p class="note">
                    "You are signed in as " <bdi>{user.name}</bdi> ". " <a href=next_page(&self.next)>"Go on"</a>
                </p>
            }
        });
        let fields = fields.map(|field| self.form.field(field)).into_iter().collect_view();
        let fields = view! {
            <input type="hidden" name="next" value=self.next />
            {fields}
        };
        view! {
            <section class="gate">
                <div class="gate-card">
                    <Brand />
                    <h1>{self.title}</h1>
                    <p class="gate-lead">{self.lead}</p>
                    {signed_in}
                    {self.form.view(fields.into_any(), self.button)}
                    <p class="gate-other">{question} <a href=address>{answer}</a></p>
                </div>
            </section>
        }
        .into_any()
    }
}
