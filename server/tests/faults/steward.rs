//! The owner of the rooms, who gives them other names and holds up what is said there, all the time.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::Method;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use crate::{client::Phase, dice, journal::Journal, node::ROOMS, support::person::Person};

/// Time between two deeds.
const PACE: Duration = Duration::from_millis(120);
/// What is not answered by then is let be.
const ANSWER_MAX: Duration = Duration::from_secs(6);
/// One of the last so many messages is pinned or unpinned.
const REACH: u64 = 20;

/// Renames the rooms that the first of all people has made, and pins and unpins what a client of theirs shows of them, at any of these nodes,
/// until the crowd settles. What fails is not done again: everything that is in the log counts, whoever was told of it.
pub(crate) async fn keep_house(
    owner: Arc<Person>,
    nodes: Vec<SocketAddr>,
    client: Arc<Mutex<Journal>>,
    phase: watch::Receiver<Phase>,
) {
    let mut number = 0;
    while *phase.borrow() == Phase::Send {
        number += 1;
        let node = nodes[usize::try_from(dice(nodes.len() as u64)).unwrap()];
        let room = 1 + number / 2 % (ROOMS.len() - 1);
        let (slug, name) = (ROOMS[room], format!("Name {number}"));
        let nth = usize::try_from(dice(REACH)).unwrap();
        let shown = client.lock().unwrap().screen.newest(room).nth(nth).map(|message| (message.seq.to_string(), !message.pinned));
        let (function, fields) = match &shown {
            Some((seq, pinned)) if number % 2 == 0 => {
                ("pin_message", vec![("room", slug), ("seq", seq), ("pinned", if *pinned { "true" } else { "false" })])
            }
            _ => ("edit_room", vec![("room", slug), ("name", &name), ("topic", "")]),
        };
        let asked = owner.request(Method::POST, &format!("http://{node}/api/fn/{function}")).form(&fields).send();
        // On a connection that the network has forgotten no answer comes.
        let _ = timeout(ANSWER_MAX, asked).await;
        sleep(PACE).await;
    }
}
