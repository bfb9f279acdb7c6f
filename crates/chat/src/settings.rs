//! How the house is run (ground floor): what its owner has settled, as it stands in the database and as it is kept in memory.

use protocol::Visibility;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};

use crate::{
    db::{Sql, entity::setting},
    policy::HouseRules,
    quotas::{Quota, Quotas},
};

/// The column of a room's visibility, as it counts: where nothing may be public, public rooms are open.
pub(crate) const VISIBILITY: &str = "CASE WHEN r.visibility = 'public' \
    AND EXISTS (SELECT 1 FROM settings WHERE name = 'public_rooms' AND value = 'no') THEN 'open' ELSE r.visibility END AS visibility";

/// The row that is raised with each change, for those who keep settings or names in memory.
const CHANGED: &str = "changed";
/// What the names of rows begin with that say how often something may be done.
const LIMIT: &str = "limit ";

/// The row of what the icon is known by; empty where there is none.
const ICON: &str = "icon";
/// How long messages are kept where no number of days is settled.
const FOR_EVER: &str = "for ever";

/// Who may make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Everybody.
    #[default]
    Open,
    /// Whoever holds an invite.
    ByInvite,
    /// Nobody.
    Closed,
}

impl RegistrationMode {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Open, Self::ByInvite, Self::Closed];

    /// The word for it, as it is stored and sent by forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::ByInvite => "by_invite",
            Self::Closed => "closed",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// How the house is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its name.
    pub name: String,
    /// Who may make an account.
    pub registration: RegistrationMode,
    /// Whether rooms may be public. Where not, strangers see the sign-in page and nothing else, and public rooms count as open.
    pub public_rooms: bool,
    /// Whether search engines may list public rooms.
    pub indexing: bool,
    /// Whether every member may make rooms, or only admins.
    pub members_make_rooms: bool,
    /// Whether every member may invite others, or only admins.
    pub members_invite: bool,
    /// Whether every member may make bots, or only admins.
    pub members_make_bots: bool,
    /// The slugs of the rooms that new people join.
    pub default_rooms: Vec<String>,
    /// For how many minutes people may edit what they wrote; always where there is none.
    pub edit_minutes: Option<u32>,
    /// How often some things may be done.
    pub quotas: Quotas,
    /// Days after which messages are deleted; kept for ever without it.
    pub retention_days: Option<u32>,
    /// What the icon of the house is known by, if it has one. It is not changed with the others.
    pub icon: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "Snug".to_owned(),
            registration: RegistrationMode::default(),
            public_rooms: true,
            indexing: true,
            members_make_rooms: true,
            members_invite: false,
            members_make_bots: false,
            default_rooms: vec!["lobby".to_owned()],
            edit_minutes: None,
            quotas: Quotas::default(),
            retention_days: None,
            icon: None,
        }
    }
}

impl Settings {
    /// What policy goes by.
    pub(crate) fn rules(&self) -> HouseRules {
        HouseRules {
            members_make_rooms: self.members_make_rooms,
            members_invite: self.members_invite,
            members_make_bots: self.members_make_bots,
        }
    }

    /// As they are stored, but for the icon.
    pub(crate) fn rows(&self) -> Vec<(String, String)> {
        let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
        let rows = [
            ("name", self.name.clone()),
            ("registration", self.registration.word().to_owned()),
            ("public_rooms", yes(self.public_rooms)),
            ("indexing", yes(self.indexing)),
            ("members_make_rooms", yes(self.members_make_rooms)),
            ("members_invite", yes(self.members_invite)),
            ("members_make_bots", yes(self.members_make_bots)),
            ("default_rooms", self.default_rooms.join(" ")),
            ("retention_days", self.retention_days.map_or_else(|| FOR_EVER.to_owned(), |days| days.to_string())),
            ("edit_minutes", self.edit_minutes.map(|minutes| minutes.to_string()).unwrap_or_default()),
        ];
        let limits = Quota::ALL.map(|quota| {
            let count = self.quotas.get(quota).map(|count| count.to_string());
            ([LIMIT, quota.word()].concat(), count.unwrap_or_default())
        });
        rows.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(limits).collect()
    }

