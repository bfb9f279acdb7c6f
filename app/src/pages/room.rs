use protocol::{ClientId, ErrorCode};

use super::{
    Page, Visit,
    failure::{failure, nothing_here},
    shell::living,
};
use crate::room::{Address, PageData, head};

/// A room: `/r/{slug}` and `/r/{slug}/m/{seq}`.
pub async fn room(visit: Visit) -> Page {
    let Some(mut address) = Address::parse(visit.uri.path(), visit.uri.query().unwrap_or_default()) else {
        return nothing_here(&visit).await;
    };
    let (slug, window) = (address.slug.clone().into(), address.place.window());
    let (page, rooms) = match chat::messages::page_and_rooms(&visit.chat, visit.actor(), &slug, window).await {
        Ok((page, _)) if address.place.is_missing_in(&page) => return nothing_here(&visit).await,
        Ok(read) => read,
        Err(error) if error.public().code == ErrorCode::NotFound => return nothing_here(&visit).await,
        Err(error) => return failure(&visit, &error),
    };
    // A room can be asked for by its id as well; its own name is the slug.
    address.slug.clone_from(&page.room.slug);
    let named =
        address.place.focus().and_then(|seq| page.messages.iter().find(|message| message.seq == seq)).map(|message| &**message);
    let head = head(&address, &page.room, named, &visit.origin());
    let data = PageData { viewer: visit.viewer(), rooms, page, form_id: ClientId::generate(), zone: visit.zone() };
    living(&visit, &head, address, data)
}
