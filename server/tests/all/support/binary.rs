//! The real binary as a process of its own.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::Person;

/// Names of others that `snug` goes by, apart from its own, which begin with SNUG_.
const NAMES: [&str; 10] = [
    "PORT",
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "REDIS_URL",
    "REDIS_URL_FILE",
    "LEPTOS_WATCH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NOTIFY_SOCKET",
    "WATCHDOG_USEC",
];

/// Longest time for a command to end and for a server to listen: far more than any takes, so that one that hangs says so.
const PATIENCE: Duration = Duration::from_secs(120);
/// A key as nodes share it.
pub(crate) const SIGNING_KEY: &str = "c251ZyBhbmQgd2FybSwgc251ZyBhbmQgd2FybSwgc24=";
/// Limits that clients in a hurry do not run into.
pub(crate) const LIFTED: &str = "sends=1000000+1000000/s,sends-per-address=1000000+1000000/s,connects=100000+100000/s,\
                                 connects-per-address=100000+100000/s,edits=100000+100000/s,edits-per-address=100000+100000/s";

/// A `snug` with nothing of this environment's settings.
pub(crate) fn snug(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_snug"));
    let own = env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("SNUG_"));
    own.chain(NAMES.map(OsString::from)).for_each(|name| {
        command.env_remove(name);
    });
    command.args(arguments);
    command
}

/// Runs to the end; a command that does not come to one is killed, and the test has failed.
pub(crate) fn output(command: &mut Command) -> Output {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (pid, (done, ended)) = (child.id(), mpsc::channel());
    thread::spawn(move || done.send(child.wait_with_output().unwrap()));
    ended.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let threads = threads(pid);
        testkit::signal(pid, "KILL");
        panic!("{command:?} did not end: {:?}; its threads: {threads}", ended.recv())
    })
}

/// The threads of a process, each with its state and with what it waits for in the kernel.
fn threads(pid: u32) -> String {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let told = |task: &Path, file| fs::read_to_string(task.join(file)).unwrap_or_default();
    tasks.map(|task| task.path()).map(|task| format!("{} in {}; ", told(&task, "stat"), told(&task, "wchan"))).collect()
}

/// A server that runs; killed at the end of a test that did not stop it.
pub(crate) struct Binary {
    child: Child,
    pub(crate) addr: SocketAddr,
    log: PathBuf,
}

impl Binary {
    /// Starts on this folder, for clients in a hurry, and waits until it listens.
    pub(crate) fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let log = folder.join("log");
        let mut command = snug(&["serve", "--addr", "127.0.0.1:0", "--data-dir"]);
        command.arg(folder).env("SNUG_LIMITS", LIFTED).envs(settings.iter().copied());
        Self::run(&mut command, File::create(&log).unwrap(), log)
    }

    /// Starts with this command and waits until it listens. It writes to a file that is kept under this path.
    pub(crate) fn run(command: &mut Command, file: File, log: PathBuf) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (told, first) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            // Nobody is there any more when it came too late.
            let _ = told.send(line);
        });
        let line = first.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let threads = threads(child.id());
            child.kill().unwrap();
            panic!("it does not listen: {}; its threads: {threads}", fs::read_to_string(&log).unwrap())
        });
        let addr = line
            .trim()
            .rsplit_once("http://")
            .unwrap_or_else(|| panic!("{}", fs::read_to_string(&log).unwrap()))
            .1
            .parse()
            .unwrap();
        Self { child, addr, log }
    }

    /// `kill -9`
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    pub(crate) fn signal(&self, name: &str) {
        testkit::signal(self.pid(), name);
    }

    /// Waits for the end of a process that was told to end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        super::eventually("the process ends", async || self.child.try_wait().unwrap()).await
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    pub(crate) fn stranger(&self) -> Person {
        Person::at(self.addr)
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        // It has ended already in most tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
