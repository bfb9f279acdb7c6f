//! The markdown of messages, made into HTML. The server and the browser use this one renderer, so that a row does not move when
//! its message is acknowledged: the same source gives the same HTML on both sides.
//!
//! It knows what a chat needs, in the syntax of CommonMark: paragraphs, emphasis, strike-through, code, quotes, lists and links; in that of
//! GitHub: tables and lists of things to do; and of its own: `||what is hidden||` until one wants to see it, and `#room` as a link.
//! It differs where people in a chat expect it:
//! - a single line end is a line break;
//! - a quote or a list ends with the first line that does not carry on with it (no "lazy continuation");
//! - `http`, `https`, `www.` and mail addresses become links without any marks; they end before the punctuation of scripts that put no
//!   blank behind them;
//! - a mark closes next to a letter of such a script, whatever stands before it (`**굵게.**다음`);
//! - the items of a list have the numbers that were typed, of three digits at most: a year at the start of a line begins no list;
//! - a link whose text names another address shows its own, and a host that mixes scripts is shown as Punycode;
//! - a heading is a bold line, an image is a link;
//! - `@name` is a link to the person whom it calls; a name that is nobody's is text;
//! - a table ends with the first line without a bar; a row has the cells that were typed, and what is too much stays in the last one;
//! - HTML, character references, footnotes, rules and indented code are plain text;
//! - marks with nothing to be seen in them are plain text, so no message is invisible.
//!
//! **Why no sanitiser runs over the result:** no part of the source is ever copied into the HTML as it stands. The output holds
//! only tags that are written out in this module; text and addresses pass through `escape`, addresses only after their scheme was
//! found in a list of three, and the language of a code block or the name of a room only when it is made of a few harmless characters. A
//! property test holds any output against that list.
//!
//! **Why not a crate:** the weight of the page. Measured as optimised WebAssembly under brotli, pulldown-cmark 0.13 without its default
//! features costs 53 KB (its tables of entities and case folding cannot be left out), this module 8 KB; 200 KB is the budget for all.
//!
//! **Bounds:** time and output grow linearly with the source. Quotes and lists nest eight deep, emphasis sixteen (`MAX_DEPTH`,
//! `MAX_OPEN`); what goes deeper is text. That also bounds the recursion.

mod blocks;
mod emphasis;
mod escape;
mod excerpt;
mod hosts;
mod inline;
mod label;
mod lines;
mod links;
mod lists;
mod mentions;
mod punycode;
mod table;
mod token;

pub use excerpt::{excerpt, line};
pub use mentions::calls_all;

use crate::{Mention, UserId, visible::is_visible};

/// The HTML of a message in which nobody is called.
#[must_use]
pub fn render(source: &str) -> String {
    render_with(source, &[], None)
}

/// The HTML of a message that calls these people, as one of them may read it.
#[must_use]
pub fn render_with(source: &str, mentions: &[Mention], reader: Option<UserId>) -> String {
    mentions::resolve(raw(source), mentions, reader)
}

/// The names in a message by which it may call people, as they are looked up: each with the punctuation at its end, and without it.
#[must_use]
pub fn called(source: &str) -> Vec<String> {
    if source.contains('@') { mentions::marked(&raw(source)) } else { Vec::new() }
}

/// The HTML with the names in it marked.
fn raw(source: &str) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let mut html = String::with_capacity(source.len() + source.len() / 4);
    let place = blocks::Place::top(source);
    blocks::write(&lines, place, &mut html);
    if !shows(&html) && !source.trim().is_empty() {
        html.clear();
        blocks::typed(&lines, place, &mut html);
    }
    html
}

/// The source of a message with one thing to do ticked, or not any more: the one whose box [`render`] writes with this place in `data-at`.
#[must_use]
pub fn ticked(source: &str, at: usize) -> Option<String> {
    lists::ticked(source, &render(source), at)
}

/// Whether something is to be seen between the tags.
fn shows(html: &str) -> bool {
    html.split('<').any(|piece| is_visible(piece.split_once('>').map_or(piece, |(_, text)| text)))
}

#[cfg(test)]
mod tests;
