//! HTTP/1.1, one request on a connection.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use crate::Result;

/// Sends a request and reads the whole answer, head and body in one text.
///
/// # Errors
/// The connection fails, or the status is not one of success or redirection.
pub fn ask(addr: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<String> {
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    headers.iter().for_each(|(name, value)| request.extend([name, ": ", value, "\r\n"]));
    request.extend(["\r\n", body]);
    let mut stream = TcpStream::connect(addr)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    match answer.get(9..10) {
        Some("2" | "3") => Ok(answer),
        _ => Err(format!("{method} {path}: {answer}").into()),
    }
}

/// The value of a header of an answer.
#[must_use]
pub fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split_once("\r\n\r\n").map_or(answer, |(head, _)| head);
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
