use chat::RegistrationMode;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{ErrorCode, Field};
use serde::Deserialize;

use super::{Page, Visit, document::document, failure::failure, field::TextField, form::Form};
use crate::{
    Typed, api,
    components::{PageContext, brand},
    head::Head,
    next::{next_page, with_next},
};

/// Makes an account.
pub async fn register(visit: Visit) -> Page {
    let Asked { next, invite, first, .. } = Asked::by(&visit);
    let (next, invite, first) = (next.unwrap_or_default(), invite.unwrap_or_default(), first.unwrap_or_default());
    let notice = match terms(&visit, &invite, &first).await {
        Ok(notice) => notice,
        Err(error) => return failure(&visit, &error),
    };
    let gate = Gate {
        title: "Create an account",
        notice,
        lead: "A name and a password, and you can talk. Nothing else is asked of you.",
        kept: vec![("invite", invite), ("first", first)],
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

/// What has to be said about who may make an account.
async fn terms(visit: &Visit, invite: &str, first: &str) -> Result<Option<&'static str>, chat::Error> {
    if chat::house::is_new(&visit.chat).await? {
        let opens = chat::house::is_first_link(&visit.chat, first).await?;
        return Ok((!opens)
            .then_some("This house is new. Its first account is made by the link that the server printed when it started."));
    }
    let registers = match visit.chat.settings().registration {
        RegistrationMode::Open => true,
        RegistrationMode::Closed => return Ok(Some("This house takes no new accounts. Its owner can make one for you.")),
        RegistrationMode::ByInvite => match chat::invites::show(&visit.chat, invite).await {
            Ok(shown) => shown.registers,
            Err(error) if error.public().code == ErrorCode::NotFound => false,
            Err(error) => return Err(error),
        },
    };
    Ok((!registers).then_some("Registration is by invite: ask somebody in this house for a link, and open it."))
}

/// Signs in.
pub async fn login(visit: Visit) -> Page {
    let asked = Asked::by(&visit);
    let notice = asked.notice(&visit);
    let next = asked.next.unwrap_or_default();
    if asked.entered.is_some() && visit.caller.session.is_some() {
        return Page::leading_to(&next_page(&next));
    }
    let gate = Gate {
        title: "Sign in",
        notice,
        lead: "Welcome back. Sign in to write, and to see the rooms you are in.",
        kept: Vec::new(),
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

/// What the address says.
#[derive(Default, Deserialize)]
struct Asked {
    /// Where to go afterwards.
    next: Option<String>,
    /// The code of an invite.
    invite: Option<String>,
    /// The token of the link that the start of a new server printed.
    first: Option<String>,
    /// The browser has just been given a session.
    entered: Option<String>,
    /// The session has ended while a page was open.
    ended: Option<String>,
    /// A new password was set by a link.
    reset: Option<String>,
}

impl Asked {
    fn by(visit: &Visit) -> Self {
        visit.query()
    }

    /// Why somebody who takes themselves to be signed in is asked to sign in.
    fn notice(&self, visit: &Visit) -> Option<&'static str> {
        match (&visit.caller.session, &self.entered) {
            (Some(_), _) => None,
            (None, Some(_)) => Some(
                "Name and password are right, but this browser keeps no cookies for this site, so it forgets at once that you are \
                 signed in. Allow cookies here, then sign in again.",
            ),
            (None, None) if self.reset.is_some() => Some("Your new password is set. Sign in with it."),
            (None, None) if self.ended.is_some() || visit.has_session_cookie() => {
                Some("Your session has ended: it was signed out elsewhere, or it was too old. Sign in to go on where you were.")
            }
            (None, None) => None,
        }
    }
}

/// A page with one form and nothing around it.
struct Gate {
    title: &'static str,
    /// What has to be said before anything else.
    notice: Option<&'static str>,
    lead: &'static str,
    /// A question, and the page that is the answer.
    other: (&'static str, String, &'static str),
    next: String,
    /// What goes along with the form unseen.
    kept: Vec<(&'static str, String)>,
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
        // What was wrong with the last try is newer.
        let notice = self.notice.filter(|_| !self.form.is_refused());
        let kept = self.kept.into_iter().filter(|(_, value)| !value.is_empty());
        let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
        let fields = fields.map(|field| self.form.field(field)).into_iter().collect_view();
        let fields = view! {
            <input type="hidden" name="next" value=self.next />
            {kept}
            {fields}
        };
        view! {
            <section class="gate">
                <div class="gate-card">
                    {brand(page.house.get_value())}
                    <h1>{self.title}</h1>
                    <p class="gate-lead">{self.lead}</p>
                    {notice.map(|notice| view! { <p class="note" role="status">{notice}</p> })}
                    {signed_in}
                    {self.form.view(fields.into_any(), self.button)}
                    <p class="gate-other">{question} <a href=address>{answer}</a></p>
                </div>
            </section>
        }
        .into_any()
    }
}
