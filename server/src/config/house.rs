//! Options of the commands that see to people, rooms and invites. What people write, or dice made, may begin with a hyphen.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use protocol::HouseRole;

use super::Store;

/// Options that all of these commands have, and what one of them is to do.
#[derive(Args)]
pub struct HouseOptions<C: Subcommand> {
    #[command(subcommand)]
    pub(crate) command: C,

    /// Answer in JSON, on one line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) store: Store,
}

impl<C: Subcommand> HouseOptions<C> {
    pub(super) fn complete(&mut self) -> Result<(), String> {
        self.store.complete()
    }
}

/// Where a password comes from, if not from whoever is asked for it or from standard input.
#[derive(Args)]
pub struct PasswordSource {
    /// A file whose first line is the password [default: asked for, or the first line of standard input]
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordSource {
    /// The file, where one was named.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.password_file.as_deref()
    }
}

/// `snug user`
#[derive(Subcommand)]
pub enum UserCommand {
    /// Make an account; the first one is the owner
    Add {
        /// User name
        username: String,
        /// Name to show
        #[arg(long, value_name = "NAME", default_value = "", allow_hyphen_values = true)]
        name: String,
        /// member, admin or owner
        #[arg(long, default_value = "member", value_parser = parse_role)]
        role: HouseRole,
        /// Where its password comes from
        #[command(flatten)]
        password: PasswordSource,
    },
    /// List the accounts
    List {
        /// Only those with this in their user name or name
        #[arg(default_value = "", allow_hyphen_values = true)]
        text: String,
        /// Only those who are member, admin or owner
        #[arg(long, value_parser = parse_role)]
        role: Option<HouseRole>,
        /// Only those who are suspended
        #[arg(long)]
        suspended: bool,
    },
    /// Show an account
    Show {
        /// User name
        username: String,
    },
    /// Make an account a member, an admin or an owner
    Role {
        /// User name
        username: String,
        /// member, admin or owner
        #[arg(value_parser = parse_role)]
        role: HouseRole,
    },
    /// Keep an account out, and end everything that it is signed in with
    Suspend {
        /// User name
        username: String,
        /// For so many days [default: until it is lifted]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36500))]
        days: Option<u32>,
        /// Why; shown to whoever the account belongs to
        #[arg(long, default_value = "", allow_hyphen_values = true)]
        reason: String,
        /// Let it in again instead
        #[arg(long, conflicts_with_all = ["days", "reason"])]
        lift: bool,
    },
    /// Set another password, and end everything that the account is signed in with
    ResetPassword {
        /// User name
        username: String,
        /// Make a link instead, by which its owner sets one within a day
        #[arg(long, conflicts_with = "password_file")]
        link: bool,
        /// Where its password comes from
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Delete an account; its messages stay, as those of a former member
    Delete {
        /// User name
        username: String,
        /// Yes, delete it
        #[arg(long, required = true)]
        yes: bool,
    },
}

/// `snug room`
#[derive(Subcommand)]
pub enum RoomCommand {
    /// Make a room
    Add {
        /// Its name
        #[arg(allow_hyphen_values = true)]
        name: String,
        /// User name of its owner
        #[arg(long)]
        owner: String,
        /// What people talk about there
        #[arg(long, default_value = "", allow_hyphen_values = true)]
        topic: String,
        /// public or open
        #[arg(long, default_value = "open")]
        visibility: String,
    },
    /// List the rooms
    List,
    /// Show a room
    Show {
        /// Its part of the address, such as lobby
        room: String,
    },
    /// List the members of a room
    Members {
        /// Its part of the address, such as lobby
        room: String,
    },
    /// Make somebody a member of a room
    AddMember {
        /// Its part of the address, such as lobby
        room: String,
        /// User name
        username: String,
        /// member, moderator or owner, also for who is in the room already [default: member, or what they are]
        #[arg(long, value_parser = ["member", "moderator", "owner"])]
        role: Option<String>,
    },
    /// Make somebody a member of a room no longer
    RemoveMember {
        /// Its part of the address, such as lobby
        room: String,
        /// User name
        username: String,
    },
    /// Say something in a room for the house itself
    Say {
        /// Its part of the address, such as lobby
        room: String,
        /// What, in Markdown
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Make a room read only, and take it out of the lists
    Archive {
        /// Its part of the address, such as lobby
        room: String,
    },
    /// Bring an archived room back
    Unarchive {
        /// Its part of the address, such as lobby
        room: String,
    },
    /// Delete a room with everything that was written in it
    Delete {
        /// Its part of the address, such as lobby
        room: String,
        /// Yes, delete it
        #[arg(long, required = true)]
        yes: bool,
    },
}

/// `snug import`
#[derive(Subcommand)]
pub enum ImportCommand {
    /// From a Django project with a chat (docs/COMPAT.md); what is there already stays, so it may be done again
    Django {
        /// The file of its SQLite database, or postgres://…
        from: String,
    },
}

/// `snug invite`
#[derive(Subcommand)]
pub enum InviteCommand {
    /// Make a link by which people come in
    Add {
        /// Into this room too; its part of the address, such as lobby
        #[arg(long)]
        room: Option<String>,
        /// It holds for so many days [default: until it is revoked]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: Option<u32>,
        /// It can be used so often [default: as often as people like]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        uses: Option<u32>,
    },
    /// List the invites that hold
    List,
    /// Take an invite back
    Revoke {
        /// What its link ends with
        #[arg(allow_hyphen_values = true)]
        code: String,
    },
}

/// Options of `snug announce`.
#[derive(Args)]
pub struct AnnounceOptions {
    /// What everybody is told, at most 200 characters
    #[arg(allow_hyphen_values = true)]
    pub(crate) text: String,

    /// Answer in JSON, on one line
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) store: Store,
}

impl AnnounceOptions {
    pub(super) fn complete(&mut self) -> Result<(), String> {
        self.store.complete()
    }
}

fn parse_role(text: &str) -> Result<HouseRole, &'static str> {
    match text {
        "member" => Ok(HouseRole::Member),
        "admin" => Ok(HouseRole::Admin),
        "owner" => Ok(HouseRole::Owner),
        _ => Err("a role is member, admin or owner"),
    }
}
