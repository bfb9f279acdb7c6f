//! Accounts. Their passwords come along as hashes: who signs in for the first time gets one of ours.

use std::collections::HashMap;

use deunicode::deunicode;
use protocol::{DisplayName, ErrorCode, HouseRole, UserId, Username, limits};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryResult, QuerySelect, prelude::Uuid};

use super::{
    found::People,
    ids::Ids,
    report::{Fault, Tally},
    source::{Source, quoted},
};
use crate::{
    Chat, Result,
    accounts::{self, Past},
    credentials::DjangoHash,
    db::{entity::user, now},
    look::is_of_the_house,
    writer::{Transaction, Work},
};

/// Accounts that are made in one transaction.
const AT_ONCE: usize = 100;
/// Names like one that is taken are tried with a number up to here.
const NUMBERED_MAX: u32 = 50;

/// Somebody there.
#[derive(Clone)]
struct Person {
    key: String,
    id: UserId,
    /// What they signed in with.
    signs_in_as: String,
    name: String,
    password: String,
    past: Past,
}

/// Brings them along; returns who has become whom.
pub(super) async fn bring(
    chat: &Chat,
    source: &Source,
    table: &People,
    ids: &Ids,
    tally: &mut Tally,
) -> std::result::Result<HashMap<String, UserId>, Fault> {
    let mut all = read(source, table, ids).await?;
    // In a new house the first one is the owner.
    all.sort_by_key(|person| person.past.role != HouseRole::Admin || person.past.closed);
    let there = present(chat, &all).await?;
    let mut brought: HashMap<String, UserId> =
        all.iter().filter(|person| there.contains(&person.id.0)).map(|person| (person.key.clone(), person.id)).collect();
    tally.there += brought.len();
    all.retain(|person| !there.contains(&person.id.0));
    for some in all.chunks(AT_ONCE) {
        let outcomes = chat.writer().run(Bring { chat: chat.clone(), people: some.to_vec() }).await?;
        for (person, outcome) in some.iter().zip(outcomes) {
            match outcome {
                Ok(username) => {
                    tally.came += 1;
                    brought.insert(person.key.clone(), person.id);
                    if username != person.signs_in_as {
                        tally.renamed.push((person.signs_in_as.clone(), username));
                    }
                    if !DjangoHash::is_one(&person.password) {
                        tally.leave(
                            &person.signs_in_as,
                            "password of another kind than pbkdf2_sha256: it takes a link of snug user reset-password",
                        );
                    }
                }
                Err(why) => tally.leave(&person.signs_in_as, why),
            }
        }
    }
    Ok(brought)
}

async fn read(source: &Source, table: &People, ids: &Ids) -> std::result::Result<Vec<Person>, Fault> {
    let truth = |column: &Option<String>, without: &str| column.as_deref().map_or_else(|| without.to_owned(), Source::truth);
    let mut columns = vec![
        Source::text("id"),
        Source::text("password"),
        table.joined.as_deref().map_or_else(|| "CAST(NULL AS BIGINT)".to_owned(), |column| source.millis(column)),
        truth(&table.active, "CAST(1 AS BIGINT)"),
        truth(&table.superuser, "CAST(0 AS BIGINT)"),
    ];
    let first_name = columns.len();
    columns.extend(table.names.iter().chain(&table.shown).map(|column| Source::text(column)));
    let rows = source.select(&columns, &format!("FROM {} ORDER BY \"id\"", quoted(&table.table))).await?;
    let person = |row: &QueryResult| {
        let text = |n: usize| row.try_get_by_index::<Option<String>>(n).map(|text| text.unwrap_or_default().trim().to_owned());
        let texts = |from: usize, count: usize| (from..from + count).map(text).collect::<std::result::Result<Vec<_>, _>>();
        let key = text(0)?;
        let names = texts(first_name, table.names.len())?;
        let shown = texts(first_name + table.names.len(), table.shown.len())?.join(" ");
        let role = if row.try_get_by_index::<i64>(4)? == 1 { HouseRole::Admin } else { HouseRole::Member };
        let created_at = row.try_get_by_index::<Option<i64>>(2)?.unwrap_or_else(now);
        Ok(Person {
            id: ids.person(&key),
            signs_in_as: names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| format!("person-{key}")),
            name: shown.trim().to_owned(),
            password: text(1)?,
            past: Past { role, created_at, closed: row.try_get_by_index::<i64>(3)? == 0 },
            key,
        })
    };
    Ok(rows.iter().map(person).collect::<std::result::Result<_, sea_orm::DbErr>>()?)
}

