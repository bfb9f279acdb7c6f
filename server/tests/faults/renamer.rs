//! The owner of the rooms, who gives them other names all the time.

use std::{net::SocketAddr, time::Duration};

use reqwest::Method;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use crate::{
    client::Phase,
    dice,
    node::{PEOPLE, ROOMS},
    support::{PASSWORD, PATIENCE, person::Person},
};

/// Time between two names.
const PACE: Duration = Duration::from_millis(120);

/// Renames the rooms that the first of all people has made, at any of these nodes, until the crowd settles. What fails is not done again:
/// every name that is in the log counts, whoever was told of it.
pub(crate) async fn rename(nodes: Vec<SocketAddr>, phase: watch::Receiver<Phase>) {
    let owner = Person::at(nodes[0]);
    owner.submit("/login", "login", &[("username", PEOPLE[0]), ("password", PASSWORD)]).await.leads_to();
    let mut number = 0;
    while *phase.borrow() == Phase::Send {
        number += 1;
        let node = nodes[usize::try_from(dice(nodes.len() as u64)).unwrap()];
        let name = format!("Name {number}");
        let fields = [("room", ROOMS[1 + number % (ROOMS.len() - 1)]), ("name", &name), ("topic", "")];
        let asked = owner.request(Method::POST, &format!("http://{node}/api/fn/edit_room")).form(&fields).send();
        let _ = timeout(PATIENCE, asked).await;
        sleep(PACE).await;
    }
}
