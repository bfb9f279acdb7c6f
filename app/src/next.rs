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
    let kept = escape(next, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/'));
    format!("{page}?next={kept}")
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
    fn a_query_is_carried_in_one_parameter() {
        assert_eq!(with_next("/login", ""), "/login");
        assert_eq!(with_next("/login", "/r/lobby?before=3&x=1#m2"), "/login?next=/r/lobby%3Fbefore%3D3%26x%3D1%23m2");
    }
}