/// Those of them who are here already.
async fn present(chat: &Chat, people: &[Person]) -> Result<Vec<Uuid>> {
    let mut there = Vec::new();
    for some in people.chunks(AT_ONCE) {
        let ids = some.iter().map(|person| person.id.0);
        let select = user::Entity::find().select_only().column(user::Column::Id).filter(user::Column::Id.is_in(ids));
        there.extend(select.into_tuple::<Uuid>().all(chat.db().read()).await?);
    }
    Ok(there)
}

/// Some of them, in one transaction.
struct Bring {
    chat: Chat,
    people: Vec<Person>,
}

impl Work for Bring {
    /// Of each the user name, or why they did not come.
    type Answer = Vec<std::result::Result<String, String>>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Self::Answer> {
        let mut outcomes = Vec::new();
        for person in &self.people {
            outcomes.push(self.bring(transaction, person).await?);
        }
        Ok(outcomes)
    }
}

impl Bring {
    async fn bring(&self, transaction: &mut Transaction, person: &Person) -> Result<std::result::Result<String, String>> {
        // One that cannot be checked would be an error at each sign-in.
        let password = if DjangoHash::parse(&person.password).is_some() { person.password.clone() } else { String::new() };
        for number in 1..=NUMBERED_MAX {
            let Ok(username) = Username::parse(&wanted(&person.signs_in_as, number)) else {
                return Ok(Err("no user name can be made of it".to_owned()));
            };
            let name: String = person.name.chars().take(limits::DISPLAY_NAME_MAX).collect();
            let name = match DisplayName::parse_or(&name, username.as_str()) {
                Ok(name) => name,
                Err(_) => DisplayName::parse_or("", username.as_str())?,
            };
            let names = (username.clone(), name);
            match accounts::import(&self.chat, transaction, person.id, names, password.clone(), person.past).await {
                Ok(()) => return Ok(Ok(username.as_str().to_owned())),
                Err(error) if error.public().code == ErrorCode::Invalid => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Err("its user name is taken, with every number".to_owned()))
    }
}

/// A user name for somebody who signed in as this, on the n-th try.
fn wanted(signs_in_as: &str, number: u32) -> String {
    let plain = deunicode(signs_in_as.split('@').next().unwrap_or_default()).to_ascii_lowercase();
    let plain: String = plain.chars().map(|c| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '-' }).collect();
    let plain = plain.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    // Nobody here is called as the house is, whoever they were there.
    let plain = if is_of_the_house(plain) { ["former-", plain].concat() } else { plain.to_owned() };
    let end = if number > 1 || plain.chars().count() < limits::USERNAME_MIN { format!("-{number}") } else { String::new() };
    let start: String = plain.chars().take(limits::USERNAME_MAX - end.len()).collect();
    [start, end].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_made_of_what_there_was() {
        for (there, number, here) in [
            ("Ada", 1, "ada"),
            ("ada@example.org", 1, "ada"),
            ("ada+chat@example.org", 1, "ada-chat"),
            ("@ada", 1, "-1"),
            ("Zoë Ω", 1, "zoe-o"),
            ("ada", 2, "ada-2"),
            ("admin", 1, "former-admin"),
        ] {
            assert_eq!(wanted(there, number), here, "{there}");
        }
        assert!(Username::parse(&wanted(&"long".repeat(40), 12)).is_ok());
    }
}
