//! Whether people are there, and what they say of what they do. Hints: none of it is in a log.

use serde::{Deserialize, Serialize};

use crate::{UserId, reads, words};

/// Whether somebody is there. Of several devices the last of these counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// No, or they do not want it to be seen.
    #[default]
    Offline,
    /// They have not touched their device for a while.
    Away,
    /// Yes.
    Online,
    /// Yes, and they are not to be disturbed.
    DoNotDisturb,
}

impl Presence {
    /// The word for it, as it is sent.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Away => "away",
            Self::Online => "online",
            Self::DoNotDisturb => "do_not_disturb",
        }
    }

    /// What it is called on screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Offline => "Offline",
            Self::Away => "Away",
            Self::Online => "Online",
            Self::DoNotDisturb => "Do not disturb",
        }
    }
}

/// Whether somebody touches the device that a socket is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// They do.
    Online,
    /// They have not for [`crate::limits::AWAY_SECONDS`].
    Away,
}

impl From<Activity> for Presence {
    fn from(activity: Activity) -> Self {
        match activity {
            Activity::Online => Self::Online,
            Activity::Away => Self::Away,
        }
    }
}

/// What somebody says of what they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// An emoji; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub emoji: String,
    /// A short text; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

/// How somebody is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonPresence {
    /// Who.
    pub user: UserId,
    /// Whether they are there.
    pub presence: Presence,
    /// What they say, where they are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

words!(Presence);
reads!(Status { ; default emoji, text, until });
reads!(PersonPresence { user, presence, status });
