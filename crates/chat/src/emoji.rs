//! The emoji there are, from the file that the picker shows in the browser: what is not in it is none.

use std::{collections::HashMap, sync::LazyLock};

use protocol::limits;
use serde::Deserialize;

/// Asks for the colourful form of a character. Some systems write it and others do not.
const COLOURFUL: char = '\u{fe0f}';
const PERSONS: [char; 3] = ['🧑', '👨', '👩'];

/// Those that are known, each by itself without [`COLOURFUL`].
static KNOWN: LazyLock<HashMap<String, Known>> = LazyLock::new(|| {
    let file: File = serde_json::from_str(hooks::EMOJI).unwrap_or_default();
    let rows = file.groups.into_iter().flat_map(|group| group.emoji);
    rows.map(|(emoji, _, _, tones)| (plain(&emoji), Known { emoji, tones })).collect()
});

#[derive(Default, Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    emoji: Vec<Row>,
}

/// An emoji, its names, its tags, and where a skin tone goes.
type Row = (String, String, String, u8);

struct Known {
    emoji: String,
    /// 0: it takes no skin tone, 1: behind the first character, 2: behind each person.
    tones: u8,
}

/// The emoji that a text is, written as everybody writes it: so that the same two are equal. One skin tone for all who are seen.
pub(crate) fn parse(text: &str) -> Option<String> {
    if text.chars().count() > limits::EMOJI_MAX {
        return None;
    }
    let text = plain(text);
    let base: String = text.chars().filter(|c| !is_tone(*c)).collect();
    let known = KNOWN.get(&base)?;
    match text.chars().find(|c| is_tone(*c)) {
        None => Some(known.emoji.clone()),
        Some(tone) => known.toned(tone).filter(|toned| plain(toned) == text),
    }
}

impl Known {
    /// As `scripts/emoji.mjs` and `public/late/emoji.js` do it.
    fn toned(&self, tone: char) -> Option<String> {
        let mut chars = self.emoji.chars();
        let first = chars.next().filter(|_| self.tones > 0)?;
        let rest = chars.as_str();
        let mut toned = String::from_iter([first, tone]);
        for part in rest.strip_prefix(COLOURFUL).unwrap_or(rest).chars() {
            toned.push(part);
            if self.tones == 2 && PERSONS.contains(&part) {
                toned.push(tone);
            }
        }
        Some(toned)
    }
}

fn plain(text: &str) -> String {
    text.replace(COLOURFUL, "")
}

fn is_tone(c: char) -> bool {
    matches!(c, '🏻'..='🏿')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_file_is_an_emoji_and_nothing_else_is() {
        assert!(KNOWN.len() > 1_900);
        for known in KNOWN.values() {
            assert_eq!(parse(&known.emoji).as_deref(), Some(known.emoji.as_str()));
        }
        for text in ["", "a", "ab", "👍👍", "👍 ", "🏽", "<b>", "\u{fe0f}", "1", "😀\u{202e}", &"👍".repeat(50)] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn one_emoji_is_written_in_one_way() {
        assert_eq!(parse("❤").as_deref(), Some("❤\u{fe0f}"));
        assert_eq!(parse("❤\u{fe0f}").as_deref(), Some("❤\u{fe0f}"));
        assert_eq!(parse("👍\u{fe0f}").as_deref(), Some("👍"));
        assert_eq!(parse("🕵🏽\u{200d}♂").as_deref(), Some("🕵🏽\u{200d}♂\u{fe0f}"));
    }

    #[test]
    fn skin_tones_stand_where_they_belong() {
        for toned in ["👍🏽", "👩🏿\u{200d}🚀", "🧑🏻\u{200d}🤝\u{200d}🧑🏻", "💏🏼", "☝🏾"] {
            assert_eq!(parse(toned).as_deref(), Some(toned));
        }
        for text in ["😀🏽", "👍🏽🏽", "👍🏽🏿", "🚀🏽", "🏽👍", "👩\u{200d}🚀🏿", "🧑🏻\u{200d}🤝\u{200d}🧑"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
