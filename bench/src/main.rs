//! `make bench`: starts the servers, puts load on them, prints the table.

use std::{env, fs, path::PathBuf, process::ExitCode, time::Duration};

use bench::{
    Result,
    figures::{Bench, Group},
    report::Report,
    server::Programs,
};
use clap::{Parser, ValueEnum};
use rustix::{
    process::{Resource, Rlimit, getrlimit, setrlimit},
    thread::{CpuSet, sched_setaffinity},
};

/// The servers have core 0.
const LOAD_CORE: usize = 1;
/// Ten thousand sockets, and some.
const FILES_MIN: u64 = 12_000;

#[derive(Parser)]
#[command(about = "Measures Snug, and three neighbours for scale")]
struct Options {
    /// Measure only these [default: all]
    groups: Vec<Group>,

    /// Only what budgets are about, in short samples: to see where a change goes, not to publish
    #[arg(long)]
    quick: bool,

    /// The release binary
    #[arg(long, env = "SNUG_BIN", default_value = "target/release/snug")]
    snug: PathBuf,

    /// Folder for data and results, on the disk that is to be measured; the Python environment is in it
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    take_place()?;
    fs::create_dir_all(&options.folder)?;
    let folder = options.folder.canonicalize()?;
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let programs = Programs {
        snug: options.snug.canonicalize().map_err(|error| format!("{}: {error}; run make build", options.snug.display()))?,
        bare: env::current_exe()?.with_file_name("bare"),
        python: folder.join("venv/bin/python"),
        socket_io: sources.join("socketio"),
        django: sources.join("django"),
        data: folder.join("data"),
    };
    let time = Duration::from_secs(if options.quick { 1 } else { 2 });
    let mut bench = Bench { programs, report: Report::default(), repetitions: 3, time, quick: options.quick };
    let groups = if options.groups.is_empty() { Group::value_variants() } else { &options.groups };
    for group in groups {
        bench.measure(*group)?;
    }
    let path = folder.join("bench.json");
    bench.report.write(&path)?;
    println!("\n{}\nAlso in {}", bench.report.table(), path.display());
    Ok(())
}

/// A core of its own, and as many sockets as there may be; the servers inherit the latter.
fn take_place() -> Result<()> {
    let mut core = CpuSet::new();
    core.set(LOAD_CORE);
    sched_setaffinity(None, &core).map_err(|error| format!("no second core to put the load on: {error}"))?;
    let maximum = getrlimit(Resource::Nofile).maximum;
    if maximum.is_some_and(|files| files < FILES_MIN) {
        return Err(format!("{FILES_MIN} open files have to be allowed: ulimit -Hn").into());
    }
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}
