//! A message as one line of plain text, for the description of a page.

use super::render;
use crate::{limits::QUOTE_MAX, visible::shortened};

/// What stands for a text that is hidden until one wants to see it.
const HIDDEN: &str = "▒▒▒";

/// The text of a message without markup, on one line, of at most so many characters. What is longer ends after a word, with `…`. For
/// the server only: it brings a table that is too large for the browser.
#[must_use]
pub fn excerpt(source: &str, max_chars: usize) -> String {
    let text = plain(&render(source));
    if text.chars().count() <= max_chars {
        return text;
    }
    let cut = shortened(&text, max_chars.saturating_sub(1));
    let ends_word = text[cut.len()..].starts_with(' ');
    let end = if ends_word { cut.len() } else { cut.rfind(' ').unwrap_or(cut.len()) };
    let mut line = cut[..end].trim_end_matches([' ', ',']).to_owned();
    line.push('…');
    line
}

/// The text of a message without markup, on one line, for a quote of it: [`QUOTE_MAX`] characters at most, cut after a word where there is
/// one. Both sides make it, so it knows no graphemes; what shows it cuts the line where its place ends.
#[must_use]
pub fn line(source: &str) -> String {
    let mut text = plain(&render(source));
    if let Some((end, _)) = text.char_indices().nth(QUOTE_MAX) {
        text.truncate(text[..end].rfind(' ').unwrap_or(end));
        text.push('…');
    }
    text
}

/// The text in the renderer's HTML. It is ours, so each `<` begins a tag, each `>` ends one, and there are four references.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    // The lists around, each with the number of its next item.
    let mut lists: Vec<Option<u32>> = Vec::new();
    let mut hidden = false;
    for piece in html.split('<') {
        let (tag, shown) = piece.split_once('>').unwrap_or(("", piece));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let number = attributes.split('"').nth(1).and_then(|number| number.parse().ok());
        if !matches!(name.trim_start_matches('/'), "" | "a" | "code" | "del" | "em" | "input" | "label" | "span" | "strong") {
            text.push(' ');
        }
        match name {
            "ol" => lists.push(Some(number.unwrap_or(1))),
            "ul" => lists.push(None),
            "/ol" | "/ul" => _ = lists.pop(),
            "li" => {
                if let Some(next) = lists.last_mut().and_then(Option::as_mut) {
                    *next = number.unwrap_or(*next);
                    text.push_str(&format!("{next}. "));
                    *next += 1;
                }
            }
            "label" => {
                text.push_str(HIDDEN);
                hidden = true;
            }
            "/label" => hidden = false,
            "input" if !hidden => text.push_str(if attributes.ends_with("checked") { "☑ " } else { "☐ " }),
            _ => {}
        }
        if !hidden {
            text.push_str(shown);
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
