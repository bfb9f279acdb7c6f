//! Where to go after signing in: a `next` from an address is a stranger's input.

use std::fmt::Write;

/// Where a person goes who did not come from anywhere.
#[cfg(feature = "ssr")]
const ENTRY: &str = "/r/lobby";

/// The page to go to: `next` when it is a path on this site, the lobby when there is none, else the home page. The result is
/// printable ASCII, as a header needs it.
#[cfg(feature = "ssr")]
pub(crate) fn next_page(next: &str) -> String {
    match next {
        "" => ENTRY.to_owned(),
        _ if is_local(next) => escape(next, |byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'`')),
        _ => "/".to_owned(),
    }
}

/// The address of a form page that goes on to `next`.
pub(crate) fn with_next(page: &str, next: &str) -> String {
    if next.is_empty() {
        return page.to_owned();
    }
    format!("{page}?next={}", value(next))
}

/// Text as it may stand in the query of an address.
pub(crate) fn value(text: &str) -> String {
    escape(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/'))
}

/// The address of a form page for a guest who is at `here` (path and query): it goes on to there. From the home page one goes on to the
/// lobby, and from one form page to the other with what it goes on to.
#[must_use]
pub fn way_in(page: &str, here: &str) -> String {
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    match path {
        "/" => page.to_owned(),
        "/login" | "/register" => match query.split('&').find(|pair| pair.starts_with("next=")) {
            Some(next) => [page, "?", next].concat(),
            None => page.to_owned(),
        },
        _ => with_next(page, here),
    }
}

/// The address that a browser is sent to when it has just got its cookie: it leads to `next`, or says that the cookie was not kept.
#[cfg(feature = "ssr")]
pub(crate) fn entrance(next: &str) -> String {
    [&with_next("/login", next), "&entered"].concat()
}

/// The address of the sign-in page for somebody whose session has ended while they were at `here`.
#[cfg(feature = "hydrate")]
pub(crate) fn signed_out(here: &str) -> String {
    [&with_next("/login", here), "&ended"].concat()
}

/// A path of this site. Browsers read `\` as `/` and drop tabs and line ends, so that `/\host` and `/<tab>/host` lead elsewhere.
#[cfg(feature = "ssr")]
fn is_local(next: &str) -> bool {
    let cleaned: String = next.chars().filter(|c| !c.is_ascii_control()).collect();
    cleaned.starts_with('/') && !cleaned.starts_with("//") && !cleaned.starts_with("/\\")
}

fn escape(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if stays(byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn local_paths_stay() {
        for path in ["/", "/r/lobby", "/r/lobby/m/7?before=3#m7", "/r/a%20b"] {
            assert_eq!(next_page(path), path);
        }
        assert_eq!(next_page(""), "/r/lobby");
    }

    #[test]
    fn other_sites_are_refused() {
        for next in
            ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "\n//evil.example", "r/lobby", " /"]
        {
            assert_eq!(next_page(next), "/", "{next:?}");
        }
    }

    #[test]
    fn the_result_fits_into_a_header() {
        let page = next_page("/r/größe\r\nSet-Cookie: a=b\\");
        assert_eq!(page, "/r/gr%C3%B6%C3%9Fe%0D%0ASet-Cookie:%20a=b%5C");
    }

    #[test]
    fn the_way_in_leads_back_to_where_one_stands() {
        assert_eq!(way_in("/login", "/r/x/m/17"), "/login?next=/r/x/m/17");
        assert_eq!(way_in("/login", "/r/x?before=3"), "/login?next=/r/x%3Fbefore%3D3");
        assert_eq!(way_in("/register", "/"), "/register");
        assert_eq!(way_in("/register", "/login"), "/register");
        assert_eq!(way_in("/register", "/login?next=/r/x/m/17&ended"), "/register?next=/r/x/m/17");
        assert_eq!(way_in("/register", "/login?__err=abc"), "/register");
        assert_eq!(way_in("/login", "/logins"), "/login?next=/logins");
    }

    #[test]
    fn a_query_is_carried_in_one_parameter() {
        assert_eq!(with_next("/login", ""), "/login");
        assert_eq!(with_next("/login", "/r/lobby?before=3&x=1#m2"), "/login?next=/r/lobby%3Fbefore%3D3%26x%3D1%23m2");
    }
}
