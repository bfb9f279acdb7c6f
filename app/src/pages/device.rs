//! What a browser or program is called, by what it says of itself.

/// Browsers by a word that only they say, those first that say the words of others too.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems, in the same way.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// `Firefox on Linux`, `curl`: as far as it is known.
pub(super) fn device(agent: &str) -> String {
    let known = |table: &[(&str, &'static str)]| table.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => [browser, " on ", system].concat(),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => program(agent).unwrap_or("Unknown device").to_owned(),
    }
}

/// Programs name themselves first: `curl/8.5.0`.
fn program(agent: &str) -> Option<&str> {
    let name = agent.split(['/', ' ']).next()?;
    (!name.is_empty() && name.len() <= 40).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_called_as_people_call_them() {
        let chromium = |rest: &str| format!("Mozilla/5.0 ({rest}");
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(), "Firefox on Linux"),
            (
                chromium("Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"),
                "Chrome on Windows",
            ),
            (chromium("Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"), "Edge on Windows"),
            (chromium("Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15"), "Safari on macOS"),
            (
                chromium("iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"),
                "Safari on iPhone",
            ),
            (chromium("Linux; Android 15) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile Safari/537.36"), "Chrome on Android"),
            ("curl/8.5.0".to_owned(), "curl"),
            (String::new(), "Unknown device"),
            ("x".repeat(80), "Unknown device"),
        ] {
            assert_eq!(device(&agent), name, "{agent}");
        }
    }
}
