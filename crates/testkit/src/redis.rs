//! A Redis of the test's own.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};

use crate::{
    free_port,
    guard::{Guard, find_program, folder},
    tls::Certificate,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A Redis (or Valkey) on loopback that keeps nothing. It ends with the test process.
pub struct Redis {
    guard: Guard,
    scheme: &'static str,
    port: u16,
}

impl Redis {
    /// Starts one and waits until it listens.
    pub async fn start() -> Self {
        let port = free_port();
        Self::run(&folder(), "redis", port, &["--port".into(), port.to_string()]).await
    }

    /// Starts one that speaks TLS only. Returns the certificate, too, which nobody trusts yet.
    pub async fn start_tls() -> (Self, PathBuf) {
        let (folder, port) = (folder(), free_port());
        let Certificate { chain, key } = Certificate::make(&folder, "IP:127.0.0.1");
        let options = format!(
            "--port 0 --tls-port {port} --tls-auth-clients no --tls-cert-file {} --tls-key-file {}",
            chain.display(),
            key.display()
        );
        let options: Vec<_> = options.split(' ').map(str::to_owned).collect();
        (Self::run(&folder, "rediss", port, &options).await, chain)
    }

    async fn run(folder: &Path, scheme: &'static str, port: u16, options: &[String]) -> Self {
        let program = find_program(&["redis-server", "valkey-server"], &[], "redis-server").display().to_string();
        let dir = folder.display().to_string();
        let common = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", &dir].map(str::to_owned);
        let command: Vec<_> = [program].iter().chain(options).chain(&common).cloned().collect();
        let redis = Self { guard: Guard::new(folder, "KILL", &command), scheme, port };
        redis.start_again().await;
        redis
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    /// Its port on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `kill -9`
    pub fn kill(&self) {
        self.guard.end();
    }

    /// Starts it on the same port after a kill, and waits until it listens.
    pub async fn start_again(&self) {
        self.guard.start();
        let listening = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, listening).await.unwrap_or_else(|_| panic!("Redis did not start:\n{}", self.guard.log()));
    }

    /// Stops it where it stands: connections stay, nothing answers.
    pub fn freeze(&self) {
        self.guard.freeze();
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.guard.thaw();
    }
}
