//! An nginx of the test's own, with a certificate that it signed itself.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};

use crate::{
    guard::{Guard, find_program, folder},
    tls::Certificate,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// An nginx on loopback. It ends with the test process.
pub struct Nginx {
    guard: Guard,
    folder: PathBuf,
}

impl Nginx {
    /// Starts one with this site, which is told the folder for its logs, with `fullchain.pem` and `privkey.pem` for this host. Returns
    /// when it listens on the port that the site names.
    pub async fn start(host: &str, port: u16, site: impl FnOnce(&Path) -> String) -> Self {
        let program = find_program(&["nginx"], &["/usr/sbin".into()], "nginx-light");
        let folder = folder();
        Certificate::make(&folder, &format!("DNS:{host}"));
        fs::write(folder.join("site.conf"), site(&folder)).expect("the folder was just made");
        fs::write(folder.join("nginx.conf"), settings(&folder)).expect("the folder was just made");
        let configuration = folder.join("nginx.conf").display().to_string();
        let command = [&program.display().to_string(), "-e", "stderr", "-c", &configuration].map(str::to_owned);
        let nginx = Self { guard: Guard::new(&folder, "TERM", &command), folder };
        nginx.guard.start();
        let listening = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, listening).await.unwrap_or_else(|_| panic!("nginx did not start:\n{}", nginx.guard.log()));
        nginx
    }

    /// A file in its folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// What Debian's own nginx.conf has around a site, without the user and the folders of the system.
fn settings(folder: &Path) -> String {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {}/{kind};\n", folder.display()))
        .collect();
    format!(
        "daemon off;\nmaster_process off;\npid {0}/pid;\nerror_log stderr;\nevents {{}}\n\
         http {{\n{temporary}access_log off;\ninclude {0}/site.conf;\n}}\n",
        folder.display()
    )
}
