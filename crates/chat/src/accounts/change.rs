//! Changing several things of oneself: where one of them cannot be taken, nothing is changed.

use protocol::{FieldError, StatusEmoji, StatusText, Username};

use super::{
    availability::{keep_availability, keep_status},
    profile::{self, Profile, ProfileEdit, edit_profile, profile},
    rename::rename,
};
use crate::{
    Chat, Result,
    clocks::to_come,
    db::now,
    reads::{self, QuietHours},
    sessions::Session,
};

/// What somebody says of what they do from now on.
#[derive(Clone, Debug, Default)]
pub struct NewStatus {
    /// An emoji; may be empty.
    pub emoji: String,
    /// A short text; may be empty.
    pub text: String,
    /// When it ends (unix milliseconds), if it does so by itself.
    pub until: Option<i64>,
}

/// What somebody wants to have otherwise. What is none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// User name.
    pub username: Option<String>,
    /// Name to show; empty for the user name.
    pub name: Option<String>,
    /// About themselves.
    pub bio: Option<String>,
    /// How they are spoken of.
    pub pronouns: Option<String>,
    /// A name of the IANA time zone database, or empty.
    pub time_zone: Option<String>,
    /// What they do; none inside takes it away.
    pub status: Option<Option<NewStatus>>,
    /// Until when they are not to be disturbed (unix milliseconds); none inside for no longer.
    pub quiet_until: Option<Option<i64>>,
    /// Whether they do not want to be seen.
    pub invisible: Option<bool>,
    /// Hours in which they are not to be disturbed, as `22:00` and `07:00`; none inside for no such hours.
    pub quiet_hours: Option<Option<(String, String)>>,
}

impl Changes {
    /// With what stays, if any of it changes.
    fn profile<'a>(&'a self, before: &'a Profile) -> Option<ProfileEdit<'a>> {
        let is_changed = [&self.name, &self.bio, &self.pronouns, &self.time_zone].into_iter().any(Option::is_some);
        is_changed.then(|| ProfileEdit {
            display_name: self.name.as_ref().unwrap_or(&before.user.name),
            bio: self.bio.as_ref().unwrap_or(&before.bio),
            pronouns: self.pronouns.as_ref().unwrap_or(&before.pronouns),
            time_zone: self.time_zone.as_ref().unwrap_or(&before.time_zone),
        })
    }

    /// Everything in it that cannot be taken.
    fn faults(&self, before: &Profile) -> Vec<FieldError> {
        let now = now();
        let username = self.username.as_ref().and_then(|name| Username::parse(name).err());
        let profile = self.profile(before).and_then(|edit| profile::parse(edit, &before.user.username).err());
        let status = self.status.iter().flatten().flat_map(|new| {
            let until = new.until.and_then(|until| to_come(until, now).err());
            [StatusEmoji::parse(&new.emoji).err(), StatusText::parse(&new.text).err(), until].into_iter().flatten()
        });
        let quiet = self.quiet_until.flatten().and_then(|until| to_come(until, now).err());
        let hours = self.quiet_hours.iter().flatten().find_map(|(from, to)| QuietHours::parse(from, to).err());
        let faults = profile.into_iter().flat_map(|error| error.fields).chain(status);
        faults.chain([username, quiet, hours].into_iter().flatten()).collect()
    }
}

/// Changes what is to be otherwise; how it is then.
///
/// # Errors
/// `invalid` with every field that is wrong, `throttled`, `unavailable`.
pub async fn change(chat: &Chat, session: &Session, changes: Changes) -> Result<Profile> {
    let before = profile(chat, session).await?;
    let faults = changes.faults(&before);
    if !faults.is_empty() {
        return Err(protocol::Error::from(faults).into());
    }
    let mut session = session.clone();
    // First, as others may have it.
    if let Some(username) = &changes.username {
        session.user = rename(chat, &session, username).await?;
    }
    if let Some(edit) = changes.profile(&before) {
        edit_profile(chat, &session, edit).await?;
    }
    if let Some(status) = &changes.status {
        let NewStatus { emoji, text, until } = status.clone().unwrap_or_default();
        keep_status(chat, session.user.id, &StatusEmoji::parse(&emoji)?, &StatusText::parse(&text)?, until).await?;
    }
    if changes.quiet_until.is_some() || changes.invisible.is_some() {
        let until = changes.quiet_until.unwrap_or(before.availability.quiet_until);
        let invisible = changes.invisible.unwrap_or(before.availability.invisible);
        keep_availability(chat, session.user.id, until, invisible).await?;
    }
    if let Some(hours) = &changes.quiet_hours {
        let (from, to) = hours.clone().unwrap_or_default();
        reads::set_quiet_hours(chat, &session, &from, &to).await?;
    }
    profile(chat, &session).await
}
