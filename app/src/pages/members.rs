//! Who is in a room: `/r/{slug}/members`.

use chat::rooms::{Banned, FOR_GOOD, Member, MembersPage, MembersSearch};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Field, Room, RoomRole, User};
use serde::Deserialize;

use super::{
    Page, Visit,
    chooser::script,
    document::document,
    failure::refused_in_room,
    field::TextField,
    form::{Form, refusal},
    person::{Forms, ban_terms, person, person_here},
};
use crate::{
    api::{AddMember, BanNamed, UnbanMember},
    head::Head,
    next::value,
    state::clock,
};

/// What the address asks for.
#[derive(Default, Deserialize)]
struct Asked {
    /// What is looked for among the members.
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: u64,
}

/// The members of a room, by role; and for those who may, what they can do about them.
pub async fn members(visit: Visit) -> Page {
    let asked: Asked = visit.query();
    let add = Form::beside(AddMember::PATH, &visit);
    let shown = match show(&visit, &asked, &add).await {
        Ok(shown) => shown,
        Err(error) => return refused_in_room(&visit, &error).await,
    };
    let head = Head::new(&["Members of ", &shown.page.room.name].concat(), Vec::new());
    // What is said against the name stands at its field.
    let refused = refusal(&visit).filter(|_| !add.is_refused());
    document(&visit, head, |_| view(&visit, &asked, shown, &add, refused)).await
}

struct Shown {
    page: MembersPage,
    /// Those with the name in theirs that could not be added.
    candidates: Vec<User>,
    banned: Vec<Banned>,
}

async fn show(visit: &Visit, asked: &Asked, add: &Form) -> Result<Shown, chat::Error> {
    let (room, actor) = (visit.slug().to_owned().into(), visit.actor());
    let search = MembersSearch { text: &asked.q, page: asked.page };
    Ok(Shown {
        page: chat::rooms::members(&visit.chat, actor, &room, search).await?,
        candidates: chat::rooms::candidates(&visit.chat, actor, &room, &add.typed().username).await?,
        banned: chat::rooms::banned(&visit.chat, actor, &room).await?,
    })
}

fn view(visit: &Visit, asked: &Asked, shown: Shown, form: &Form, refused: Option<String>) -> AnyView {
    let Shown { page, candidates, banned } = shown;
    let room = page.room.clone();
    let forms = Forms { room: room.slug.clone(), house: false };
    let total = if page.total == 1 { "1 member".to_owned() } else { [&page.total.to_string(), " members"].concat() };
    let add = page.rights.add.then(|| add(visit, form, &forms, candidates));
    let pages = pages(&asked.q, &page);
    view! {
        <div class="people">
            <header class="people-head">
                <h1>"Members of " <span dir="auto">{room.name.clone()}</span></h1>
                <p>{total} " · " <a href=["/r/", &room.slug].concat()>"Back to the room"</a></p>
            </header>
            <p class="form-fault" role="alert">
                {refused}
            </p>
            {add}
            {search(&room, asked)}
            {groups(visit, &forms, page.members)}
            {pages}
            {page.rights.moderate.then(|| banned_people(visit, &forms, banned))}
        </div>
    }
    .into_any()
}

/// Adds somebody by user name. Where a name is nobody's, those are shown who have it in theirs.
fn add(visit: &Visit, form: &Form, forms: &Forms, candidates: Vec<User>) -> impl IntoView + use<> {
    let found = candidates.into_iter().map(|user| {
        let username = user.username.clone();
        let label = ["Add ", &user.name].concat();
        let button = view! {
            <input type="hidden" name="username" value=username />
            <button class="button button--quiet" aria-label=label>
                "Add"
            </button>
        };
        view! { <li class="person">{person(&user)} {forms.post(AddMember::PATH, button.into_any())}</li> }
    });
    let found = found.collect_view();
    let people = Some((["/r/", &forms.room, "/people"].concat(), false));
    let value = form.typed().username;
    let field = form.field(TextField { value, people, ..TextField::new(Field::Username, "username") });
    let fields = view! {
        <input type="hidden" name="room" value=forms.room.clone() />
        {field}
    };
    view! {
        <section class="people-part">
            <h2>"Add somebody"</h2>
            {form.view(fields.into_any(), "Add")}
            <ul class="people-list">{found}</ul>
            {script(visit)}
        </section>
    }
}