    /// What cannot be read stays as it comes.
    fn set(&mut self, name: &str, value: String) {
        let yes = value == "yes";
        match name {
            "name" => self.name = value,
            "registration" => self.registration = RegistrationMode::parse(&value).unwrap_or_default(),
            "public_rooms" => self.public_rooms = yes,
            "indexing" => self.indexing = yes,
            "members_make_rooms" => self.members_make_rooms = yes,
            "members_invite" => self.members_invite = yes,
            "members_make_bots" => self.members_make_bots = yes,
            "default_rooms" => self.default_rooms = value.split_whitespace().map(str::to_owned).collect(),
            "retention_days" => self.retention_days = value.parse().ok(),
            ICON => self.icon = Some(value).filter(|etag| !etag.is_empty()),
            "edit_minutes" => self.edit_minutes = value.parse().ok(),
            _ => {
                let limit = name.strip_prefix(LIMIT);
                if let Some(quota) = Quota::ALL.into_iter().find(|quota| Some(quota.word()) == limit) {
                    self.quotas = self.quotas.with(quota, value.parse().ok());
                }
            }
        }
    }
}

/// How often something has changed.
pub(crate) async fn changes(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let row = setting::Entity::find_by_id(CHANGED).one(db).await?;
    Ok(row.and_then(|row| row.value.parse().ok()).unwrap_or_default())
}

/// The settings, and the count of changes that they are of.
pub(crate) async fn read(db: &impl ConnectionTrait) -> Result<(i64, Settings), DbErr> {
    let (mut changes, mut settings) = (0, Settings::default());
    for row in setting::Entity::find().all(db).await? {
        match row.name.as_str() {
            CHANGED => changes = row.value.parse().unwrap_or_default(),
            name => settings.set(name, row.value),
        }
    }
    Ok((changes, settings))
}

/// Stores them, but for the icon.
pub(crate) async fn store(db: &impl ConnectionTrait, settings: &Settings) -> Result<(), DbErr> {
    store_rows(db, settings.rows()).await
}

/// Stores what the icon is known by, or that there is none.
pub(crate) async fn store_icon(db: &impl ConnectionTrait, etag: Option<String>) -> Result<(), DbErr> {
    store_rows(db, vec![(ICON.to_owned(), etag.unwrap_or_default())]).await
}

async fn store_rows(db: &impl ConnectionTrait, rows: Vec<(String, String)>) -> Result<(), DbErr> {
    let rows = rows.into_iter().map(|(name, value)| [name.into(), value.into()]);
    let insert = Sql::new(db.get_database_backend(), "INSERT INTO settings (name, value) VALUES ").rows(rows);
    db.execute_raw(insert.text(" ON CONFLICT (name) DO UPDATE SET value = excluded.value").done()).await?;
    mark_changed(db).await
}

/// Says to every process that keeps settings or names in memory that they are other ones now.
pub(crate) async fn mark_changed(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let insert =
        Sql::new(db.get_database_backend(), "INSERT INTO settings (name, value) VALUES ").list([CHANGED.into(), "1".into()]);
    let update = " ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT)";
    db.execute_raw(insert.text(update).done()).await.map(|_| ())
}

/// The visibility of a room as it counts, see [`VISIBILITY`].
pub(crate) async fn visibility(db: &impl ConnectionTrait, own: Visibility) -> Result<Visibility, DbErr> {
    if own != Visibility::Public {
        return Ok(own);
    }
    let row = setting::Entity::find_by_id("public_rooms").one(db).await?;
    Ok(if row.is_some_and(|row| row.value == "no") { Visibility::Open } else { own })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_again() {
        let settings = Settings {
            name: "The Mill".to_owned(),
            registration: RegistrationMode::ByInvite,
            public_rooms: false,
            indexing: false,
            members_make_rooms: false,
            members_invite: true,
            members_make_bots: true,
            default_rooms: vec!["lobby".to_owned(), "garden".to_owned()],
            edit_minutes: Some(15),
            quotas: Quotas::default().with(Quota::Messages, Some(60)).with(Quota::RegistrationsFromAddress, Some(5)),
            retention_days: Some(30),
            icon: None,
        };
        let mut read = Settings::default();
        settings.rows().into_iter().for_each(|(name, value)| read.set(&name, value));
        assert_eq!(read, settings);
        read.set("of a later version", "yes".to_owned());
        assert_eq!(read, settings);
        let kept = Settings { retention_days: None, ..settings };
        kept.rows().into_iter().for_each(|(name, value)| read.set(&name, value));
        assert_eq!(read.retention_days, None);
    }
}
