//! What people type, parsed once at the edge. Past these types nothing is checked again.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    by_kind,
    ids::RoomId,
    json::{BadField, Object},
    limits, objects,
    visible::{is_ignorable, is_joiner, is_visible},
    words,
};

/// A form field or request parameter that an error can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// User name.
    Username,
    /// Display name.
    DisplayName,
    /// Password.
    Password,
    /// The password that an account has, asked for before something that matters.
    CurrentPassword,
    /// What somebody writes about themselves.
    Bio,
    /// How somebody is spoken of.
    Pronouns,
    /// Where somebody's clock is.
    TimeZone,
    /// Somebody's picture.
    Picture,
    /// Name of a room.
    Name,
    /// Topic of a room.
    Topic,
    /// Who may see a room.
    Visibility,
    /// Text of a message.
    Body,
    /// Whom a conversation is with.
    People,
    /// The rooms that new people join.
    DefaultRooms,
    /// How often something may be done.
    Limits,
    /// A room's part of the address.
    Address,
    /// What a member may do.
    Role,
    /// For how long.
    Until,
    /// Why.
    Reason,
    /// What somebody reacts with.
    Emoji,
    /// Seconds between two messages.
    SlowMode,
    /// An emoji for what somebody does.
    StatusEmoji,
    /// What somebody does.
    StatusText,
    /// What a token may be used for.
    Scopes,
    /// Where requests go.
    Url,
    /// Words that a message begins with.
    Words,
    /// The name of a command.
    Command,
}

impl Field {
    /// What the field is called on screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Username => "User name",
            Self::DisplayName => "Display name",
            Self::Password => "Password",
            Self::CurrentPassword => "Current password",
            Self::Bio => "About you",
            Self::Pronouns => "Pronouns",
            Self::TimeZone => "Time zone",
            Self::Picture => "Picture",
            Self::Name => "Name",
            Self::Topic => "Topic",
            Self::Visibility => "Who may see it",
            Self::Body => "Message",
            Self::People => "To",
            Self::DefaultRooms => "Rooms that new people join",
            Self::Limits => "Limits",
            Self::Address => "Address",
            Self::Role => "Role",
            Self::Until => "For how long",
            Self::Reason => "Reason",
            Self::Emoji => "Emoji",
            Self::SlowMode => "Slow mode",
            Self::StatusEmoji => "Emoji",
            Self::StatusText => "Status",
            Self::Scopes => "What it may do",
            Self::Url => "URL",
            Self::Words => "Words",
            Self::Command => "Command",
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Problem {
    /// Nothing was typed.
    Empty,
    /// Fewer characters than needed.
    TooShort {
        /// The least number of characters.
        min: usize,
    },
    /// More characters than allowed.
    TooLong {
        /// The largest number of characters.
        max: usize,
    },
    /// A character that this field does not take.
    BadCharacter,
    /// Somebody else has it.
    Taken,
    /// A password that is among the first that an attacker tries.
    TooCommon,
    /// Not one of the choices.
    NotAChoice,
    /// Not the one that it has to be.
    Wrong,
    /// Nobody has it.
    Unknown,
    /// Whoever has it was kept out.
    KeptOut,
    /// Not what was to be typed once more.
    Different,
    /// No whole number between these.
    OutOfRange {
        /// The least.
        min: usize,
        /// The largest.
        max: usize,
    },
}

/// A field and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// What is wrong.
    #[serde(flatten)]
    pub problem: Problem,
}

impl TryFrom<Object> for FieldError {
    type Error = BadField;

    fn try_from(mut object: Object) -> Result<Self, BadField> {
        let code: String = object.take("code")?;
        let problem = by_kind!(code, {
            "empty" => Problem::Empty,
            "too_short" => Problem::TooShort { min: object.take("min")? },
            "too_long" => Problem::TooLong { max: object.take("max")? },
            "bad_character" => Problem::BadCharacter,
            "taken" => Problem::Taken,
            "too_common" => Problem::TooCommon,
            "not_a_choice" => Problem::NotAChoice,
            "wrong" => Problem::Wrong,
            "unknown" => Problem::Unknown,
            "kept_out" => Problem::KeptOut,
            "different" => Problem::Different,
            "out_of_range" => Problem::OutOfRange { min: object.take("min")?, max: object.take("max")? },
        });
        Ok(Self { field: object.take("field")?, problem })
    }
}

