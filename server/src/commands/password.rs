//! Where passwords come from: a prompt, a file or standard input, and never an argument, which others on the machine see.

use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::{config::PasswordSource, failure::Failure};

/// Reads a password.
pub(super) fn read(source: &PasswordSource) -> Result<String, Failure> {
    if let Some(file) = source.file() {
        let text =
            fs::read_to_string(file).map_err(|error| Failure::Password(format!("cannot read {}: {error}", file.display())))?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    if !io::stdin().is_terminal() {
        return line();
    }
    let password = ask("Password: ")?;
    if ask("Once more: ")? == password { Ok(password) } else { Err(Failure::Password("these are two passwords".to_owned())) }
}

/// Asks a person, and shows nothing of what they type.
fn ask(question: &str) -> Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Password(format!("cannot ask for it: {error}"));
    let _ = write!(io::stderr(), "{question}");
    let shown = tcgetattr(io::stdin()).map_err(|error| failed(&error))?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(io::stdin(), OptionalActions::Flush, &hidden).map_err(|error| failed(&error))?;
    let line = line();
    let restored = tcsetattr(io::stdin(), OptionalActions::Now, &shown);
    let _ = writeln!(io::stderr());
    restored.map_err(|error| failed(&error))?;
    line
}

fn line() -> Result<String, Failure> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|error| Failure::Password(format!("cannot read it: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
