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
                      creations-per-address=100000+1000/s,joins=100000+1000/s,joins-per-address=100000+1000/s,rooms-made=100000,rooms-joined=100000,rooms=100000";
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
    /// Those who can sign in, where there are accounts.
    accounts: Vec<Account>,
}

struct Account {
    id: String,
    token: String,
    cookie: String,
}

impl Server {
    /// Starts with an empty folder, and signs in where there are accounts.
    ///
    /// # Errors
    /// It does not start, or nobody can register.
    pub fn start(kind: Kind, programs: &Programs) -> Result<Self> {
        Self::start_with(kind, programs, ACCOUNTS)
    }

    /// Starts with an empty folder, and so many accounts where there are any.
    ///
    /// # Errors
    /// It does not start, or nobody can register.
    pub fn start_with(kind: Kind, programs: &Programs, accounts: usize) -> Result<Self> {
        let mut server = Self::start_new(kind, programs)?;
        if kind == Kind::Snug {
            for number in 0..accounts {
                let account = server.sign_in(number)?;
                server.accounts.push(account);
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
        mem::swap(&mut server.accounts, &mut self.accounts);
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
                return Ok(Self { kind, addr, started, child, folder, accounts: Vec::new() });
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

    /// Registers an account and draws its token.
    fn sign_in(&self, number: usize) -> Result<Account> {
        let form = format!("username=bench{number}&display_name=&password={}", PASSWORD.replace(' ', "+"));
        // Nobody's cookie goes along yet: a second account in one browser would end the session of the first.
        let answer = self.submit("/api/fn/register", &form, number)?;
        let cookie = header(&answer, "set-cookie").and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.ok_or("no session cookie came with the registration")?.to_owned();
        let json = format!(r#"{{"username":"bench{number}","password":"{PASSWORD}"}}"#);
        let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", &address(number))];
        let answer = ask(self.addr, "POST", "/api/v1/auth/token", &headers, &json)?;
        let text = |key| frames::text_after(answer.as_bytes(), key).map(str::to_owned);
        let token = text(r#""access_token":"#).ok_or("no access token in the answer")?;
        Ok(Account { id: text(r#""id":"#).ok_or("no account in the answer")?, token, cookie })
    }

    fn submit(&self, path: &str, form: &str, account: usize) -> Result<String> {
        let headers = [
            ("Accept", "text/html"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Sec-Fetch-Site", "same-origin"),
            ("X-Forwarded-For", &address(account)),
            ("Cookie", self.cookie(account)),
        ];
        ask(self.addr, "POST", path, &headers, form)
    }

    /// Makes a public room that account 0 may write in; servers without accounts make rooms as they are named.
    ///
    /// # Errors
    /// It was refused.
    pub fn make_room(&self, name: &str) -> Result<()> {
        if self.kind == Kind::Snug {
            let form = format!("name={name}&topic=&visibility=public&allow_duplicate=true");
            self.submit("/api/fn/create_room", &form, 0)?;
        }
        Ok(())
    }

    /// An account joins a room.
    ///
    /// # Errors
    /// It was refused.
    pub fn join_room(&self, room: &str, account: usize) -> Result<()> {
        self.submit("/api/fn/join_room", &format!("room={room}"), account).map(|_| ())
    }

    /// Account 0 reacts to a message.
    ///
    /// # Errors
    /// It was refused.
    pub fn react(&self, room: &str, seq: &str, emoji: &str) -> Result<()> {
        let form = format!("room={room}&seq={seq}&emoji={emoji}&on=true");
        self.submit("/api/fn/react", &form, 0).map(|_| ())
    }

    /// Account 0 answers a message with a quote of it. The number makes it another answer than the ones before.
    ///
    /// # Errors
    /// It was refused.
    pub fn reply(&self, room: &str, seq: &str, body: &str, number: usize) -> Result<()> {
        let form = format!("client_id=0190a5e0-7c1e-7d3a-9f11-{number:012x}&reply_to={seq}&body={}", body.replace(' ', "+"));
        self.submit(&format!("/r/{room}"), &form, 0).map(|_| ())
    }

    /// The request that opens a socket of an account; the accounts take turns.
    #[must_use]
    pub fn handshake(&self, account: usize) -> String {
        let account = self.accounts.get(account % self.accounts.len().max(1));
        let token = account.map(|account| format!("Sec-WebSocket-Protocol: snug.v1, bearer.{}\r\n", account.token));
        format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
            Dialect::of(self.kind).path(),
            self.addr,
            token.unwrap_or_default()
        )
    }

    /// What an account shows to be known on pages; nothing where there is no such account.
    #[must_use]
    pub fn cookie(&self, account: usize) -> &str {
        self.accounts.get(account).map_or("", |account| &account.cookie)
    }

    /// The ids of all accounts.
    #[must_use]
    pub fn people(&self) -> Vec<&str> {
        self.accounts.iter().map(|account| account.id.as_str()).collect()
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

/// Each account has an address of its own, since tries are counted by address.
fn address(account: usize) -> String {
    format!("198.51.100.{account}")
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
