//! Emoji by the names that Slack has for them: those that programs put into what they post.

/// The emoji with this name.
pub(crate) fn named(name: &str) -> Option<&'static str> {
    let at = NAMES.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    Some(NAMES[at].1)
}

const NAMES: [(&str, &str); 69] = [
    ("+1", "👍"),
    ("-1", "👎"),
    ("alarm_clock", "⏰"),
    ("arrow_down", "⬇️"),
    ("arrow_up", "⬆️"),
    ("ballot_box_with_check", "☑️"),
    ("bell", "🔔"),
    ("black_circle", "⚫"),
    ("blue_circle", "🔵"),
    ("boom", "💥"),
    ("broken_heart", "💔"),
    ("bug", "🐛"),
    ("calendar", "📆"),
    ("chart_with_upwards_trend", "📈"),
    ("clap", "👏"),
    ("computer", "💻"),
    ("construction", "🚧"),
    ("exclamation", "❗"),
    ("eyes", "👀"),
    ("fire", "🔥"),
    ("floppy_disk", "💾"),
    ("gear", "⚙️"),
    ("ghost", "👻"),
    ("green_circle", "🟢"),
    ("green_heart", "💚"),
    ("hammer", "🔨"),
    ("heart", "❤️"),
    ("heavy_check_mark", "✔️"),
    ("hourglass", "⌛"),
    ("hourglass_flowing_sand", "⏳"),
    ("information_source", "ℹ️"),
    ("key", "🔑"),
    ("large_blue_circle", "🔵"),
    ("large_green_circle", "🟢"),
    ("large_orange_circle", "🟠"),
    ("large_yellow_circle", "🟡"),
    ("link", "🔗"),
    ("lock", "🔒"),
    ("loudspeaker", "📢"),
    ("mag", "🔍"),
    ("memo", "📝"),
    ("monkey_face", "🐵"),
    ("no_entry", "⛔"),
    ("octagonal_sign", "🛑"),
    ("ok", "🆗"),
    ("package", "📦"),
    ("pushpin", "📌"),
    ("question", "❓"),
    ("raised_hands", "🙌"),
    ("recycle", "♻️"),
    ("red_circle", "🔴"),
    ("robot_face", "🤖"),
    ("rocket", "🚀"),
    ("rotating_light", "🚨"),
    ("shield", "🛡️"),
    ("skull", "💀"),
    ("snowflake", "❄️"),
    ("sos", "🆘"),
    ("sparkles", "✨"),
    ("star", "⭐"),
    ("stopwatch", "⏱️"),
    ("tada", "🎉"),
    ("thumbsdown", "👎"),
    ("thumbsup", "👍"),
    ("warning", "⚠️"),
    ("white_check_mark", "✅"),
    ("wrench", "🔧"),
    ("x", "❌"),
    ("zap", "⚡"),
];

/// The circle whose colour comes nearest to that of an attachment: `good`, `warning`, `danger` or `#rrggbb`.
pub(crate) fn circle(color: &str) -> Option<&'static str> {
    let color = match color.trim() {
        "good" => "2eb886",
        "warning" => "daa038",
        "danger" => "a30200",
        other => other.trim_start_matches('#'),
    };
    let whole = (color.len() == 6 && color.is_ascii()).then_some(color)?;
    let part = |at: usize| i32::from_str_radix(&whole[at..at + 2], 16).ok();
    let (red, green, blue) = (part(0)?, part(2)?, part(4)?);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    if most - least < 40 {
        return Some(if most < 90 { "⚫" } else { "⚪" });
    }
    let span = most - least;
    // Degrees around the wheel of colours.
    let hue = if most == red {
        (60 * (green - blue) / span + 360) % 360
    } else if most == green {
        60 * (blue - red) / span + 120
    } else {
        60 * (red - green) / span + 240
    };
    Some(match hue {
        0..15 | 330.. => "🔴",
        15..36 => "🟠",
        36..70 => "🟡",
        70..180 => "🟢",
        180..255 => "🔵",
        _ => "🟣",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_found() {
        assert!(NAMES.is_sorted_by(|one, next| one.0 < next.0));
        assert_eq!((named("rocket"), named("+1"), named("zap"), named("nothing")), (Some("🚀"), Some("👍"), Some("⚡"), None));
    }

    #[test]
    fn colours_are_those_that_programs_send() {
        for (color, circle_) in [
            ("good", "🟢"),
            ("warning", "🟡"),
            ("danger", "🔴"),
            ("#D63232", "🔴"),
            ("#36a64f", "🟢"),
            ("#e01e5a", "🔴"),
            ("#1a73e8", "🔵"),
            ("#fc6d26", "🟠"),
            ("#6f42c1", "🟣"),
            ("#cccccc", "⚪"),
            ("#111111", "⚫"),
        ] {
            assert_eq!(circle(color), Some(circle_), "{color}");
        }
        for color in ["", "red", "#12345", "#gggggg", "ääääää"] {
            assert_eq!(circle(color), None, "{color}");
        }
    }
}
