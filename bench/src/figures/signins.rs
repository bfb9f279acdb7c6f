//! Memory of a server that many have signed in at: each hash of a password takes 19 MiB, which have to come back.

use std::{net::SocketAddr, thread};

use super::{Bench, memory};
use crate::{Result, http::ask, kind::Kind, server::Server};

/// Who sign in at the same time.
const PEOPLE: usize = 10;
/// One after the other has an account of their own: tries are counted by account and by address.
const ACCOUNTS_EACH: usize = 10;
const SIGN_INS_EACH: usize = 10;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let server = Server::start_new(Kind::Snug, &bench.programs)?;
    let addr = server.addr;
    thread::scope(|scope| {
        let people: Vec<_> =
            (0..PEOPLE).map(|person| scope.spawn(move || sign_in(addr, person).map_err(|error| error.to_string()))).collect();
        people.into_iter().try_for_each(|person| person.join().map_err(|_| "somebody panicked".to_owned())?)
    })?;
    bench.report.add("1000 sign-ins: memory after", Kind::Snug, "MiB", vec![memory::mebibytes(memory::settled(&server)?)]);
    Ok(())
}

/// All sign-ins of one person.
fn sign_in(addr: SocketAddr, person: usize) -> Result<()> {
    for account in 0..ACCOUNTS_EACH {
        let forwarded = format!("198.51.{person}.{account}");
        let form = format!("username=bench{person}-{account}&display_name=&password=seven+small+boats");
        let headers = [
            ("Accept", "text/html"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Sec-Fetch-Site", "same-origin"),
            ("X-Forwarded-For", &forwarded),
        ];
        ask(addr, "POST", "/api/fn/register", &headers, &form)?;
        let json = format!(r#"{{"username":"bench{person}-{account}","password":"seven small boats"}}"#);
        let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", &forwarded)];
        for _ in 0..SIGN_INS_EACH {
            ask(addr, "POST", "/api/v1/auth/token", &headers, &json)?;
        }
    }
    Ok(())
}
