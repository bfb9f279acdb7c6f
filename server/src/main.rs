//! The command `snug`.

use std::{process::ExitCode, thread};

use server::{commands, config::Command, serve::Failure};

/// A page is rendered on one worker thread: on one or two cores the runtime would otherwise have too few for pages that wait.
const WORKER_THREADS_MIN: usize = 4;

fn main() -> ExitCode {
    let command = match Command::from_args() {
        Ok(command) => command,
        Err(exit) => return exit,
    };
    let workers = thread::available_parallelism().map_or(WORKER_THREADS_MIN, |cores| cores.get().max(WORKER_THREADS_MIN));
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .map_err(Failure::Runtime)
        .and_then(|runtime| runtime.block_on(commands::run(&command)));
    outcome.unwrap_or_else(|failure| {
        eprintln!("snug: {failure}");
        ExitCode::FAILURE
    })
}
