use chat::house::Person;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::HouseRole;

use super::{Section, counted, office, people::word, refused};
use crate::{
    api::{DeleteAccountOf, Lift, SetHouseRole, SignOutEverywhere, Suspend},
    pages::{Page, Visit, form::Form},
};

/// One account, and what can be done with it: `/admin/people/{username}`.
pub async fn person(visit: Visit) -> Page {
    match chat::house::person(&visit.chat, visit.actor(), &visit.part_after("people")).await {
        Ok(person) => show(&visit, person, None).await,
        Err(error) => refused(&visit, &error).await,
    }
}

/// The same with a link that was just made, by which its owner sets a new password. It stands on this page alone, in no address.
pub async fn reset_link(visit: Visit) -> Page {
    let person = match chat::house::person(&visit.chat, visit.actor(), &visit.part_after("people")).await {
        Ok(person) => person,
        Err(error) => return refused(&visit, &error).await,
    };
    match chat::house::reset_link(&visit.chat, visit.actor(), person.account.id).await {
        Ok(token) => show(&visit, person, Some([&visit.origin(), "/reset/", &token].concat())).await,
        Err(error) => refused(&visit, &error).await,
    }
}

async fn show(visit: &Visit, person: Person, link: Option<String>) -> Page {
    let forms = Forms {
        role: Form::small(SetHouseRole::PATH, visit),
        suspend: Form::small(Suspend::PATH, visit),
        lift: Form::small(Lift::PATH, visit),
        sign_out: Form::small(SignOutEverywhere::PATH, visit),
        delete: Form::small(DeleteAccountOf::PATH, visit),
    };
    office(visit, Section::People, || {
        let account = &person.account;
        let facts = format!(
            "@{}, {}, here since {}, {}, signed in at {}",
            account.username,
            if account.bot { "bot" } else { word(account.role) },
            chat::utc(account.created_at),
            counted(person.rooms.cast_signed(), "room", "rooms"),
            counted(person.sessions.cast_signed(), "place", "places"),
        );
        let link = link.map(|link| {
            view! {
                <section class="made">
                    <h2>"A link for a new password"</h2>
                    <p>"It can be used once, within a day. It is shown this once: give it to them now."</p>
                    <p class="made-link">{link}</p>
                </section>
            }
        });
        view! {
            <h2>
                <bdi>{account.name.clone()}</bdi>
            </h2>
            <p class="office-facts">{facts}</p>
            {link}
            {forms.view(&person)}
        }
        .into_any()
    })
    .await
}

struct Forms {
    role: Form,
    suspend: Form,
    lift: Form,
    sign_out: Form,
    delete: Form,
}

impl Forms {
    fn view(&self, person: &Person) -> AnyView {
        let account = &person.account;
        let name = || view! { <input type="hidden" name="username" value=account.username.clone() /> };
        let base = ["/admin/people/", &account.username].concat();
        let suspension = match account.suspended_until {
            Some(until) => {
                let until = if until == i64::MAX { "for ever".to_owned() } else { format!("until {}", chat::utc(until)) };
                let fields = view! {
                    {name()}
                    <p>"Suspended " {until} ". " <bdi>{account.suspended_for.clone()}</bdi></p>
                };
                self.lift.view(fields.into_any(), "Lift the suspension")
            }
            None => self.suspend.view(view! { {name()} {suspend_fields()} }.into_any(), "Suspend"),
        };
        view! {
            <div class="office-forms">
                {self.role.view(view! { {name()} {role_field(account.role)} }.into_any(), "Change role")} {suspension}
                {self.sign_out.view(name().into_any(), "Sign out everywhere")}
                <form class="small-form" method="post" action=[&base, "/reset-link"].concat()>
                    <button class="button button--quiet">"Make a link for a new password"</button>
                </form>
                <form class="small-form" method="post" action=[&base, "/export"].concat()>
                    <button class="button button--quiet">"Export what is kept about them"</button>
                </form>
                {self.delete.view(view! { {name()} {confirm_field(person)} }.into_any(), "Delete this account")}
            </div>
        }
        .into_any()
    }
}

fn role_field(role: HouseRole) -> impl IntoView {
    let options = [HouseRole::Member, HouseRole::Admin, HouseRole::Owner].map(|other| {
        view! {
            <option value=word(other) selected=(other == role).then_some("")>
                {word(other)}
            </option>
        }
    });
    view! {
        <label>
            "In the house" <select name="role">{options.collect_view()}</select>
        </label>
    }
}

fn suspend_fields() -> impl IntoView {
    view! {
        <label>
            "For days (empty: until it is lifted)" <input type="number" name="days" min="1" max="36500" />
        </label>
        <label>
            "Why (they are told)" <input name="reason" maxlength="250" />
        </label>
    }
}

fn confirm_field(person: &Person) -> impl IntoView + use<> {
    let voice = person.is_voice.then_some("A hook or a command speaks through it, and goes with it. ");
    view! {
        <p class="field-hint">{voice} "Their messages stay, as those of a former member. All else goes, for good."</p>
        <label>
            {format!("Type {} to confirm", person.account.username)} <input name="confirm" required autocomplete="off" autocapitalize="none" />
        </label>
    }
}
