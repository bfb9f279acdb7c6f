//! Page after page over connections that stay open.

use std::{
    io::{ErrorKind, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};

use crate::{Result, http::header};

const PATIENCE: Duration = Duration::from_secs(10);

/// What came of the requests that were answered in full.
#[derive(Debug, Default)]
pub struct Loaded {
    /// How long each took.
    pub times: Vec<Duration>,
    /// What all the answers took on the connections, heads included.
    pub bytes: usize,
}

struct Reader {
    stream: TcpStream,
    asked: Instant,
    answer: Vec<u8>,
}

/// Asks for a page on so many connections, on each again as soon as the answer is complete.
///
/// # Errors
/// An answer is not a page, or is not complete.
pub fn load(addr: SocketAddr, request: &str, connections: usize, time: Duration) -> Result<Loaded> {
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(connections));
    let mut readers = Vec::new();
    for id in 0..connections {
        let stream = std::net::TcpStream::connect(addr)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, Token(id), Interest::READABLE)?;
        readers.push(Reader { stream, asked: Instant::now(), answer: Vec::new() });
    }
    let (start, mut loaded, mut input) = (Instant::now(), Loaded::default(), vec![0; 256 * 1024]);
    for reader in &mut readers {
        reader.ask(request)?;
    }
    while start.elapsed() < time {
        poll.poll(&mut events, Some(PATIENCE))?;
        if events.is_empty() {
            return Err("a page is not complete, and nothing comes any more".into());
        }
        for event in &events {
            let reader = &mut readers[event.token().0];
            if let Some(taken) = reader.read(&mut input)? {
                loaded.times.push(taken);
                loaded.bytes += reader.answer.len();
                reader.ask(request)?;
            }
        }
    }
    Ok(loaded)
}

impl Reader {
    fn ask(&mut self, request: &str) -> Result<()> {
        self.asked = Instant::now();
        self.answer.clear();
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
        Ok(is_complete(&self.answer)?.then(|| self.asked.elapsed()))
    }
}

/// Whether an answer is there to its end. One request is under way at a time, so nothing comes after it.
fn is_complete(answer: &[u8]) -> Result<bool> {
    let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(false) };
    let (head, body) = (String::from_utf8_lossy(&answer[..end]), &answer[end + 4..]);
    if !head.starts_with("HTTP/1.1 200") {
        return Err(format!("no page: {head}").into());
    }
    match header(&head, "content-length") {
        Some(length) => Ok(body.len() == length.parse::<usize>()?),
        None => Ok(body.ends_with(b"\r\n0\r\n\r\n")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_ends_with_its_length_or_its_last_chunk() {
        let complete =
            |head: &str, body: &str| is_complete(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").as_bytes()).unwrap();
        let (whole, chunked) = ("content-length: 4", "transfer-encoding: chunked");
        assert!(complete(whole, "page"));
        assert!(!complete(whole, "pag"));
        assert!(complete(chunked, "4\r\npage\r\n0\r\n\r\n"));
        assert!(!complete(chunked, "4\r\npage\r\n"));
        assert!(!complete(chunked, ""));
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\ncontent-le").unwrap());
    }

    #[test]
    fn a_refusal_is_no_page() {
        assert!(is_complete(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").is_err());
    }
}
