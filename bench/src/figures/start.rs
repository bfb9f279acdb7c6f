//! From the start of the process to the first page.

use super::Bench;
use crate::{Result, http::ask, kind::Kind, server::Server};

const STARTS: usize = 5;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let (mut fresh, mut again) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = Server::start_new(Kind::Snug, &bench.programs)?;
        fresh.push(until_first_page(&server)?);
        let server = server.restarted(&bench.programs)?;
        again.push(until_first_page(&server)?);
    }
    bench.report.add("start with an empty folder: first page", Kind::Snug, "ms", fresh);
    bench.report.add("start with a database: first page", Kind::Snug, "ms", again);
    Ok(())
}

fn until_first_page(server: &Server) -> Result<f64> {
    ask(server.addr, "GET", "/", &[], "")?;
    Ok(server.started.elapsed().as_secs_f64() * 1e3)
}
