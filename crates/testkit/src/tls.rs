//! Certificates for servers of the test's own, and TLS for clients that do not speak it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{self, Stdio},
};

use tokio::{
    io::copy,
    net::{TcpListener, TcpStream},
    process::Command,
};

const NO_OPENSSL: &str = "openssl is missing. Install it: apt-get install openssl (Debian)";

/// A certificate that signed itself: only who is told to trust it does.
pub(crate) struct Certificate {
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

impl Certificate {
    /// Makes `fullchain.pem` and `privkey.pem` in this folder, for a name such as `DNS:chat.example.org` or `IP:127.0.0.1`.
    pub(crate) fn make(folder: &Path, name: &str) -> Self {
        let certificate = Self { chain: folder.join("fullchain.pem"), key: folder.join("privkey.pem") };
        let output = process::Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"])
            .args(["-subj", "/CN=Snug's tests", "-addext", &format!("subjectAltName={name}")])
            // OpenSSL would make one of an authority, which rustls does not take from a server.
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-out")
            .arg(&certificate.chain)
            .arg("-keyout")
            .arg(&certificate.key)
            .output()
            .expect(NO_OPENSSL);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        certificate
    }
}

/// Listens on an address of loopback; what comes there goes on over TLS to a port of loopback, where this host has to show this
/// certificate.
pub async fn speak_tls(port: u16, host: &str, certificate: &Path) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
    let addr = listener.local_addr().expect("it listens");
    let arguments = ["s_client", "-quiet", "-verify_return_error", "-verify_hostname", host, "-servername", host];
    let mut arguments: Vec<_> = arguments.map(str::to_owned).into();
    arguments.extend([
        "-connect".to_owned(),
        format!("127.0.0.1:{port}"),
        "-CAfile".to_owned(),
        certificate.display().to_string(),
    ]);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(wrap(stream, arguments.clone()));
        }
    });
    addr
}

/// Until either side ends.
async fn wrap(mut stream: TcpStream, arguments: Vec<String>) {
    let mut tls = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect(NO_OPENSSL);
    let (mut input, mut output) = tls.stdin.take().zip(tls.stdout.take()).expect("both are pipes");
    let (mut from, mut to) = stream.split();
    // How the one or the other end breaks off is nothing to a test.
    let _ = tokio::select! {
        copied = copy(&mut from, &mut input) => copied,
        copied = copy(&mut output, &mut to) => copied,
    };
}
