//! A pooler in transaction mode in front of a PostgreSQL: each client gets, for each transaction, whichever connection is free.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Mutex,
};

/// Asks for TLS (PostgreSQL, 55.7).
const SSL_REQUEST: i32 = 80_877_103;

/// Connections to the server that nobody uses, and where to get more.
struct Servers {
    addr: SocketAddr,
    idle: Mutex<Vec<TcpStream>>,
}

/// Starts one for as long as the test runs; returns where it listens.
pub async fn pool_transactions(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let addr = listener.local_addr().expect("it is bound");
    let servers = Arc::new(Servers { addr: server, idle: Mutex::default() });
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let servers = servers.clone();
            // A client that goes away ends its task.
            tokio::spawn(async move { servers.serve(client).await });
        }
    });
    addr
}

impl Servers {
    async fn serve(&self, mut client: TcpStream) -> std::io::Result<()> {
        let startup = startup(&mut client).await?;
        let mut server = self.take(&startup).await?;
        self.idle.lock().await.push(server);
        // Signed in, and ready.
        client.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").await?;
        loop {
            let mut request = [0; 16 * 1024];
            let length = client.read(&mut request).await?;
            if length == 0 || request[0] == b'X' {
                return Ok(());
            }
            server = self.take(&startup).await?;
            server.write_all(&request[..length]).await?;
            while !answer(&mut server, &mut client).await? {
                // In a transaction it stays with this client.
                let length = client.read(&mut request).await?;
                server.write_all(&request[..length]).await?;
            }
            self.idle.lock().await.push(server);
        }
    }

    /// One that is idle, or a new one that was greeted by the server.
    async fn take(&self, startup: &[u8]) -> std::io::Result<TcpStream> {
        if let Some(server) = self.idle.lock().await.pop() {
            return Ok(server);
        }
        let mut server = TcpStream::connect(self.addr).await?;
        server.write_all(startup).await?;
        answer(&mut server, &mut tokio::io::sink()).await?;
        Ok(server)
    }
}

/// What a client begins with, without its wish for TLS.
async fn startup(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    loop {
        let length = client.read_i32().await?;
        let mut message = length.to_be_bytes().to_vec();
        message.resize(usize::try_from(length).unwrap_or(4), 0);
        client.read_exact(&mut message[4..]).await?;
        if message[4..8] != SSL_REQUEST.to_be_bytes() {
            return Ok(message);
        }
        client.write_all(b"N").await?;
    }
}

/// Passes on messages until the server is ready for the next request. `true` when it is in no transaction.
async fn answer(server: &mut TcpStream, client: &mut (impl AsyncWriteExt + Unpin)) -> std::io::Result<bool> {
    loop {
        let kind = server.read_u8().await?;
        let length = server.read_i32().await?;
        let mut body = vec![0; usize::try_from(length - 4).unwrap_or(0)];
        server.read_exact(&mut body).await?;
        client.write_u8(kind).await?;
        client.write_i32(length).await?;
        client.write_all(&body).await?;
        if kind == b'Z' {
            return Ok(body == b"I");
        }
    }
}
