//! The servers that are measured, each a process of its own on a core of its own.

use std::{
    fs, mem,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Result,
    dialect::Dialect,
    frames,
    http::{ask, header},
    kind::Kind,
    machine,
};

/// Accounts that the load side signs in with.
const ACCOUNTS: usize = 4;
const PASSWORD: &str = "seven small boats";
/// A few accounts do what otherwise thousands do, all from one address.
const LIMITS: &str = "sends=1000000+1000000/s,sends-per-address=1000000+1000000/s,connects=1000000+1000000/s,\
                      connects-per-address=1000000+1000000/s,sockets=100000,sockets-per-address=100000,creations=100000+1000/s,\
                      creations-per-address=100000+1000/s,rooms-made=100000,rooms-joined=100000,rooms=100000";
const START_MAX: Duration = Duration::from_secs(30);

/// Where the programs are, and where data may be put.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The release binary of Snug.
    pub snug: PathBuf,
    /// The bare loop.
    pub bare: PathBuf,
    /// Folder of the Socket.IO project, with what it depends on.
    pub socket_io: PathBuf,
    /// Python of an environment that has Channels and uvicorn.
    pub python: PathBuf,
    /// Folder of the Django project.
    pub django: PathBuf,
    /// Folder for data and logs.
    pub data: PathBuf,
}

impl Programs {
    fn command(&self, kind: Kind, folder: &Path) -> Command {
        // A server dies with the bench, however that ends: one that stays would hold what it inherited, a lock for instance. It has a
        // core of its own; the load side has another one.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "taskset", "-c", "0"]);
        match kind {
            Kind::Snug => {
                let serve = ["serve", "--addr", "127.0.0.1:0", "--data-dir"];
                command.arg(&self.snug).args(serve).arg(folder).env("SNUG_LIMITS", LIMITS)
            }
            Kind::Bare => command.arg(&self.bare),
            Kind::SocketIo => {
                let database = folder.join("chat.db");
                command.arg("node").arg("chat.js").arg(database).current_dir(&self.socket_io).env("NODE_ENV", "production")
            }
            Kind::Django => {
                let uvicorn =
                    ["-m", "uvicorn", "chat:application", "--port", "0", "--no-access-log", "--ws-ping-interval", "600"];
                command.arg(&self.python).args(uvicorn).current_dir(&self.django).env("CHAT_DATABASE", folder.join("chat.db"))
            }
        };
        command
    }
}

/// A server that runs; killed when it is dropped.
pub struct Server {
    /// Which one.
    pub kind: Kind,
    /// Where it listens.
    pub addr: SocketAddr,
    /// When its process was started.
    pub started: Instant,
    child: Child,
    folder: PathBuf,
    /// One access token per account, where there are accounts.
    tokens: Vec<String>,
    cookie: String,
}

impl Server {
    /// Starts with an empty folder, and signs in where there are accounts.
    ///
    /// # Errors
    /// It does not start, or nobody can register.
    pub fn start(kind: Kind, programs: &Programs) -> Result<Self> {
        let mut server = Self::start_new(kind, programs)?;
        if kind == Kind::Snug {
            for account in 0..ACCOUNTS {
                server.sign_in(account)?;
            }
        }
        Ok(server)
    }

