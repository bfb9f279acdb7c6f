use chat::{
    commands::{self, Said},
    messages::Outgoing,
    rooms::Beside,
};
use http::StatusCode;
use protocol::{Answers, ClientId, ErrorCode, Quote, Seq, Standing, Window};
use serde::Deserialize;

use super::{
    Page, Visit,
    composed::Written,
    escape::escape,
    failure::{failure, no_room, nothing_here, status_of},
    form::refusal,
    not_sent::not_sent,
    shell::living,
};
use crate::{
    AppError,
    context::reveal,
    room::{Address, MISSING, PageData, Typed, for_you, head},
};

/// A room: `/r/{slug}` and `/r/{slug}/m/{seq}`; a thread: `/r/{slug}/t/{seq}`.
pub async fn room(visit: Visit) -> Page {
    let Some(mut address) = Address::parse(visit.uri.path(), visit.uri.query().unwrap_or_default()) else {
        return nothing_here(&visit).await;
    };
    let mut data = match data(&visit, &mut address).await {
        Ok(data) => data,
        Err(error) if error.public().code == ErrorCode::NotFound => return no_room(&visit).await,
        // Whoever may join reads threads then: the way is by the room.
        Err(error) if error.public().code == ErrorCode::NotAMember => {
            return Page::leading_to(&["/r/", &address.slug].concat());
        }
        Err(error) => return failure(&visit, &error),
    };
    let missing = address.place.is_missing_in(&data.page);
    if let (true, Some(seq), None) = (missing, address.place.focus(), address.thread) {
        let room = address.slug.clone().into();
        if let Ok(Some(root)) = chat::messages::stands_in(&visit.chat, visit.actor(), &room, seq).await {
            return Page::leading_to(&format!("/r/{}/t/{root}?m={seq}#m{seq}", address.slug));
        }
    }
    data.notice = if missing { Some(MISSING.to_owned()) } else { refusal(&visit) };
    let page = show(&visit, address, data, None);
    if missing { Page { status: StatusCode::NOT_FOUND, ..page } } else { page }
}

/// Sends what was written in the composer, and gives the place where it stands; or the page on which it can be done better, with the text
/// that was written.
///
/// # Errors
/// That page.
pub async fn write(visit: Visit, written: Written) -> Result<String, Page> {
    let Some(mut address) = Address::parse(visit.uri.path(), "") else { return Err(nothing_here(&visit).await) };
    // The page may be from before the room had another address.
    if let Ok(Some(now)) = chat::rooms::moved(&visit.chat, visit.actor(), &address.slug).await {
        address.slug = now;
    }
    let error = match send(&visit, &address, &written).await {
        Ok(said) => {
            let thread = address.thread.map(|root| format!("/t/{root}")).unwrap_or_default();
            match said {
                Said::Stored(sent) => return Ok(format!("/r/{}{thread}#m{}", sent.slug, sent.seq)),
                Said::Told { text, .. } if text.is_empty() => return Ok(format!("/r/{}{thread}", address.slug)),
                Said::Told { text, .. } => return Err(told(&visit, address, text).await),
            }
        }
        Err(error) => AppError::from(reveal(&error)),
    };
    let (status, retry_after) = (status_of(error.error.code), error.error.retry_after);
    let page = match data(&visit, &mut address).await {
        Ok(data) if data.page.standing == Standing::Member => {
            let refused = error.general().or_else(|| Some(error.error.message()));
            show(&visit, address, PageData { refused, ..data }, Some(&written.body))
        }
        _ => not_sent(&visit, &address.slug, &error, written),
    };
    Err(Page { status, retry_after, ..page })
}

/// The room, with what a command says to whoever asked.
async fn told(visit: &Visit, mut address: Address, text: String) -> Page {
    match data(visit, &mut address).await {
        Ok(data) => show(visit, address, PageData { notice: Some(for_you(&text)), ..data }, None),
        Err(error) => failure(visit, &error),
    }
}

async fn send(visit: &Visit, address: &Address, written: &Written) -> Result<Said, chat::Error> {
    let client_id = written.client_id.parse().map_err(|_| ErrorCode::BadRequest)?;
    let answers = Answers {
        reply_to: written.reply_to.map(Seq),
        thread_of: address.thread,
        only_in_thread: address.thread.is_some() && !written.in_room,
    };
    let message = Outgoing { answers, ..Outgoing::new(address.slug.clone().into(), client_id, written.body.clone()) };
    visit.chat.admit(chat::Deed::Send, visit.caller.address)?;
    commands::say(&visit.chat, visit.actor(), message).await
}

async fn data(visit: &Visit, address: &mut Address) -> Result<PageData, chat::Error> {
    let (slug, window): (_, Window) = (address.slug.clone().into(), address.place.window());
    let (page, Beside { rooms, arrangement, unread: news }) = match address.thread {
        Some(root) => chat::messages::thread_and_beside(&visit.chat, visit.actor(), &slug, root, window).await?,
        None => chat::messages::page_and_beside(&visit.chat, visit.actor(), &slug, window).await?,
    };
    // A room can be asked for by its id as well; its own name is the slug.
    address.slug.clone_from(&page.room.slug);
    let (viewer, administers, unread, zone) = (visit.viewer(), visit.administers(), visit.caller.unread, visit.zone());
    let form_id = ClientId::generate();
    let house = visit.house();
    Ok(PageData {
        arrangement,
        viewer,
        administers,
        house,
        unread,
        rooms,
        news: news.shown(),
        page,
        form_id,
        zone,
        notice: None,
        refused: None,
        answering: answering(visit).await,
    })
}

/// What the composer answers, where the address says so: the way for pages without a script.
async fn answering(visit: &Visit) -> Option<Box<Quote>> {
    #[derive(Default, Deserialize)]
    struct Query {
        reply: Option<i64>,
    }
    let seq = Seq(visit.query::<Query>().reply?);
    chat::messages::quote(&visit.chat, visit.actor(), &visit.slug().to_owned().into(), seq).await.ok()
}

fn show(visit: &Visit, address: Address, data: PageData, typed: Option<&str>) -> Page {
    let named = address
        .place
        .focus()
        .and_then(|seq| data.page.messages.iter().chain(&data.page.root).find(|message| message.seq == seq))
        .map(|message| &**message);
    let head = head(&address, &data.page.room, named, &visit.origin(), &visit.house().name);
    // A line end at the beginning of a text area is no part of its text.
    let typed = typed.map(|text| Typed(format!("\n{}", escape(text))));
    living(visit, &head, address, data, typed)
}
