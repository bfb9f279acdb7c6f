//! A server that ends with the test process.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Mutex,
};

const SCRIPT: &str = include_str!("guard.sh");

/// A server under a small shell script, which ends it when this process is gone: a static is never dropped, and a test that is
/// killed drops nothing.
pub(crate) struct Guard {
    shell: Child,
    folder: PathBuf,
    /// Both ends of the talk with the script; nothing once it is told to end.
    talk: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
}

impl Guard {
    /// Prepares to run a command. It is ended with `signal`, and `folder` goes with it.
    pub(crate) fn new(folder: &Path, signal: &str, command: &[String]) -> Self {
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "guard"])
            .arg(folder)
            .arg(signal)
            .args(command)
            // A Ctrl-C is for the test; the script has to outlive it.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let talk = shell.stdin.take().zip(shell.stdout.take().map(BufReader::new));
        Self { shell, folder: folder.to_owned(), talk: Mutex::new(talk) }
    }

    pub(crate) fn start(&self) {
        self.order("start");
    }

    /// Ends the server and waits for its end.
    pub(crate) fn end(&self) {
        self.order("end");
    }

    /// Stops the server and its children where they stand: connections stay, nothing answers.
    pub(crate) fn freeze(&self) {
        self.order("STOP");
    }

    pub(crate) fn thaw(&self) {
        self.order("CONT");
    }

    /// What the server has written.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn order(&self, order: &str) {
        let mut talk = self.talk.lock().expect("no test panicked in here");
        let (orders, answers) = talk.as_mut().expect("the guard was not dropped");
        writeln!(orders, "{order}").expect("the script listens");
        let mut answer = String::new();
        answers.read_line(&mut answer).expect("the script answers");
        assert_eq!(answer, "done\n");
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.talk.lock().expect("no test panicked in here").take();
        // It ends by itself; without this it would stay as a zombie.
        let _ = self.shell.wait();
    }
}

/// The path of a program in one of these folders, or on PATH.
pub(crate) fn find_program(names: &[&str], folders: &[PathBuf], package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = folders.iter().cloned().chain(std::env::split_paths(&path));
    places
        .find_map(|folder| names.iter().map(|name| folder.join(name)).find(|program| program.is_file()))
        .unwrap_or_else(|| panic!("{} is missing. Install it: apt-get install {package} (Debian)", names.join(" or ")))
}

/// A folder that stays until the script removes it.
pub(crate) fn folder() -> PathBuf {
    tempfile::Builder::new().prefix("snug-test-").tempdir().expect("a temporary folder can be made").keep()
}
