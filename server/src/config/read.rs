//! How the command line and the environment are read, and how what is wrong with them is told.

use std::{env, process::ExitCode};

use clap::builder::Resettable;

/// Exit code for a start that a wrong value stopped (as in sysexits and most shells: 2 is wrong usage).
const WRONG_USAGE: u8 = 2;

/// An empty variable is one that is not set: compose files and platforms write `PORT=` for it. Help goes on naming it.
pub(super) fn without_empty_variables(command: clap::Command) -> clap::Command {
    let command = command.mut_subcommands(without_empty_variables);
    command.mut_args(|arg| match arg.get_env().map(ToOwned::to_owned) {
        Some(name) if env::var_os(&name).is_some_and(|value| value.is_empty()) => {
            let help = format!("{} [env: {}]", arg.get_help().cloned().unwrap_or_default(), name.display());
            arg.env(Resettable::Reset).help(help)
        }
        _ => arg,
    })
}

/// Shows help as help, and of an error only the line that names what is wrong.
pub(super) fn explain(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // When nobody reads the help there is nothing left to do.
        let _ = error.print();
        return u8::try_from(error.exit_code()).unwrap_or(WRONG_USAGE).into();
    }
    if error.kind() == clap::error::ErrorKind::InvalidUtf8 {
        return wrong_usage(&not_utf8());
    }
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or_default();
    wrong_usage(line.strip_prefix("error: ").unwrap_or(line))
}

/// clap does not say which value it was. Variables of others do not matter to it, so one of ours is most likely.
fn not_utf8() -> String {
    let names: Vec<_> = env::vars_os().filter(|(_, value)| value.to_str().is_none()).map(|(name, _)| name).collect();
    let ours = names.iter().find(|name| name.to_string_lossy().starts_with("SNUG_")).or(names.first());
    match ours {
        Some(name) => format!("the value of {} is not UTF-8", name.display()),
        None => "the arguments are not UTF-8".to_owned(),
    }
}

pub(super) fn wrong_usage(fault: &str) -> ExitCode {
    eprintln!("snug: {fault}");
    ExitCode::from(WRONG_USAGE)
}
