//! The cookies: names, reading, and the headers that set them.

use http::{HeaderMap, HeaderValue, header};

/// Colours that were chosen: `dark` or `light`; absent while the page follows the system.
const THEME: &str = "snug_theme";
/// Minutes east of UTC, set by the page.
const ZONE: &str = "snug_zone";
/// No zone on Earth is further from UTC than 14 hours, and all of them are whole quarters of an hour away.
const ZONE_MAX: u32 = 14 * 60;
const ZONE_STEP: i32 = 15;

const YEAR_SECONDS: i64 = 365 * 24 * 60 * 60;

/// Name of the session cookie. `__Host-` binds it to this host and to TLS, but browsers refuse it on plain HTTP.
#[must_use]
pub fn session_name(secure: bool) -> &'static str {
    if secure { "__Host-snug_session" } else { "snug_session" }
}

/// The refresh token that the browser sent.
#[must_use]
pub fn session_token(headers: &HeaderMap, secure: bool) -> Option<String> {
    value(headers, session_name(secure)).map(str::to_owned)
}

/// The colours that were chosen, `dark` or `light`. Whatever else the cookie says is no choice.
#[must_use]
pub fn theme(headers: &HeaderMap) -> Option<&'static str> {
    let theme = value(headers, THEME)?;
    ["dark", "light"].into_iter().find(|known| *known == theme)
}

/// Minutes east of UTC, as the last page that ran in this browser left it; UTC before that.
#[must_use]
pub fn zone(headers: &HeaderMap) -> i32 {
    let zone = value(headers, ZONE).and_then(|zone| zone.parse().ok());
    zone.filter(|zone: &i32| zone.unsigned_abs() <= ZONE_MAX && zone % ZONE_STEP == 0).unwrap_or(0)
}

/// Value of the first cookie with this name.
#[must_use]
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The header that keeps a refresh token in the browser, out of reach for scripts, as long as its session lasts (in seconds).
#[must_use]
pub fn keep_session(token: &str, lasts: i64, secure: bool) -> Option<HeaderValue> {
    set(session_name(secure), token, lasts, secure, true)
}

/// The header that takes it away.
#[must_use]
pub fn forget_session(secure: bool) -> Option<HeaderValue> {
    set(session_name(secure), "", 0, secure, true)
}

/// Name of the cookie by which a browser is known again, as [`session_name`].
#[must_use]
pub fn device_name(secure: bool) -> &'static str {
    if secure { "__Host-snug_device" } else { "snug_device" }
}

/// The header that keeps a device token in the browser, out of reach for scripts.
#[must_use]
pub fn keep_device(token: &str, secure: bool) -> Option<HeaderValue> {
    set(device_name(secure), token, YEAR_SECONDS, secure, true)
}

/// The header that keeps the chosen colours; anything but `dark` and `light` goes back to the system's.
#[must_use]
pub fn keep_theme(theme: &str, secure: bool) -> Option<HeaderValue> {
    match theme {
        "dark" | "light" => set(THEME, theme, YEAR_SECONDS, secure, false),
        _ => set(THEME, "", 0, secure, false),
    }
}

fn set(name: &str, value: &str, max_age: i64, secure: bool, http_only: bool) -> Option<HeaderValue> {
    let mut cookie = format!("{name}={value}; Path=/; Max-Age={max_age}; SameSite=Lax");
    if http_only {
        cookie.push_str("; HttpOnly");
    }
    if secure {
        cookie.push_str("; Secure");
    }
    HeaderValue::try_from(cookie).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn sent(lines: &[&'static str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_static(line))).collect()
    }

    #[test]
    fn the_session_is_found_among_others() {
        let headers = sent(&["snug_theme=dark; snug_session=abc=; x", "snug_zone=60"]);
        assert_eq!(session_token(&headers, false).as_deref(), Some("abc="));
        assert_eq!(zone(&headers), 60);
        assert_eq!(value(&headers, "snug"), None);
    }

    #[test]
    fn only_known_colours_and_zones_are_read() {
        for (line, expected) in [
            ("snug_theme=dark; snug_zone=-570", (Some("dark"), -570)),
            ("snug_theme=light; snug_zone=840", (Some("light"), 840)),
            ("snug_theme=DARK; snug_zone=841", (None, 0)),
            ("snug_theme=dark1; snug_zone=-855", (None, 0)),
            ("snug_theme=; snug_zone=7", (None, 0)),
            ("snug_zone=-2147483648", (None, 0)),
            ("snug_zone=x", (None, 0)),
        ] {
            let headers = sent(&[line]);
            assert_eq!((theme(&headers), zone(&headers)), expected, "{line}");
        }
    }

    #[test]
    fn over_tls_only_the_bound_cookie_counts() {
        let headers = sent(&["snug_session=planted-over-plain-http"]);
        assert_eq!(session_token(&headers, true), None);
        let kept = keep_session("abc", 60, true).unwrap();
        assert_eq!(kept, "__Host-snug_session=abc; Path=/; Max-Age=60; SameSite=Lax; HttpOnly; Secure");
    }

    #[test]
    fn forgetting_ends_a_cookie_at_once() {
        assert_eq!(forget_session(false).unwrap(), "snug_session=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly");
    }

    #[test]
    fn only_known_colours_are_kept() {
        assert_eq!(keep_theme("dark", false).unwrap(), "snug_theme=dark; Path=/; Max-Age=31536000; SameSite=Lax");
        assert_eq!(keep_theme("dark\r\nx: y", false).unwrap(), "snug_theme=; Path=/; Max-Age=0; SameSite=Lax");
    }
}