fn search(room: &Room, asked: &Asked) -> impl IntoView + use<> {
    view! {
        <form class="people-form" role="search" method="get" action=["/r/", &room.slug, "/members"].concat()>
            <input type="search" name="q" value=asked.q.clone() aria-label="Find a member" placeholder="Find a member" />
            <button class="button button--quiet">"Search"</button>
        </form>
    }
}

/// One part for each role, in each first who is there now.
fn groups(visit: &Visit, forms: &Forms, members: Vec<Member>) -> AnyView {
    if members.is_empty() {
        return view! { <p class="note">"Nobody with this name is in the room."</p> }.into_any();
    }
    let groups = members.chunk_by(|one, next| one.role == next.role).map(|group| {
        let title = match group.first().map(|member| member.role) {
            Some(RoomRole::Owner) => "Owners",
            Some(RoomRole::Moderator) => "Moderators",
            _ => "Members",
        };
        let rows = group.iter().map(|member| row(visit, forms, member)).collect_view();
        view! {
            <section class="people-part">
                <h2>{title}</h2>
                <ul class="people-list">{rows}</ul>
            </section>
        }
    });
    groups.collect_view().into_any()
}

fn row(visit: &Visit, forms: &Forms, member: &Member) -> impl IntoView + use<> {
    let muted = member.muted_until.map(|until| ["Muted ", &until_when(visit, Some(until))].concat());
    view! {
        <li class="person">
            {person_here(&member.user, member.presence, member.status.as_ref())}
            {muted.map(|muted| view! { <span class="person-note">{muted}</span> })}
            {forms.menu(member)}
        </li>
    }
}

fn banned_people(visit: &Visit, forms: &Forms, banned: Vec<Banned>) -> impl IntoView + use<> {
    let rows = banned.into_iter().map(|ban| {
        let until = until_when(visit, ban.until);
        let reason = if ban.reason.is_empty() { String::new() } else { [": ", &ban.reason].concat() };
        let note = ["By ", &ban.by, ", ", &until, &reason].concat();
        let user = ban.user.id.to_string();
        let button = view! {
            <input type="hidden" name="user" value=user />
            <button class="button button--quiet">"Let in again"</button>
        };
        view! {
            <li class="person">
                {person(&ban.user)} <span class="person-note" dir="auto">
                    {note}
                </span> {forms.post(UnbanMember::PATH, button.into_any())}
            </li>
        }
    });
    view! {
        <section class="people-part">
            <h2>"Banned"</h2>
            <form class="people-form" method="post" action=BanNamed::PATH>
                <input type="hidden" name="room" value=forms.room.clone() />
                <input
                    type="text"
                    name="username"
                    aria-label="User name of whom to ban"
                    placeholder="User name"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                />
                {ban_terms()}
                <button class="button button--quiet danger">"Ban"</button>
            </form>
            <ul class="people-list">{rows.collect_view()}</ul>
        </section>
    }
}

fn until_when(visit: &Visit, until: Option<i64>) -> String {
    match until {
        Some(until) if until < FOR_GOOD => ["until ", &clock::full_label(visit.local(until))].concat(),
        _ => "for good".to_owned(),
    }
}

/// The ways to the pages of members before and after this one, of those that were looked for.
pub(super) fn pages(q: &str, page: &MembersPage) -> Option<impl IntoView + use<>> {
    let at = |number: u64| {
        let number = number.to_string();
        if q.is_empty() { ["?page=", &number].concat() } else { ["?q=", &value(q), "&page=", &number].concat() }
    };
    let before = (page.page > 1).then(|| view! { <a href=at(page.page - 1)>"Page before"</a> });
    let next = page.has_more.then(|| view! { <a href=at(page.page + 1)>"Next page"</a> });
    (before.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="rooms-pages" aria-label="Pages of members">
                {before} {next}
            </nav>
        }
    })
}
