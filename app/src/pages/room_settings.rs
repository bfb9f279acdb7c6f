//! What there is to settle about a room: `/r/{slug}/settings`.

use chat::rooms::{SLOW_SECONDS, Settings};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Field, Room};

use super::{Page, Visit, document::document, failure::refused_in_room, field::TextField, form::Form, namesake, visibility};
use crate::{
    Typed,
    api::{ArchiveRoom, DeleteRoom, EditRoom, SetAddress, SetVisibility, SlowDown},
    head::Head,
};

/// Everything that may be changed of a room, for those who may change any of it.
pub async fn room_settings(visit: Visit) -> Page {
    let room = visit.slug().to_owned().into();
    match chat::rooms::settings(&visit.chat, visit.actor(), &room).await {
        Ok(settings) => {
            let head = Head::new(&["Settings of ", &settings.room.name].concat(), Vec::new());
            let edit = Form::to(EditRoom::PATH, &visit);
            let namesake = namesake::namesake(&visit, &edit).await;
            document(&visit, head, |_| view(&visit, settings, &edit, namesake)).await
        }
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

/// Where name and topic were changed before there was more.
pub async fn edit_room(visit: Visit) -> Page {
    Page::moved_to(&["/r/", visit.slug(), "/settings"].concat())
}

fn view(visit: &Visit, settings: Settings, edit: &Form, namesake: Option<Room>) -> AnyView {
    let Settings { room, rights } = settings;
    let live = !room.archived;
    let name = room.name.clone();
    let back = ["/r/", &room.slug].concat();
    view! {
        <div class="people settings">
            <header class="people-head">
                <h1>"Settings of " <span dir="auto">{name}</span></h1>
                <p><a href=back>"Back to the room"</a></p>
            </header>
            {rights.edit.then(|| name_and_topic(edit, &room, namesake))}
            {(rights.manage && live).then(|| view! { {who_may_see(visit, &room)} {address(visit, &room)} })}
            {rights.moderate.then(|| slow_mode(visit, &room))}
            {(rights.moderate && live).then(|| view! { {hooks(&room)} {webhooks(&room)} })}
            {rights.manage.then(|| view! { {archive(visit, &room)} {delete(visit, &room)} })}
        </div>
    }
    .into_any()
}

/// A part of the page.
fn part(title: &'static str, lead: &'static str, form: impl IntoView + 'static) -> impl IntoView {
    view! {
        <section class="people-part">
            <h2>{title}</h2>
            <p class="field-hint">{lead}</p>
            {form}
        </section>
    }
}

fn hidden(room: &Room) -> impl IntoView + use<> {
    view! { <input type="hidden" name="room" value=room.slug.clone() /> }
}

fn name_and_topic(form: &Form, room: &Room, namesake: Option<Room>) -> impl IntoView + use<> {
    // What was typed and refused stands there again, be it empty.
    let stored = Typed { name: room.name.clone(), topic: room.topic.clone(), ..Typed::default() };
    let Typed { name, topic, .. } = if form.is_refused() { form.typed() } else { stored };
    let fields = view! {
        {hidden(room)}
        {form.field(TextField { value: name, hint: "Up to 60 characters. Its address stays.", ..TextField::new(Field::Name, "name") })}
        {namesake.map(namesake::view)}
        {form.field(TextField::topic(topic))}
    };
    let form = form.view(fields.into_any(), "Save").into_any();
    part("Name and topic", "Everybody who has the room open sees the change at once.", form)
}

fn who_may_see(visit: &Visit, room: &Room) -> impl IntoView + use<> {
    let form = Form::beside(SetVisibility::PATH, visit);
    let chosen = match room.visibility {
        protocol::Visibility::Public => "public",
        protocol::Visibility::Open => "open",
        protocol::Visibility::Private | protocol::Visibility::Direct => "private",
    };
    let fields = view! { {hidden(room)} {visibility::choose(chosen, &form, visit.chat.settings().public_rooms)} };
    let form = form.view(fields.into_any(), "Change who may see it").into_any();
    part(
        "Who may see it",
        "Made private, it is gone at once for all who are no members, and gets an address that nobody can guess.",
        form,
    )
}

fn address(visit: &Visit, room: &Room) -> impl IntoView + use<> {
    let form = Form::beside(SetAddress::PATH, visit);
    let fields = view! {
        {hidden(room)}
        {form
            .field(TextField {
                value: room.slug.clone(),
                hint: "Letters, digits and -. It stands behind /r/.",
                ..TextField::new(Field::Address, "address")
            })}
    };
    let form = form.view(fields.into_any(), "Change the address").into_any();
    part("Address", "The one before goes on leading here, until another room takes it.", form)
}

fn slow_mode(visit: &Visit, room: &Room) -> impl IntoView + use<> {
    let form = Form::beside(SlowDown::PATH, visit);
    let now = room.slow_seconds;
    let options = SLOW_SECONDS.into_iter().map(|seconds| {
        let label = match seconds {
            0 => "Off".to_owned(),
            60 => "1 minute".to_owned(),
            300 => "5 minutes".to_owned(),
            seconds => [&seconds.to_string(), " seconds"].concat(),
        };
        view! {
            <option value=seconds.to_string() selected=seconds == now>
                {label}
            </option>
        }
    });
    let fields = view! {
        {hidden(room)}
        <div class="field">
            <label for="seconds">"Time between two messages of a member"</label>
            <select id="seconds" name="seconds">
                {options.collect_view()}
            </select>
        </div>
    };
    let form = form.view(fields.into_any(), "Set slow mode").into_any();
    part("Slow mode", "Owners and moderators do not wait.", form)
}

fn hooks(room: &Room) -> impl IntoView + use<> {
    let path = ["/r/", &room.slug, "/hooks"].concat();
    let link = view! { <p><a href=path>"Hooks of this room"</a></p> };
    part("Hooks", "Addresses to which other programs post what is to be read here: alerts, builds, commits.", link)
}

fn webhooks(room: &Room) -> impl IntoView + use<> {
    let href = ["/r/", &room.slug, "/outgoing"].concat();
    let commands = ["/r/", &room.slug, "/commands"].concat();
    let link = view! {
        <p>
            <a href=href>"Outgoing webhooks"</a>
        </p>
        <p>
            <a href=commands>"Commands"</a>
        </p>
    };
    part("Programs", "What is said here can go to a program elsewhere, which may answer.", link)
}

fn archive(visit: &Visit, room: &Room) -> impl IntoView + use<> {
    let form = Form::beside(ArchiveRoom::PATH, visit);
    let (value, button, lead) = if room.archived {
        ("false", "Bring it back", "It is archived: it can be read, stands in no list, and nobody writes.")
    } else {
        ("true", "Archive this room", "Then it can be read and nothing else, and stands in no list. It can be brought back.")
    };
    let fields = view! { {hidden(room)} <input type="hidden" name="archived" value=value /> };
    part("Archive", lead, form.view(fields.into_any(), button).into_any())
}

fn delete(visit: &Visit, room: &Room) -> impl IntoView + use<> {
    let form = Form::beside(DeleteRoom::PATH, visit);
    let fault = form.fault(Field::Name);
    let fields = view! {
        {hidden(room)}
        <div class="field">
            <label for="confirm">"Type “" <span dir="auto">{room.name.clone()}</span> "” to confirm"</label>
            <input
                id="confirm"
                name="confirm"
                type="text"
                autocomplete="off"
                required
                aria-invalid=fault.is_some().then_some("true")
                aria-describedby="confirm-fault"
            />
            <p class="field-fault" id="confirm-fault">
                {fault}
            </p>
        </div>
    };
    let form = form.view(fields.into_any(), "Delete this room").into_any();
    part("Delete", "The room goes for good, with everything that was written in it.", form)
}
