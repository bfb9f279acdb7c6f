//! The list of rooms beside a page, with as many rooms as it takes and something new in each: counted anew for each page.

use super::{
    Bench,
    pages::{ENCODINGS, Page},
};
use crate::{
    Result,
    http::ask,
    kind::Kind,
    server::Server,
    swarm::{Pace, Swarm},
};

/// With the lobby, as many as the list shows.
const ROOMS: usize = 499;
/// Counts are exact below this; one more is the dearest count there is.
const NEW: usize = 100;
/// Rooms that are written in at a time: each socket of account 0 hears what is new in all of them.
const AT_ONCE: usize = 10;
/// Account 0 makes the rooms and writes in them.
const READER: usize = 1;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let server = Server::start(Kind::Snug, &bench.programs)?;
    fill_rooms(bench, &server)?;
    let cookie = server.cookie(READER);
    // A small page: what it costs is the list.
    let shown = ask(server.addr, "GET", "/keys", &[("Cookie", cookie)], "")?.matches("99+").count();
    if shown < ROOMS {
        return Err(format!("the list shows what is new in {shown} rooms, not {ROOMS}").into());
    }
    let member = format!("{ENCODINGS}Cookie: {cookie}\r\n");
    for page in [
        Page::new(&server, "a page beside 500 rooms with news in each", "/keys", &member),
        Page::new(&server, "a room page beside 500 rooms with news in each", "/r/lobby", &member),
    ] {
        page.sample(&server, bench.time / 4)?;
        let mut times = Vec::new();
        for _ in 0..bench.repetitions {
            times.push(1e3 / page.sample(&server, bench.time)?.per_core);
        }
        bench.report.add(&format!("{}: CPU", page.name), Kind::Snug, "ms", times);
    }
    Ok(())
}

fn fill_rooms(bench: &Bench, server: &Server) -> Result<()> {
    let names: Vec<_> = (0..ROOMS).map(|room| format!("bench-{room}")).collect();
    let mut sends = 0;
    for names in names.chunks(AT_ONCE) {
        let mut swarm = Swarm::new()?.following(sends);
        for name in names {
            server.make_room(name)?;
            server.join_room(name, READER)?;
            swarm.join(server, name, 1)?;
        }
        let mut each = 0;
        while each < NEW {
            each += swarm.drive(bench.time / 4, 1, Pace::InFlight(64))?.acknowledged.len() / names.len();
        }
        sends = swarm.sends();
    }
    Ok(())
}
