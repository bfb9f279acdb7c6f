//! The client itself.

use std::{
    error, fmt,
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use ipnet::IpNet;
use reqwest::{
    Response, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, LOCATION},
    redirect::Policy,
};
use tokio::{net::lookup_host, time::timeout};

use crate::is_public;

/// For so long an answer is waited for, redirects and all.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
pub const ANSWER_MAX: usize = 64 * 1024;
/// Redirects that are followed.
const REDIRECTS_MAX: u32 = 3;
/// Bytes of a URL.
const URL_MAX: usize = 2_000;
/// A connection that nothing was asked by for so long is closed.
const IDLE: Duration = Duration::from_secs(30);

/// Asks others over HTTP, for people who say where. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    allowed: Arc<[IpNet]>,
    /// Both are made when they are needed first: without the roots of a machine nothing can be asked, and all else goes on.
    open: OnceLock<Option<reqwest::Client>>,
    /// Goes to what the operator allows, and nowhere else.
    own: OnceLock<Option<reqwest::Client>>,
}

/// What is posted.
#[derive(Clone, Debug)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// What stands above it, beside its type.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What stands in it.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether it was taken.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why nothing came back, in words for whoever said where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is no URL of http or https without a user's name, or too long.
    NotAUrl,
    /// It stands for an address, or a port, to which nothing goes from here.
    Closed,
    /// It leads on and on.
    Redirects,
    /// There was no answer in time.
    Silence,
    /// More came than is read.
    TooLarge,
    /// Nobody was there, or did not speak HTTP or TLS.
    Unreachable,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "not a URL of http or https",
            Self::Closed => "not an address in the open internet",
            Self::Redirects => "too many redirects",
            Self::Silence => "no answer in time",
            Self::TooLarge => "the answer is too large",
            Self::Unreachable => "could not be reached",
        })
    }
}

impl error::Error for Failure {}

impl Client {
    /// One that goes to the open internet by ports 80 and 443, and by any port into these networks of the operator's own.
    #[must_use]
    pub fn new(allowed: &[IpNet]) -> Self {
        Self { inner: Arc::new(Inner { allowed: allowed.into(), open: OnceLock::new(), own: OnceLock::new() }) }
    }

    /// Whether something could be asked there, as far as can be told without asking.
    ///
    /// # Errors
    /// `NotAUrl`, `Closed`.
    pub fn check(&self, url: &str) -> Result<(), Failure> {
        self.way(&parse(url)?).map(|_| ())
    }

    /// Posts JSON and waits for the answer, whatever its status. Redirects that keep what is posted (307 and 308) are followed.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn post(&self, post: &Post) -> Result<Answer, Failure> {
        timeout(PATIENCE, self.follow(post)).await.map_err(|_| Failure::Silence)?
    }

    async fn follow(&self, post: &Post) -> Result<Answer, Failure> {
        let mut url = parse(&post.url)?;
        for _ in 0..=REDIRECTS_MAX {
            let mut request = self.way(&url)?.post(url.clone()).header(CONTENT_TYPE, "application/json");
            for (name, value) in &post.headers {
                request = request.header(*name, value);
            }
            let response = request.body(post.body.clone()).send().await.map_err(|error| failure(&error))?;
            let keeps = matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
            let next = response.headers().get(LOCATION).filter(|_| keeps).and_then(|place| place.to_str().ok());
            match next {
                Some(next) => url = parse(url.join(next).map_err(|_| Failure::NotAUrl)?.as_str())?,
                None => return read(response).await,
            }
        }
        Err(Failure::Redirects)
    }

    /// By what this is asked. A literal address is looked at here, since no resolver is asked for it; names are where they are resolved.
    fn way(&self, url: &Url) -> Result<&reqwest::Client, Failure> {
        let usual_port = matches!(url.port_or_known_default(), Some(80 | 443));
        let literal = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        let allowed = &self.inner.allowed;
        match literal {
            Some(address) if is_allowed(allowed, address) => {}
            Some(address) if !usual_port || !is_public(address) => return Err(Failure::Closed),
            None if !usual_port && allowed.is_empty() => return Err(Failure::Closed),
            _ => {}
        }
        let (way, open) = if usual_port { (&self.inner.open, true) } else { (&self.inner.own, false) };
        let made = way.get_or_init(|| build(Resolver { allowed: allowed.clone(), open }).ok());
        made.as_ref().ok_or(Failure::Unreachable)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("allowed", &self.inner.allowed).finish_non_exhaustive()
    }
}

fn build(resolver: Resolver) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .dns_resolver(resolver)
        .timeout(PATIENCE)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(2)
        .user_agent(concat!("Snug/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// The host of a URL, with its port where that is named: what others may read of it, who are not to have the secret that many services
/// put behind it.
#[must_use]
pub fn host(url: &str) -> String {
    let Ok(url) = parse(url) else { return String::new() };
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn parse(url: &str) -> Result<Url, Failure> {
    let parsed = Some(url).filter(|url| url.len() <= URL_MAX).and_then(|url| Url::parse(url).ok()).ok_or(Failure::NotAUrl)?;
    let plain = parsed.username().is_empty() && parsed.password().is_none();
    let known = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
    if plain && known { Ok(parsed) } else { Err(Failure::NotAUrl) }
}

/// Reads what is not too long, and no more than that of what is.
async fn read(mut response: Response) -> Result<Answer, Failure> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > ANSWER_MAX {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body })
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Silence;
    }
    let mut cause: Option<&dyn error::Error> = Some(error);
    while let Some(error) = cause {
        if let Some(failure) = error.downcast_ref::<Failure>() {
            return *failure;
        }
        cause = error.source();
    }
    Failure::Unreachable
}

