//! By what an account's devices are known again: a browser by the cookie that it keeps, a program by the network that it comes from. Both
//! are rows, so that a restart forgets nobody.

use std::net::IpAddr;

use protocol::{UserId, Username};
use sea_orm::ConnectionTrait;

use crate::{
    Chat, Result,
    credentials::{DeviceToken, Lane, fingerprint},
    db::{Sql, Transaction, now},
    throttle::network_of,
};

/// Marks of an account that are kept, the last ones that were seen.
const KEPT_MAX: u64 = 20;
/// Characters of what a browser calls itself that are kept.
const AGENT_MAX: usize = 300;
/// A device that was not seen for so long is a stranger again, in milliseconds.
const KEPT_MS: i64 = 400 * 24 * 60 * 60 * 1000;

/// Where somebody signs in from, or registers.
#[derive(Clone, Debug)]
pub struct Source {
    /// Address of the client.
    pub address: IpAddr,
    /// What the browser will be known again by; programs have none.
    pub device: Option<DeviceToken>,
    /// What browser or program it is, as it names itself; may be empty.
    pub agent: String,
}

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        Self { address, device: None, agent: String::new() }
    }
}

impl Source {
    /// What the browser or program calls itself, as far as it is kept.
    pub(super) fn agent(&self) -> String {
        self.agent.chars().filter(|c| !c.is_control()).take(AGENT_MAX).collect()
    }

    /// What it is known by: the network always, the cookie where there is one.
    fn marks(&self) -> Vec<String> {
        let network = fingerprint(["network ", &network_of(self.address).to_string()].concat());
        self.device.iter().map(|device| fingerprint(device.as_str())).chain([network]).collect()
    }
}

/// Counts a try to sign in, and says by which lane its password is checked.
///
/// # Errors
/// `throttled`, `unavailable`.
pub(super) async fn admit(chat: &Chat, username: Option<&Username>, from: &Source) -> Result<Lane> {
    let tries = chat.sign_ins();
    let stranger = tries.stranger(from.address).await;
    if stranger.is_err() && from.device.is_none() {
        // What a flood of programs costs is not to reach the database.
        return stranger.map(|()| Lane::Strangers);
    }
    let Some(username) = username else { return stranger.map(|()| Lane::Strangers) };
    match known(chat, username, from).await? {
        Some(mark) => tries.device(&mark, from.address).await.map(|()| Lane::Known),
        None => {
            stranger?;
            tries.account(username.as_str()).await.map(|()| Lane::Strangers)
        }
    }
}

/// A mark by which the account knows this device again. What is asked is the same whether or not there is such an account.
async fn known(chat: &Chat, username: &Username, from: &Source) -> Result<Option<String>> {
    let db = chat.db().read();
    let select =
        Sql::new(db.get_database_backend(), "SELECT d.mark FROM devices d JOIN users u ON u.id = d.user_id WHERE u.username = ")
            .value(username.as_str())
            .text(" AND d.seen_at > ")
            .value(now() - KEPT_MS)
            .text(" AND d.mark IN ")
            .list(from.marks().into_iter().map(Into::into))
            .text(" ORDER BY d.mark LIMIT 1");
    Ok(db.query_one_raw(select.done()).await?.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Keeps what a device will be known by, after its person has proved who they are.
pub(super) fn remember(transaction: &mut Transaction, user: UserId, from: &Source) {
    let backend = transaction.get_database_backend();
    let rows = from.marks().into_iter().map(|mark| [user.0.into(), mark.into(), now().into()]);
    let insert = Sql::new(backend, "INSERT INTO devices (user_id, mark, seen_at) VALUES ").rows(rows);
    transaction.add(insert.text(" ON CONFLICT (user_id, mark) DO UPDATE SET seen_at = excluded.seen_at").done());
    let forget = Sql::new(backend, "DELETE FROM devices WHERE user_id = ").value(user.0);
    let forget = forget.text(" AND mark NOT IN (SELECT mark FROM devices WHERE user_id = ").value(user.0);
    transaction.add(forget.text(" ORDER BY seen_at DESC").limit(KEPT_MAX).text(")").done());
}
