//! A message as one line of plain text, for the description of a page.

use super::render;

/// The text of a message without markup, on one line, of at most so many characters. What is longer ends after a word, with `…`.
#[must_use]
pub fn excerpt(source: &str, max_chars: usize) -> String {
    let text = plain(&render(source));
    if text.chars().count() <= max_chars {
        return text;
    }
    let room = text.char_indices().nth(max_chars.saturating_sub(1)).map_or(0, |(end, _)| end);
    let cut = &text[..room];
    let ends_word = text[room..].starts_with(' ');
    let end = if ends_word { cut.len() } else { cut.rfind(' ').unwrap_or(cut.len()) };
    let mut line = cut[..end].trim_end_matches([' ', ',']).to_owned();
    line.push('…');
    line
}

/// The text in the renderer's HTML. It is ours, so each `<` begins a tag, each `>` ends one, and there are four references.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for piece in html.split('<') {
        let (tag, shown) = piece.split_once('>').unwrap_or(("", piece));
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        if !matches!(name, "" | "a" | "code" | "del" | "em" | "strong") {
            text.push(' ');
        }
        text.push_str(shown);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
