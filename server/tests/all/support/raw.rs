//! HTTP byte by byte: what no client library would send.

use std::{io::ErrorKind, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::PATIENCE;

/// A connection without anything around it.
pub(crate) struct Raw(TcpStream);

impl Raw {
    pub(crate) async fn open(addr: SocketAddr) -> Self {
        Self(TcpStream::connect(addr).await.unwrap())
    }

    /// A client that takes little before it reads.
    pub(crate) async fn narrow(addr: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self(socket.connect(addr).await.unwrap())
    }

    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// One byte of the answer: it has begun then.
    pub(crate) async fn begins(&mut self) {
        timeout(PATIENCE, self.0.read_u8()).await.expect("no answer").unwrap();
    }

    /// Until an answer has begun, or the server has let go of the connection.
    pub(crate) async fn answered(&mut self) {
        let _ = timeout(PATIENCE, self.0.read_u8()).await.expect("no answer");
    }

    /// Everything up to the end of the connection, which the server makes.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let (mut all, mut part) = (Vec::new(), [0; 4096]);
        loop {
            match timeout(PATIENCE, self.0.read(&mut part)).await.expect("still open") {
                Ok(0) | Err(_) => return all,
                Ok(read) => all.extend(&part[..read]),
            }
        }
    }

    /// Whether the server has let go of the connection; asked without reading.
    pub(crate) fn is_over(&self) -> bool {
        self.0.try_write(b"x").is_err_and(|error| error.kind() != ErrorKind::WouldBlock)
    }
}

/// The whole answer to a request, as text.
pub(crate) async fn ask(addr: SocketAddr, request: &str) -> String {
    let mut raw = Raw::open(addr).await;
    raw.write(request).await;
    String::from_utf8_lossy(&raw.rest().await).into_owned()
}
