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
const NEW: u64 = 100;
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
    let mut swarm = Swarm::new()?;
    for room in 0..ROOMS {
        let name = format!("bench-{room}");
        server.make_room(&name)?;
        server.join_room(&name, READER)?;
        swarm.join(server, &name, 1)?;
    }
    let before = swarm.head();
    while swarm.head() < before + NEW {
        swarm.drive(bench.time / 2, 1, Pace::InFlight(64))?;
    }
    Ok(())
}
