//! Page after page over connections that stay open.

use std::{
    io::{ErrorKind, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};

use crate::Result;

const PATIENCE: Duration = Duration::from_secs(10);

struct Reader {
    stream: TcpStream,
    asked: Instant,
    answer: Vec<u8>,
}

/// Asks for a page on so many connections, on each again as soon as the answer is complete, and returns how long each took.
///
/// # Errors
/// An answer is not a page, or is not complete.
pub fn load(addr: SocketAddr, request: &str, connections: usize, time: Duration) -> Result<Vec<Duration>> {
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(connections));
    let mut readers = Vec::new();
    for id in 0..connections {
        let mut stream = TcpStream::from_std(std::net::TcpStream::connect(addr)?);
        poll.registry().register(&mut stream, Token(id), Interest::READABLE)?;
        readers.push(Reader { stream, asked: Instant::now(), answer: Vec::new() });
    }
    let (start, mut times, mut input) = (Instant::now(), Vec::new(), vec![0; 256 * 1024]);
    for reader in &mut readers {
        reader.ask(request)?;
    }
    while start.elapsed() < time {
        poll.poll(&mut events, Some(PATIENCE))?;
        if events.is_empty() {
            return Err("a page is not complete, and nothing comes any more".into());
        }
        for event in &events {
            if let Some(taken) = readers[event.token().0].read(&mut input)? {
                times.push(taken);
                readers[event.token().0].ask(request)?;
            }
        }
    }
    Ok(times)
}

impl Reader {
    fn ask(&mut self, request: &str) -> Result<()> {
        self.asked = Instant::now();
        // A request is far smaller than what the kernel takes at once from a client that waits for the answer.
        Ok(self.stream.write_all(request.as_bytes())?)
    }

    /// Reads what is there; when the page is complete, how long it took.
    fn read(&mut self, input: &mut [u8]) -> Result<Option<Duration>> {
        loop {
            match self.stream.read(input) {
                Ok(0) => return Err("the server closed a connection that was to stay open".into()),
                Ok(size) => self.answer.extend_from_slice(&input[..size]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        if !is_complete(&self.answer)? {
            return Ok(None);
        }
        self.answer.clear();
        Ok(Some(self.asked.elapsed()))
    }
}

/// Whether a page is there to its end, in one piece or in chunks. One request is under way at a time, so nothing comes after it.
fn is_complete(answer: &[u8]) -> Result<bool> {
    if answer.len() >= 12 && !answer.starts_with(b"HTTP/1.1 200") {
        return Err(String::from_utf8_lossy(answer).into());
    }
    let (body, last_chunk) = answer.strip_suffix(b"\r\n0\r\n\r\n").map_or((answer, false), |body| (body, true));
    Ok(body.trim_ascii_end().ends_with(b"</html>") && (last_chunk || !is_chunked(answer)))
}

fn is_chunked(answer: &[u8]) -> bool {
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(answer, |end| &answer[..end]);
    head.to_ascii_lowercase().windows(26).any(|header| header == b"transfer-encoding: chunked")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_page_ends_with_its_last_tag() {
        let complete =
            |head: &str, body: &str| is_complete(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").as_bytes()).unwrap();
        let (whole, chunked) = ("Content-Length: 13", "Transfer-Encoding: chunked");
        assert!(complete(whole, "<html></html>"));
        assert!(complete(chunked, "d\r\n<html></html>\r\n0\r\n\r\n"));
        assert!(complete(chunked, "e\r\n<html></html>\n\r\n0\r\n\r\n"));
        assert!(!complete(whole, "<html></ht"));
        assert!(!complete(chunked, "d\r\n<html></html>\r\n"));
        assert!(!complete(whole, ""));
    }

    #[test]
    fn a_refusal_is_no_page() {
        assert!(is_complete(b"HTTP/1.1 404 Not Found\r\n\r\n<html></html>").is_err());
    }
}
