//! Emoji by the names that programs call them by: those of GitHub, as the picker in the browser has them, and Slack's own.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::Value;

use crate::fields::list;

/// All emoji there are, made by `scripts/emoji.mjs`: groups of rows, each an emoji, its names, its tags, and where a skin tone goes.
pub const EMOJI: &str = include_str!("../../../public/late/emoji.json");

static NAMES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let file: Value = serde_json::from_str(EMOJI).unwrap_or_default();
    let rows = list(&file, "groups").iter().flat_map(|group| list(group, "emoji"));
    let known = rows.filter_map(|row| Some((row[0].as_str()?, row[1].as_str()?)));
    let named = known.flat_map(|(emoji, names)| names.split(' ').map(move |name| (name, emoji)));
    named.chain(SLACK).map(|(name, emoji)| (name.to_owned(), emoji.to_owned())).collect()
});

/// What Slack calls otherwise.
const SLACK: [(&str, &str); 6] = [
    ("blue_circle", "🔵"),
    ("large_green_circle", "🟢"),
    ("large_orange_circle", "🟠"),
    ("large_yellow_circle", "🟡"),
    ("octagonal_sign", "🛑"),
    ("robot_face", "🤖"),
];

/// The emoji with this name.
pub(crate) fn named(name: &str) -> Option<&'static str> {
    NAMES.get(name).map(String::as_str)
}

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
    fn what_programs_name_is_found() {
        assert!(NAMES.len() > 1_900);
        for (name, emoji) in
            [("rocket", "🚀"), ("+1", "👍"), ("thumbsup", "👍"), ("book", "📖"), ("robot", "🤖"), ("robot_face", "🤖")]
        {
            assert_eq!(named(name), Some(emoji), "{name}");
        }
        assert_eq!(named("nothing"), None);
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
