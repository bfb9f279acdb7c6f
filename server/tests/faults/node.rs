//! Servers as processes: on a port that stays theirs, killed and started again.

use std::{
    fs::{self, OpenOptions},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use tempfile::TempDir;
use testkit::free_port;

use crate::support::{
    binary::{Binary, LIFTED, snug},
    person::Person,
};

/// The people who send. Few enough that the server does not throttle their registration.
pub(crate) const PEOPLE: [&str; 6] = ["ada", "bob", "carol", "dan", "eve", "frank"];
/// They sign in twice, all at once; and one of them holds up what is said, all the time.
const MORE_LIFTED: &str = ",tries-per-account=1000+1000/s,tries-per-address=1000+1000/s,\
                            moderations=100000+100000/s,moderations-per-address=100000+100000/s";
/// The rooms that everybody is in.
pub(crate) const ROOMS: [&str; 2] = ["lobby", "kitchen"];

/// One node, running or not.
pub(crate) struct Node {
    name: String,
    folder: Arc<TempDir>,
    settings: Vec<(String, String)>,
    /// A program and its arguments that start the server.
    wrapper: Vec<String>,
    addr: SocketAddr,
    process: Option<Binary>,
}

impl Node {
    /// A node with its data in this folder; not started.
    pub(crate) fn new(name: &str, folder: &Arc<TempDir>) -> Self {
        Self {
            name: name.to_owned(),
            folder: folder.clone(),
            settings: [("SNUG_LOG", "warn,sqlx=error".to_owned()), ("SNUG_LIMITS", [LIFTED, MORE_LIFTED].concat())]
                .map(|(name, value)| (name.to_owned(), value))
                .to_vec(),
            wrapper: Vec::new(),
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, free_port())),
            process: None,
        }
    }

    /// With one more setting in its environment.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Started by this command, to which the server's own is appended.
    pub(crate) fn through(self, wrapper: &[&str]) -> Self {
        Self { wrapper: wrapper.iter().map(|&part| part.to_owned()).collect(), ..self }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Starts, and waits until it listens.
    pub(crate) async fn start(&mut self) {
        let server = snug(&["serve", "--addr", &self.addr.to_string(), "--data-dir"]);
        let mut command = match self.wrapper.split_first() {
            None => server,
            Some((program, arguments)) => {
                let mut command = Command::new(program);
                command.args(arguments).arg(server.get_program()).args(server.get_args());
                command
            }
        };
        command.arg(self.folder.path()).envs(self.settings.iter().map(|(name, value)| (name, value)));
        let log = self.log_path();
        let started = tokio::task::spawn_blocking(move || {
            let file = OpenOptions::new().create(true).append(true).open(&log).unwrap();
            Binary::run(&mut command, file, log)
        });
        self.process = Some(started.await.unwrap());
    }

    /// `kill -9`
    pub(crate) fn kill(&mut self) {
        self.process.take().unwrap().kill();
    }

    /// SIGTERM, until it has ended.
    pub(crate) async fn stop(&mut self) {
        let mut process = self.process.take().unwrap();
        process.terminate();
        assert!(process.ended().await.success(), "{}", self.log());
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(Binary::is_running)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.as_ref().unwrap().pid()
    }

    /// Memory that the process holds now, in bytes.
    pub(crate) fn memory(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap()
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join(format!("{}.log", self.name))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes the accounts and the rooms.
    pub(crate) async fn furnish(&self) {
        for (number, name) in PEOPLE.into_iter().enumerate() {
            let person = Person::at(self.addr);
            person.register(name).await;
            for room in &ROOMS[1..] {
                if number == 0 {
                    person.create_room(room, "public").await;
                } else {
                    person.submit(&format!("/r/{room}"), "join_room", &[("room", room)]).await.leads_to();
                }
            }
        }
    }
}