words!(Field);
objects!(FieldError);

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.field.label();
        match (self.problem, self.field) {
            (Problem::Empty, _) => write!(f, "{label} is missing. Please fill it in."),
            (Problem::TooShort { min }, _) => write!(f, "{label} needs at least {min} characters."),
            (Problem::TooLong { max }, Field::People) => write!(f, "A conversation can be with {max} people at most."),
            (Problem::NotAChoice, Field::People) => write!(f, "There is nobody of one of these user names. Please check them."),
            (Problem::TooLong { .. }, Field::Words) => write!(f, "There can be 10 words at most, each of 40 characters at most."),
            (Problem::TooLong { max }, _) => write!(f, "{label} can have at most {max} characters."),
            (Problem::BadCharacter, Field::Username) => {
                write!(f, "Use only letters a to z, digits and _ - . (and begin with a letter or digit).")
            }
            (Problem::BadCharacter, Field::Command) => {
                write!(
                    f,
                    "A command is called by letters a to z, digits, - and _, begins with a letter and has 32 of them at most."
                )
            }
            (Problem::BadCharacter, _) => write!(f, "{label} has a character that cannot be used here."),
            (Problem::Taken, Field::Name) => write!(f, "There is a room of this name."),
            (Problem::Taken, _) => write!(f, "This one is taken. Please choose another."),
            (Problem::TooCommon, _) => {
                write!(f, "This password is one of the first that others would guess. A few unrelated words make a better one.")
            }
            (Problem::NotAChoice, Field::DefaultRooms) => {
                write!(f, "One of these rooms is not there, or not everybody may join it.")
            }
            (Problem::NotAChoice, Field::Url) => {
                write!(f, "This needs a URL in the open internet that begins with https:// or http://.")
            }
            (Problem::NotAChoice, _) => write!(f, "Please choose one of the options."),
            (Problem::Wrong, Field::CurrentPassword) => write!(f, "This is not your password. Please type it again."),
            (Problem::Wrong, Field::Picture) => {
                write!(f, "This cannot be used. Please choose a PNG, JPEG or WebP file of at most 8 MB and 25 megapixels.")
            }
            (Problem::Wrong, _) => write!(f, "{label} is not right. Please look again."),
            (Problem::Unknown, Field::Emoji) => write!(f, "This is no emoji that is known here. Please choose another one."),
            (Problem::Unknown, _) => write!(f, "Nobody here has this name. Please check how it is written."),
            (Problem::KeptOut, _) => write!(f, "This person was banned from the room. Let them in again first."),
            (Problem::OutOfRange { min, max }, _) => write!(f, "{label} are whole numbers from {min} to {max}."),
            (Problem::Different, _) => write!(f, "{label} is not the same. Please type it as it stands above."),
        }
    }
}

impl std::error::Error for FieldError {}

fn fault(field: Field, problem: Problem) -> FieldError {
    FieldError { field, problem }
}

fn check_length(field: Field, text: &str, min: usize, max: usize) -> Result<(), FieldError> {
    match text.chars().count() {
        0 if min > 0 => Err(fault(field, Problem::Empty)),
        n if n < min => Err(fault(field, Problem::TooShort { min })),
        n if n > max => Err(fault(field, Problem::TooLong { max })),
        _ => Ok(()),
    }
}

/// One line of text for people to read: trimmed, runs of white space made one blank, no control or direction-changing characters and none
/// that is invisible, by which one name passes for another (Unicode TR 36). What leaves nothing on the screen is empty.
///
/// # Errors
/// Says what is wrong with it.
pub fn single_line(field: Field, text: &str, min: usize, max: usize) -> Result<String, FieldError> {
    let text = if is_visible(text) { text } else { "" };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    check_length(field, &line, min, max)?;
    if line.chars().any(|c| c.is_control() || (is_ignorable(c) && !is_joiner(c))) {
        return Err(fault(field, Problem::BadCharacter));
    }
    Ok(line)
}

macro_rules! text_types {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }
    )+};
}

text_types! {
    /// A user name: 2 to 30 of `a-z 0-9 _ - .`, folded to lower case, so that it is unique regardless of case.
    Username,
    /// A display name: one line, at most 50 characters.
    DisplayName,
    /// What somebody writes about themselves: one paragraph, at most 300 characters, may be empty.
    Bio,
    /// How somebody is spoken of: one line, at most 40 characters, may be empty.
    Pronouns,
    /// An emoji for what somebody does; may be empty.
    StatusEmoji,
    /// What somebody does: one line, at most 100 characters, may be empty.
    StatusText,
    /// A room's name: one line, at most 60 characters.
    RoomName,
    /// A room's topic: one line, at most 250 characters, may be empty.
    Topic,
    /// The part of a room's address that stands for the room: `a-z 0-9` in words joined by `-`.
    Slug,
    /// The source of a message: at most 8,000 characters, line ends as `\n`, no blank lines around it.
    Body,
}