fn is_allowed(allowed: &[IpNet], address: IpAddr) -> bool {
    allowed.iter().any(|network| network.contains(&address.to_canonical()))
}

/// Finds the addresses of names, and drops those to which nothing goes. The connection uses what it gave, so that a name cannot mean
/// something else by then.
struct Resolver {
    allowed: Arc<[IpNet]>,
    /// Whether it goes to the open internet.
    open: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (allowed, open) = (self.allowed.clone(), self.open);
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await?;
            let goes = |at: &SocketAddr| is_allowed(&allowed, at.ip()) || (open && is_public(at.ip()));
            let found: Vec<_> = found.filter(goes).collect();
            if found.is_empty() {
                return Err(Failure::Closed.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Somebody who says this to whoever comes, as often as they come; and the address.
    async fn host(answer: impl Fn(SocketAddr) -> String + Send + 'static) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut heard = Vec::new();
                while !heard.windows(4).any(|end| end == b"\r\n\r\n") {
                    let mut some = [0; 1024];
                    let n = stream.read(&mut some).await.unwrap();
                    heard.extend_from_slice(&some[..n]);
                }
                // Whoever has read enough hangs up.
                let _ = stream.write_all(answer(at).as_bytes()).await;
            }
        });
        at
    }

    fn redirect(to: &str) -> String {
        format!("HTTP/1.1 307 On\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    }

    fn post(url: impl Into<String>) -> Post {
        Post { url: url.into(), headers: vec![("snug-delivery", "1".to_owned())], body: "{}".to_owned() }
    }

    fn of_tests() -> Client {
        Client::new(&["127.0.0.1/32".parse().unwrap()])
    }

    #[test]
    fn what_others_may_read_of_a_url_is_its_host() {
        for (url, read) in [
            ("https://hooks.example.com/services/T0/B0/sesame?token=sesame#sesame", "hooks.example.com"),
            ("https://example.com:443/", "example.com"),
            ("http://[::1]:8080/sesame", "[::1]:8080"),
            ("http://sesame@example.com/", ""),
            ("sesame", ""),
        ] {
            assert_eq!(super::host(url), read, "{url}");
        }
    }

    #[tokio::test]
    async fn an_answer_comes_back_whatever_its_status() {
        for (status, expected) in [("200 OK", true), ("503 Later", false), ("302 There", false)] {
            let at = host(move |_| format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi")).await;
            let answer = of_tests().post(&post(format!("http://{at}/"))).await.unwrap();
            assert_eq!((answer.is_success(), answer.body.as_slice()), (expected, &b"hi"[..]), "{status}");
        }
    }

    #[tokio::test]
    async fn nothing_goes_to_addresses_of_the_house_by_whatever_name() {
        let at = host(|_| redirect("/never")).await;
        let port = at.port();
        let client = Client::new(&[]);
        for url in [
            format!("http://127.0.0.1:{port}/"),
            format!("http://localhost:{port}/"),
            "http://localhost/".to_owned(),
            "http://127.1/".to_owned(),
            "http://0x7f000001/".to_owned(),
            "http://2130706433/".to_owned(),
            "http://0/".to_owned(),
            "http://[::1]/".to_owned(),
            "http://[::ffff:127.0.0.1]/".to_owned(),
            "http://[::ffff:10.0.0.1]/".to_owned(),
            "http://[64:ff9b::a00:1]/".to_owned(),
            "https://169.254.169.254/latest/meta-data".to_owned(),
            "https://10.1.2.3".to_owned(),
            "http://8.8.8.8:22/".to_owned(),
            "http://example.org:8080/".to_owned(),
        ] {
            assert_eq!(client.post(&post(url.as_str())).await, Err(Failure::Closed), "{url}");
        }
        for url in ["ftp://example.org/", "file:///etc/passwd", "http://me:secret@example.org/", "example.org", ""] {
            assert_eq!(client.check(url), Err(Failure::NotAUrl), "{url}");
        }
        for url in ["https://example.org/hook?x=1", "http://1.1.1.1/", "https://[2606:4700::1111]:443/"] {
            assert_eq!(client.check(url), Ok(()), "{url}");
        }
    }

    #[tokio::test]
    async fn what_is_allowed_is_allowed_by_any_port_and_nothing_beside_it() {
        let at = host(|_| "HTTP/1.1 204 Done\r\nconnection: close\r\n\r\n".to_owned()).await;
        let (client, port) = (of_tests(), at.port());
        for url in [format!("http://{at}/"), format!("http://localhost:{port}/"), format!("http://[::ffff:7f00:1]:{port}/")] {
            let answer = client.post(&post(url.as_str())).await;
            // A machine may not reach its own address by the mapped form; it is not closed, whatever it is.
            assert_ne!(answer, Err(Failure::Closed), "{url}");
        }
        assert_eq!(client.post(&post(format!("http://127.0.0.2:{port}/"))).await, Err(Failure::Closed));
    }

    #[tokio::test]
    async fn redirects_lead_to_no_address_of_the_house_and_not_on_for_ever() {
        for (to, expected) in [
            ("http://127.0.0.2/", Failure::Closed),
            ("http://[::1]/", Failure::Closed),
            ("http://10.0.0.1/", Failure::Closed),
            ("//192.168.1.1/", Failure::Closed),
            ("ftp://example.org/", Failure::NotAUrl),
            ("/again", Failure::Redirects),
        ] {
            let at = host(move |_| redirect(to)).await;
            assert_eq!(of_tests().post(&post(format!("http://{at}/"))).await, Err(expected), "{to}");
        }
    }

    #[tokio::test]
    async fn an_answer_without_end_is_read_no_further() {
        let at = host(|_| {
            let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(5))
        })
        .await;
        assert_eq!(of_tests().post(&post(format!("http://{at}/"))).await, Err(Failure::TooLarge));
    }
}
