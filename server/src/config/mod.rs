//! What the owner of a Snug can set: flags of the command, each also an environment variable. Read once, at the start.

mod backup;
mod client;
mod house;
mod lives;
mod notices;
mod read;
mod restore;
mod serve;
mod show;
mod store;

use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, builder::StyledStr};

use self::read::{explain, without_empty_variables, wrong_usage};
pub use self::{
    backup::BackupOptions,
    client::{ClientOptions, SendOptions, TailOptions},
    house::{AnnounceOptions, HouseOptions, ImportCommand, InviteCommand, PasswordSource, RoomCommand, UserCommand},
    restore::RestoreOptions,
    serve::Options,
    store::{LogFormat, Store},
};

#[derive(Parser)]
#[command(
    name = "snug",
    version,
    about = "Snug: a small, self-hosted, real-time chat",
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = settings()
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// Every setting, for the help of the command itself: one should not have to ask twice.
fn settings() -> StyledStr {
    let serve = Options::augment_args(clap::Command::new("serve")).disable_help_flag(true);
    serve.help_template("Options of snug serve, each also a variable of the environment:\n{options}").render_help()
}

/// What `snug` is asked to do.
#[derive(Subcommand)]
pub enum Command {
    /// Start the server
    Serve(Options),
    /// Bring the database up to date; the server does it too when it starts
    Migrate(Store),
    /// Write everything into one new file; the server may be running
    Backup(BackupOptions),
    /// Fill an empty database from a backup; the server must not be running
    Restore(RestoreOptions),
    /// See to people; the server may be running, and notices within seconds
    User(HouseOptions<UserCommand>),
    /// See to rooms; the server may be running
    Room(HouseOptions<RoomCommand>),
    /// See to invites; the server may be running
    Invite(HouseOptions<InviteCommand>),
    /// Bring people, rooms and messages along from another server; the server may be running
    Import(HouseOptions<ImportCommand>),
    /// Tell everybody something
    Announce(AnnounceOptions),
    /// Say something in a room of a server, wherever that is; by an access token
    Send(SendOptions),
    /// Print what is said in a room of a server, as it comes
    Tail(TailOptions),
    /// Look whether everything is as it should be
    Doctor(Store),
    /// Show the settings that are in force, without secrets
    Config(Options),
}

impl Command {
    /// Reads the command line and the environment.
    ///
    /// # Errors
    /// Help that was asked for has been shown, or a wrong value has been named on one line: the code to exit with.
    pub fn from_args() -> Result<Self, ExitCode> {
        let matches = without_empty_variables(CommandLine::command()).try_get_matches().map_err(|error| explain(&error))?;
        let mut command = CommandLine::from_arg_matches(&matches).map_err(|error| explain(&error))?.command;
        command.complete().map_err(|fault| wrong_usage(&fault))?;
        Ok(command)
    }

    /// Where everything is kept. A client keeps nothing.
    #[must_use]
    pub fn store(&self) -> Option<&Store> {
        Some(match self {
            Self::Send(_) | Self::Tail(_) => return None,
            Self::Serve(options) | Self::Config(options) => options.store(),
            Self::Backup(options) => options.store(),
            Self::Restore(options) => options.store(),
            Self::User(options) => &options.store,
            Self::Room(options) => &options.store,
            Self::Invite(options) => &options.store,
            Self::Import(options) => &options.store,
            Self::Announce(options) => &options.store,
            Self::Migrate(store) | Self::Doctor(store) => store,
        })
    }

    /// Names in the log what is set and hardly meant so.
    pub(crate) fn tell_notices(&self) {
        let mut notices = notices::unknown_names(&CommandLine::command());
        notices.extend(self.store().and_then(Store::notice));
        if let Self::Serve(options) | Self::Config(options) = self {
            notices.extend(options.notice());
        }
        notices.iter().for_each(|notice| tracing::warn!("{notice}"));
    }

    fn complete(&mut self) -> Result<(), String> {
        match self {
            Self::Serve(options) | Self::Config(options) => options.complete(),
            Self::Backup(options) => options.complete(),
            Self::Restore(options) => options.complete(),
            Self::User(options) => options.complete(),
            Self::Room(options) => options.complete(),
            Self::Invite(options) => options.complete(),
            Self::Import(options) => options.complete(),
            Self::Announce(options) => options.complete(),
            Self::Migrate(store) | Self::Doctor(store) => store.complete(),
            Self::Send(_) | Self::Tail(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::ArgMatches;

    use super::*;

    /// What the innermost command is given.
    fn read(words: &[&str]) -> ArgMatches {
        let mut read = CommandLine::command().try_get_matches_from(words).unwrap();
        while let Some((_, inner)) = read.remove_subcommand() {
            read = inner;
        }
        read
    }

    /// One invite in 64 begins with a hyphen, and so does a list in Markdown.
    #[test]
    fn a_text_may_begin_with_a_hyphen() {
        for (command, argument) in [
            ("user add ada --name", "name"),
            ("user list", "text"),
            ("user suspend ada --reason", "reason"),
            ("room add --owner ada", "name"),
            ("room add Garden --owner ada --topic", "topic"),
            ("room say lobby", "text"),
            ("invite revoke", "code"),
            ("announce", "text"),
            ("send lobby", "text"),
        ] {
            for text in ["-Rx8", "--Rx8", "-1", "- one\n- two"] {
                let words: Vec<_> = ["snug"].into_iter().chain(command.split(' ')).chain([text]).collect();
                assert_eq!(read(&words).get_one(argument), Some(&text.to_owned()), "{command}");
            }
        }
        assert!(read(&["snug", "invite", "revoke", "-Rx8", "--json"]).get_flag("json"));
    }
}
