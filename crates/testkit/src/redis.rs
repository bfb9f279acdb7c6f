//! A Redis of the test's own.

use std::time::Duration;

use tokio::{net::TcpStream, time::timeout};

use crate::{
    free_port,
    guard::{Guard, find_program, folder},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A Redis (or Valkey) on loopback that keeps nothing. It ends with the test process.
pub struct Redis {
    guard: Guard,
    port: u16,
}

impl Redis {
    /// Starts one and waits until it listens.
    pub async fn start() -> Self {
        let program = find_program(&["redis-server", "valkey-server"], &[], "redis-server");
        let (folder, port) = (folder(), free_port());
        let (program, dir, number) = (program.display().to_string(), folder.display().to_string(), port.to_string());
        let options = ["--port", &number, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", &dir];
        let command: Vec<_> = [program.as_str()].iter().chain(&options).map(|&part| part.to_owned()).collect();
        let redis = Self { guard: Guard::new(&folder, "KILL", &command), port };
        redis.start_again().await;
        redis
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
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
