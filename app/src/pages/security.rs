//! How one comes in: `/settings/security`.

use chat::{Session, accounts::Ties, sessions::Listed};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::Field;

use super::{
    Page, Visit,
    device::device,
    failure::failure,
    field::TextField,
    form::Form,
    settings::{Outcome, Tab, room_items, settings, sign_in_first},
};
use crate::{
    api::{ChangePassword, DeleteAccount, EndOtherSessions, EndSession, RenameAccount},
    state::clock,
};

/// What is said of what was done.
const NOTICES: [(&str, &str); 4] = [
    ("password", "Your password is changed. Everything else that was signed in is signed out."),
    ("username", "Your user name is changed."),
    ("session", "That session has ended."),
    ("sessions", "All other sessions have ended."),
];

/// Password, user name, sessions, and the end of the account.
pub async fn security(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    let found = async {
        let sessions = chat::sessions::list(&visit.chat, &session).await?;
        Ok::<_, chat::Error>((sessions, chat::accounts::ties(&visit.chat, &session).await?))
    };
    let (sessions, ties) = match found.await {
        Ok(found) => found,
        Err(error) => return failure(&visit, &error),
    };
    let forms = Forms::of(&visit);
    // What was wrong with the last try is newer than what was done before it.
    let notice = visit.query::<Outcome>().notice(&NOTICES).filter(|_| !forms.is_refused());
    let sections = view! {
        {forms.password()}
        {forms.username(&session)}
        {session_list(&forms.end, &sessions, visit.zone())}
        {forms.delete(ties)}
    };
    settings(&visit, Tab::Security, notice, sections.into_any()).await
}

/// The forms of the page.
struct Forms {
    password: Form,
    username: Form,
    end: Form,
    delete: Form,
}

impl Forms {
    fn of(visit: &Visit) -> Self {
        let form = |path| Form::among(path, visit);
        Self {
            password: form(ChangePassword::PATH),
            username: form(RenameAccount::PATH),
            end: form(EndSession::PATH),
            delete: form(DeleteAccount::PATH),
        }
    }

    fn is_refused(&self) -> bool {
        [&self.password, &self.username, &self.end, &self.delete].iter().any(|form| form.is_refused())
    }

    fn password(&self) -> impl IntoView + use<> {
        let fields = view! {
            {self
                .password
                .field(TextField {
                    kind: "password",
                    autocomplete: "current-password",
                    ..TextField::new(Field::CurrentPassword, "current_password")
                })}
            {self
                .password
                .field(TextField {
                    label: "New password",
                    kind: "password",
                    autocomplete: "new-password",
                    hint: "At least 8 characters. A few unrelated words are easy to keep in mind.",
                    ..TextField::new(Field::Password, "new_password")
                })}
        };
        view! {
            <section class="settings-section">
                <h2>"Password"</h2>
                <p>"Everything else that is signed in with the old one is signed out. Your access tokens stay: end them on their page."</p>
                {self.password.view(fields.into_any(), "Change password")}
            </section>
        }
    }

    fn username(&self, session: &Session) -> impl IntoView + use<> {
        let value = if self.username.is_refused() { self.username.typed().username } else { session.user.username.clone() };
        let field = self.username.field(TextField {
            value,
            autocomplete: "username",
            hint: "2 to 30 of a–z, 0–9, _ - and a dot. Somebody else may take the one that you give up.",
            ..TextField::new(Field::Username, "username")
        });
        view! {
            <section class="settings-section">
                <h2>"User name"</h2>
                {self.username.view(field, "Change user name")}
            </section>
        }
    }

    fn delete(&self, ties: Ties) -> impl IntoView + use<> {
        let body = if ties == Ties::default() {
            let field = self.delete.field(TextField {
                kind: "password",
                autocomplete: "current-password",
                ..TextField::new(Field::CurrentPassword, "password")
            });
            self.delete.dangerous(field, "Delete my account").into_any()
        } else {
            needed(ties).into_any()
        };
        view! {
            <section class="settings-section">
                <h2>"Delete account"</h2>
                <p>
                    "What you wrote stays, under the name of a former member. Your profile, memberships and sessions go. This cannot be undone."
                </p>
                {body}
            </section>
        }
    }
}

/// Who has to be made an owner before the account can go.
fn needed(Ties { house, rooms }: Ties) -> impl IntoView {
    let house = house.then(|| view! { <li>"this Snug itself"</li> });
    view! {
        <p class="note">"You are the last owner here. Make somebody else an owner first, then come back:"</p>
        <ul class="settings-list">{house} {room_items(rooms)}</ul>
    }
}

fn session_list(end: &Form, sessions: &[Listed], zone: i32) -> impl IntoView + use<> {
    let others = sessions.iter().any(|listed| !listed.is_this).then(|| {
        view! {
            <form method="post" action=EndOtherSessions::PATH>
                <button class="button button--quiet">"End all others"</button>
            </form>
        }
    });
    let fault = end.general();
    view! {
        <section class="settings-section">
            <h2>"Sessions"</h2>
            <p>"Where you are signed in. End what you do not know, and change your password then."</p>
            {fault.map(|fault| view! { <p class="form-fault" role="alert">{fault}</p> })}
            <ul class="sessions">{sessions.iter().map(|listed| session_line(listed, zone)).collect_view()}</ul>
            {others}
        </section>
    }
}

fn session_line(listed: &Listed, zone: i32) -> impl IntoView + use<> {
    let Listed { id, agent, address, began, used, is_this } = listed.clone();
    let name = device(&agent);
    let moment = |at: i64| {
        view! { <time datetime=clock::iso_utc(at)>{clock::full_label(clock::to_local(at, zone))}</time> }
    };
    let label = ["End the session of ", &name, " at ", &address].concat();
    let end = if is_this {
        view! { <strong class="sessions-this">"This one"</strong> }.into_any()
    } else {
        view! {
            <form method="post" action=EndSession::PATH>
                <input type="hidden" name="session" value=id.to_string() />
                <button class="button button--quiet" aria-label=label>
                    "End"
                </button>
            </form>
        }
        .into_any()
    };
    view! {
        <li>
            <p class="sessions-device" title=agent>
                {name}
            </p>
            <p class="sessions-facts">
                {(!address.is_empty()).then(|| view! { <span>{address}</span> })} <span>"Since " {moment(began)}</span>
                <span>"Last used " {moment(used)}</span>
            </p>
            {end}
        </li>
    }
}
