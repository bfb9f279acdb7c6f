use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{ErrorCode, Field, Room};

use super::{
    Page, Visit,
    document::document,
    failure::{failure, nothing_here},
    field::TextField,
    form::Form,
    namesake,
};
use crate::{Typed, api::EditRoom, head::Head};

/// Changes a room's name and topic: `/r/{slug}/edit`.
pub async fn edit_room(visit: Visit) -> Page {
    let slug = visit.uri.path().split('/').nth(2).unwrap_or_default().to_owned();
    match chat::rooms::editable(&visit.chat, visit.actor(), &slug.into()).await {
        Ok(room) => {
            let head = Head::new(&["Edit ", &room.name].concat(), Vec::new());
            let form = Form::to(EditRoom::PATH, &visit);
            let namesake = namesake::namesake(&visit, &form).await;
            document(&visit, head, |_| edit_form(&form, room, namesake)).await
        }
        Err(error) if error.public().code == ErrorCode::NotFound => nothing_here(&visit).await,
        Err(error) => failure(&visit, &error),
    }
}

fn edit_form(form: &Form, room: Room, namesake: Option<Room>) -> AnyView {
    // What was typed and refused stands there again, be it empty.
    let Room { name, topic, slug, .. } = room;
    let Typed { name, topic, .. } = if form.is_refused() { form.typed() } else { Typed { name, topic, ..Typed::default() } };
    let back = ["/r/", &slug].concat();
    let fields = view! {
        <input type="hidden" name="room" value=slug />
        {form
            .field(TextField {
                value: name,
                hint: "Up to 60 characters. Its address stays: links to it go on working.",
                ..TextField::new(Field::Name, "name")
            })}
        {namesake.map(namesake::view)}
        {form.field(TextField::topic(topic))}
    };
    view! {
        <section class="gate gate--framed">
            <div class="gate-card">
                <h1>"Edit room"</h1>
                <p class="gate-lead">"Everybody who has it open sees the change at once."</p>
                {form.view(fields.into_any(), "Save")}
                <p class="gate-other">
                    <a href=back>"Back to the room"</a>
                </p>
            </div>
        </section>
    }
    .into_any()
}
