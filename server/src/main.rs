//! The command `snug`.

use std::process::ExitCode;

use rustix::fs::Mode;
use server::{Failure, commands, config::Command};

fn main() -> ExitCode {
    // Whatever Snug writes is for its owner alone, also in a folder that others may look into.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    // Left to find out by itself whose cryptography to take, rustls panics as soon as a dependency brings a second one. What comes
    // back is an error when there is one already: as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let command = match Command::from_args() {
        Ok(command) => command,
        Err(exit) => return exit,
    };
    // One thread for each core that this process may use: more would only take turns.
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)
        .and_then(|runtime| runtime.block_on(commands::run(&command)));
    outcome.unwrap_or_else(|failure| {
        eprintln!("snug: {failure}");
        ExitCode::FAILURE
    })
}