impl Username {
    /// Parses a user name.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let name = text.trim().to_ascii_lowercase();
        check_length(Field::Username, &name, limits::USERNAME_MIN, limits::USERNAME_MAX)?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !starts_well || !name.chars().all(allowed) {
            return Err(fault(Field::Username, Problem::BadCharacter));
        }
        Ok(Self(name))
    }
}

impl DisplayName {
    /// Parses a display name; where none was typed the user name serves.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse_or(text: &str, username: &str) -> Result<Self, FieldError> {
        let text = if is_visible(text) { text } else { username };
        single_line(Field::DisplayName, text, 0, limits::DISPLAY_NAME_MAX).map(Self)
    }
}

impl Bio {
    /// Parses what somebody writes about themselves.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        single_line(Field::Bio, text, 0, limits::BIO_MAX).map(Self)
    }
}

impl Pronouns {
    /// Parses how somebody is spoken of.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        single_line(Field::Pronouns, text, 0, limits::PRONOUNS_MAX).map(Self)
    }
}

impl StatusEmoji {
    /// Parses an emoji: no letters, no blanks, as long as one can be.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let emoji = text.trim();
        check_length(Field::StatusEmoji, emoji, 0, limits::EMOJI_MAX)?;
        let foreign = |c: char| c.is_alphabetic() || c.is_whitespace() || c.is_control() || (is_ignorable(c) && !is_joiner(c));
        if emoji.chars().any(foreign) {
            return Err(fault(Field::StatusEmoji, Problem::BadCharacter));
        }
        Ok(Self(emoji.to_owned()))
    }
}

impl StatusText {
    /// Parses what somebody does.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        single_line(Field::StatusText, text, 0, limits::STATUS_MAX).map(Self)
    }
}

impl RoomName {
    /// Parses a room's name.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        single_line(Field::Name, text, 1, limits::ROOM_NAME_MAX).map(Self)
    }
}

impl Topic {
    /// Parses a topic.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        single_line(Field::Topic, text, 0, limits::TOPIC_MAX).map(Self)
    }
}

impl Slug {
    /// Makes a slug from text that was already put into ASCII: words of letters and digits, joined by `-`, as many as fit into
    /// [`limits::SLUG_MAX`]; `room` when none is left.
    #[must_use]
    pub fn from_ascii(text: &str) -> Self {
        let mut slug = String::new();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            if !slug.is_empty() {
                if slug.len() + 1 + word.len() > limits::SLUG_MAX {
                    break;
                }
                slug.push('-');
            }
            slug.push_str(&word[..word.len().min(limits::SLUG_MAX)]);
        }
        slug.make_ascii_lowercase();
        match slug.as_str() {
            "" => Self("room".to_owned()),
            // A reference of this form means an id (see `RoomRef`).
            id if uuid::Uuid::parse_str(id).is_ok() => Self(format!("room-{id}")),
            _ => Self(slug),
        }
    }

    /// The same slug with a number behind it, for when the plain one is taken.
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        Self(format!("{}-{n}", self.0))
    }

    /// The same slug with the end of a room's id behind it, for when the numbered ones are taken as well: six digits, of which two rooms
    /// seldom have the same.
    #[must_use]
    pub fn of_room(&self, room: RoomId) -> Self {
        Self(format!("{}-{:06x}", self.0, room.0.as_u128() & 0xff_ffff))
    }
}

impl Body {
    /// Parses the text of a message. Both sides do it, so what a person sees while the message is on its way is what is stored.
    ///
    /// # Errors
    /// Empty, or longer than [`limits::BODY_MAX`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        // Blank lines go, the blanks before the first word stay: they may be the start of a list or of code.
        let text = kept.trim_start();
        let line_start = kept[..kept.len() - text.len()].rfind('\n').map_or(0, |end| end + 1);
        let body = kept[line_start..].trim_end();
        if !is_visible(body) {
            return Err(fault(Field::Body, Problem::Empty));
        }
        check_length(Field::Body, body, 1, limits::BODY_MAX)?;
        Ok(Self(body.to_owned()))
    }
}

/// A password on its way to being hashed. Never printed.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Takes a password for a new account: 8 to 128 characters. Whether it is too common is decided by the server, which has the list.
    ///
    /// # Errors
    /// Too short or too long.
    pub fn parse_new(text: &str) -> Result<Self, FieldError> {
        check_length(Field::Password, text, limits::PASSWORD_MIN, limits::PASSWORD_MAX)?;
        Ok(Self(text.to_owned()))
    }

    /// Takes a password to be compared with a stored one. `None` when no account can have it.
    #[must_use]
    pub fn parse_existing(text: &str) -> Option<Self> {
        (text.chars().count() <= limits::PASSWORD_MAX).then(|| Self(text.to_owned()))
    }

    /// The password itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests;
