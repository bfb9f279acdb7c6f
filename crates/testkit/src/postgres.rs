//! A PostgreSQL of the test's own.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr};
use tokio::{sync::OnceCell, time::timeout};

use crate::{
    free_port,
    guard::{Guard, find_program, folder},
    tls::Certificate,
};

/// Settings of a server whose data nobody needs once the test is over. With a database for each test it would be busy with nothing but
/// looking for what to clean up.
const FAST: [&str; 3] = ["fsync=off", "autovacuum=off", "max_wal_size=4GB"];
const PATIENCE: Duration = Duration::from_secs(60);
/// Where Debian keeps the programs that only its own scripts call.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// It does not: a crash of the server loses nothing, a loss of power would.
    Fast,
    /// It does, as in production.
    Full,
}

/// A PostgreSQL on loopback in a folder of its own. It ends with the test process.
pub struct Postgres {
    guard: Guard,
    port: u16,
    /// What its URLs end with.
    parameters: String,
    databases: AtomicU32,
    /// The name of a database that has its tables and nothing in them.
    template: OnceCell<String>,
}

impl Postgres {
    /// The one that the tests of this process share.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Postgres> = OnceCell::const_new();
        SHARED.get_or_init(|| Self::start(Durability::Fast)).await
    }

    /// Starts one and waits until it accepts connections.
    pub async fn start(durability: Durability) -> Self {
        Self::launch(durability, false).await
    }

    /// Starts one that speaks TLS only. Its URLs ask for its certificate, and name it as the one to trust.
    pub async fn start_tls() -> Self {
        Self::launch(Durability::Full, true).await
    }

    async fn launch(durability: Durability, tls: bool) -> Self {
        let (folder, port) = (folder(), free_port());
        let programs = Programs::find(&folder);
        programs.initialize(&folder);
        let settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300", "shared_buffers=32MB"];
        let mut settings = settings.map(str::to_owned).to_vec();
        if durability == Durability::Fast {
            settings.extend(FAST.map(str::to_owned));
        }
        let mut parameters = String::new();
        if tls {
            let Certificate { chain, key } = programs.certificate(&folder);
            settings.push("ssl=on".to_owned());
            settings.push(format!("ssl_cert_file={}", chain.display()));
            settings.push(format!("ssl_key_file={}", key.display()));
            parameters = format!("?sslmode=verify-full&sslrootcert={}", chain.display());
        }
        let mut command = programs.command("postgres");
        command.extend(["-D".into(), data(&folder), "-p".into(), port.to_string()]);
        command.extend(settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]));
        // SIGQUIT is its "immediate shutdown": like a crash, with recovery at the next start.
        let postgres = Self {
            guard: Guard::new(&folder, "QUIT", &command),
            port,
            parameters,
            databases: AtomicU32::new(0),
            template: OnceCell::new(),
        };
        postgres.start_again().await;
        postgres
    }

    /// Makes a fresh database and returns its URL.
    pub async fn database(&self) -> String {
        self.url(&self.create("").await)
    }

    /// Makes a fresh database that has its tables already, and returns its URL. It is a copy: to make the tables takes much longer.
    pub async fn migrated_database(&self) -> String {
        let template = self.template.get_or_init(|| self.migrate_one()).await;
        self.url(&self.create(&format!("TEMPLATE {template}")).await)
    }

    async fn migrate_one(&self) -> String {
        let name = self.create("").await;
        let db = Database::connect(self.url(&name)).await.expect("it was just made");
        Migrator::up(&db, None).await.expect("an empty database takes all tables");
        db.close().await.expect("a connection can be closed");
        name
    }

    /// Makes a database and returns its name.
    async fn create(&self, how: &str) -> String {
        let name = format!("snug_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("CREATE DATABASE {name} {how}")).await.expect("a database can be made");
        name
    }

    /// Its port on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Crashes it and starts it again on the same port; returns when it has recovered.
    pub async fn restart(&self) {
        self.guard.end();
        self.start_again().await;
    }

    /// Stops all its processes where they stand: connections stay, nothing answers.
    pub fn freeze(&self) {
        self.guard.freeze();
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        self.guard.thaw();
    }

    /// Ends every connection but the one that asks for it, in the middle of whatever it does.
    pub async fn terminate_connections(&self) {
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        self.run(others).await.expect("connections can be ended");
    }

    /// Puts one of its databases in the place of another, whoever uses that one now.
    pub async fn replace(&self, url: &str, by: &str) {
        let [name, by] = [url, by].map(|url| url.trim_end_matches(&self.parameters).rsplit('/').next().unwrap_or_default());
        self.run(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("a database can be dropped");
        self.run(&format!("ALTER DATABASE {by} RENAME TO {name}")).await.expect("a database nobody uses can be renamed");
    }

    async fn start_again(&self) {
        self.guard.start();
        let accepting = async {
            while self.run("SELECT 1").await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, accepting).await.unwrap_or_else(|_| panic!("PostgreSQL did not start:\n{}", self.guard.log()));
    }

    async fn run(&self, sql: &str) -> Result<(), DbErr> {
        let mut options = ConnectOptions::new(self.url("postgres"));
        options.max_connections(1).connect_timeout(Duration::from_secs(5)).sqlx_logging(false);
        let db: DatabaseConnection = Database::connect(options).await?;
        db.execute_unprepared(sql).await?;
        db.close().await
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://snug@127.0.0.1:{}/{database}{}", self.port, self.parameters)
    }
}

/// The programs of PostgreSQL, and how to run them.
struct Programs {
    folder: PathBuf,
    /// They refuse to be run by root.
    as_root: bool,
}

impl Programs {
    /// Finds them for whoever made this folder, and gives it to who will run them.
    fn find(folder: &Path) -> Self {
        let mut versions: Vec<PathBuf> =
            fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
        versions.sort();
        versions.reverse();
        let initdb = find_program(&["initdb"], &versions, "postgresql");
        let as_root = fs::metadata(folder).expect("it was just made").uid() == 0;
        let programs = Self { folder: initdb.parent().expect("a file is in a folder").to_owned(), as_root };
        programs.own(folder);
        programs
    }

    /// Gives this to who will run them.
    fn own(&self, path: &Path) {
        if self.as_root {
            run(&["chown".into(), "postgres".into(), path.display().to_string()]);
        }
    }

    fn command(&self, program: &str) -> Vec<String> {
        let user: &[&str] =
            if self.as_root { &["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] } else { &[] };
        let program = self.folder.join(program).display().to_string();
        user.iter().map(|&part| part.to_owned()).chain([program]).collect()
    }

    fn initialize(&self, folder: &Path) {
        let mut command = self.command("initdb");
        command.extend(["-D".into(), data(folder)]);
        command.extend(["-U", "snug", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"].map(str::to_owned));
        run(&command);
    }

    /// Makes a certificate for a server in this folder that takes no connection without TLS.
    fn certificate(&self, folder: &Path) -> Certificate {
        let certificate = Certificate::make(folder, "IP:127.0.0.1");
        self.own(&certificate.key);
        let connections = Path::new(&data(folder)).join("pg_hba.conf");
        fs::write(connections, "hostssl all all 127.0.0.1/32 trust\n").expect("it was just initialized");
        certificate
    }
}

fn data(folder: &Path) -> String {
    folder.join("data").display().to_string()
}

fn run(command: &[String]) {
    let output = Command::new(&command[0]).args(&command[1..]).output().unwrap_or_else(|error| panic!("{}: {error}", command[0]));
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}