    /// Starts with an empty folder, and nobody in it.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_new(kind: Kind, programs: &Programs) -> Result<Self> {
        let folder = programs.data.join(kind.name());
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Self::start_on(kind, programs, &folder)
    }

    /// Ends it and starts another process on its folder; who was signed in still is.
    ///
    /// # Errors
    /// It does not start.
    pub fn restarted(mut self, programs: &Programs) -> Result<Self> {
        self.end();
        let mut server = Self::start_on(self.kind, programs, &self.folder)?;
        mem::swap(&mut server.tokens, &mut self.tokens);
        mem::swap(&mut server.cookie, &mut self.cookie);
        Ok(server)
    }

    fn start_on(kind: Kind, programs: &Programs, folder: &Path) -> Result<Self> {
        let path = folder.join("log");
        let log = fs::File::create(&path)?;
        let mut command = programs.command(kind, folder);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let started = Instant::now();
        let mut child = command.spawn().map_err(|error| format!("cannot start setpriv (Debian: util-linux): {error}"))?;
        loop {
            let said = fs::read_to_string(&path)?;
            if let Some(addr) = address_in(&said) {
                let folder = folder.to_owned();
                return Ok(Self { kind, addr, started, child, folder, tokens: Vec::new(), cookie: String::new() });
            }
            if let Some(status) = child.try_wait()? {
                return Err(format!("{} ended with {status}: {said}", kind.name()).into());
            }
            if started.elapsed() > START_MAX {
                child.kill()?;
                return Err(format!("{} does not start: {said}", kind.name()).into());
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Registers an account and draws its token. Each has an address of its own, since tries are counted by address.
    fn sign_in(&mut self, account: usize) -> Result<()> {
        let forwarded = format!("198.51.100.{account}");
        let form = format!("username=bench{account}&display_name=&password={}", PASSWORD.replace(' ', "+"));
        // Without a cookie: a second account in one browser would end the session of the first.
        let answer = self.submit("register", &form, &forwarded, "")?;
        if account == 0 {
            let cookie = header(&answer, "set-cookie").and_then(|cookie| cookie.split(';').next());
            cookie.ok_or("no session cookie came with the registration")?.clone_into(&mut self.cookie);
        }
        let json = format!(r#"{{"username":"bench{account}","password":"{PASSWORD}"}}"#);
        let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", &forwarded)];
        let answer = ask(self.addr, "POST", "/api/v1/auth/token", &headers, &json)?;
        let token = frames::text_after(answer.as_bytes(), r#""access_token":"#).ok_or("no access token in the answer")?;
        self.tokens.push(token.to_owned());
        Ok(())
    }

    fn submit(&self, function: &str, form: &str, forwarded: &str, cookie: &str) -> Result<String> {
        let headers = [
            ("Accept", "text/html"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Sec-Fetch-Site", "same-origin"),
            ("X-Forwarded-For", forwarded),
            ("Cookie", cookie),
        ];
        ask(self.addr, "POST", &format!("/api/fn/{function}"), &headers, form)
    }

    /// Makes a public room that account 0 may write in; servers without accounts make rooms as they are named.
    ///
    /// # Errors
    /// It was refused.
    pub fn make_room(&self, name: &str) -> Result<()> {
        if self.kind == Kind::Snug {
            let form = format!("name={name}&topic=&visibility=public&allow_duplicate=true");
            self.submit("create_room", &form, "198.51.100.0", &self.cookie)?;
        }
        Ok(())
    }

    /// Account 0 reacts to a message.
    ///
    /// # Errors
    /// It was refused.
    pub fn react(&self, room: &str, seq: &str, emoji: &str) -> Result<()> {
        let form = format!("room={room}&seq={seq}&emoji={emoji}&on=true");
        self.submit("react", &form, "198.51.100.0", &self.cookie).map(|_| ())
    }

    /// The request that opens a socket of an account.
    #[must_use]
    pub fn handshake(&self, account: usize) -> String {
        let token =
            self.tokens.get(account % ACCOUNTS).map(|token| format!("Sec-WebSocket-Protocol: snug.v1, bearer.{token}\r\n"));
        format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
            Dialect::of(self.kind).path(),
            self.addr,
            token.unwrap_or_default()
        )
    }

    /// What account 0 shows to be known on pages.
    #[must_use]
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    fn end(&mut self) {
        // When it has ended already there is nothing to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Processor time that it has used, ended threads included.
    ///
    /// # Errors
    /// It does not run.
    pub fn cpu(&self) -> Result<Duration> {
        machine::cpu_of(self.child.id())
    }

    /// Memory that it holds, in bytes.
    ///
    /// # Errors
    /// It does not run.
    pub fn memory(&self) -> Result<u64> {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:")).ok_or("no Rss in smaps_rollup")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }

    /// Files and sockets that it has open.
    ///
    /// # Errors
    /// It does not run.
    pub fn open_files(&self) -> Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn address_in(said: &str) -> Option<SocketAddr> {
    let (_, rest) = said.split_once("http://")?;
    // Until the line is whole the port may lack its last digits.
    let end = rest.find(|c: char| c.is_whitespace())?;
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_address_is_read_when_its_line_is_whole() {
        assert_eq!(address_in("Snug is ready: http://127.0.0.1:41"), None);
        assert_eq!(address_in("Snug is ready: http://127.0.0.1:4123\n"), Some("127.0.0.1:4123".parse().unwrap()));
        assert_eq!(address_in("Uvicorn running on http://127.0.0.1:81 (Press CTRL+C)"), Some("127.0.0.1:81".parse().unwrap()));
    }
}
