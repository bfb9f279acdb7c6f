//! What holds for any text that is rendered. Used by the property tests, by the replay of the corpus and by the fuzz target.

use protocol::markdown::{excerpt, render, ticked};

/// What a byte of source becomes at most: `>` makes `<blockquote></blockquote>`, and nothing costs more.
const GROWTH: usize = 25;

/// Renders any text, and checks that it makes no script and stays in bounds.
pub(crate) fn holds(source: &str) -> Result<(), String> {
    let html = render(source);
    check(&html).map_err(|fault| format!("{fault} in {html}"))?;
    if html.len() > GROWTH * source.len() + 64 {
        return Err(format!("{} bytes from {}", html.len(), source.len()));
    }
    let line = excerpt(source, 50);
    if line.chars().count() > 50 || line.contains(['\n', '\t']) {
        return Err(format!("no short line: {line:?}"));
    }
    // A few stand for all: each costs some renderings.
    for at in boxes(&html).take(3) {
        ticks(source, &html, at)?;
    }
    Ok(())
}

/// Where the boxes of things to do stand in the source.
fn boxes(html: &str) -> impl Iterator<Item = &str> {
    html.split(" data-at=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// Ticking a thing to do changes its box and nothing else, and ticking it again brings back what was there.
fn ticks(source: &str, html: &str, at: &str) -> Result<(), String> {
    let place = at.parse().map_err(|_| format!("no place: {at}"))?;
    let once = ticked(source, place).ok_or_else(|| format!("no box at {at}"))?;
    let (plain, done) = (format!(" data-at=\"{at}\">"), format!(" data-at=\"{at}\" checked>"));
    let expected = if html.contains(&done) { html.replace(&done, &plain) } else { html.replace(&plain, &done) };
    let back = ticked(&once, place).ok_or_else(|| format!("no box at {at} any more"))?;
    if render(&once) != expected || back.to_lowercase() != source.to_lowercase() {
        return Err(format!("ticking {at} makes {once:?}"));
    }
    Ok(())
}

/// Checks HTML against what a message may become: known tags, closed in order, with known attributes; and between the tags no
/// character that could begin markup.
pub(crate) fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        check_text(text)?;
        let (tag, after) = after.split_once('>').ok_or("a tag that does not end")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop();
            if last != Some(name) {
                return Err(format!("</{name}> closes {last:?}"));
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        check_tag(name, attributes, &open)?;
        if !matches!(name, "br" | "input") {
            open.push(name);
        }
    }
    check_text(rest)?;
    if open.is_empty() { Ok(()) } else { Err(format!("not closed: {open:?}")) }
}

fn check_tag(name: &str, attributes: &str, open: &[&str]) -> Result<(), String> {
    let attributes_fit = match name {
        "a" => (is_link(attributes) || is_room(attributes)) && !open.contains(&"a"),
        "code" => attributes.is_empty() || is_language(attributes),
        "ol" => attributes.is_empty() || quoted(attributes, "start").is_some_and(|n| n.parse::<u32>().is_ok()),
        "pre" => attributes == "tabindex=\"0\"",
        "li" => {
            let value = attributes.strip_suffix("class=\"task\"").unwrap_or(attributes).trim_end();
            value.is_empty() || quoted(value, "value").is_some_and(|n| n.parse::<u32>().is_ok())
        }
        "input" => {
            let task = attributes.strip_suffix(" checked").unwrap_or(attributes);
            let place = task.strip_prefix("type=\"checkbox\" disabled aria-label=\"Done\" ");
            attributes == "type=\"checkbox\" aria-label=\"Spoiler\""
                || place.and_then(|place| quoted(place, "data-at")).is_some_and(|n| n.parse::<usize>().is_ok())
        }
        "label" => attributes == "class=\"spoiler\"" && !open.iter().any(|&name| matches!(name, "a" | "label")),
        "div" => attributes == "class=\"table\" tabindex=\"0\"",
        "th" | "td" => {
            attributes.is_empty() || quoted(attributes, "class").is_some_and(|side| matches!(side, "left" | "center" | "right"))
        }
        "p" | "br" | "em" | "strong" | "del" | "blockquote" | "ul" | "span" | "table" | "thead" | "tbody" | "tr" => {
            attributes.is_empty()
        }
        _ => false,
    };
    let parent_fits = match name {
        "li" => matches!(open.last(), Some(&"ul" | &"ol")),
        "p" | "pre" | "blockquote" | "ul" | "ol" | "div" => matches!(open.last(), None | Some(&"li" | &"blockquote")),
        "table" => matches!(open.last(), Some(&"div")),
        "thead" | "tbody" => matches!(open.last(), Some(&"table")),
        "tr" => matches!(open.last(), Some(&"thead" | &"tbody")),
        "th" | "td" => matches!(open.last(), Some(&"tr")),
        "input" => matches!(open.last(), Some(&"label" | &"li")),
        _ => !matches!(open.last(), Some(&"ul" | &"ol" | &"blockquote" | &"div" | &"table" | &"thead" | &"tbody" | &"tr") | None),
    };
    if attributes_fit && parent_fits && open.len() < 64 { Ok(()) } else { Err(format!("<{name} {attributes}> in {open:?}")) }
}

fn check_text(text: &str) -> Result<(), String> {
    let references = ["lt;", "gt;", "amp;", "quot;"];
    let stray =
        text.contains(['>', '"']) || text.split('&').skip(1).any(|after| !references.iter().any(|r| after.starts_with(r)));
    if stray { Err(format!("not escaped: {text:?}")) } else { Ok(()) }
}

fn quoted<'a>(attribute: &'a str, name: &str) -> Option<&'a str> {
    attribute.strip_prefix(name)?.strip_prefix("=\"")?.strip_suffix('"').filter(|value| !value.contains('"'))
}

fn is_link(attributes: &str) -> bool {
    let href = attributes.strip_suffix(" rel=\"nofollow noopener\"").and_then(|href| quoted(href, "href"));
    href.is_some_and(|href| {
        let lower = href.to_ascii_lowercase();
        let scheme = ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
        scheme && check_text(href).is_ok() && !href.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

fn is_room(attributes: &str) -> bool {
    let slug = quoted(attributes, "href").and_then(|href| href.strip_prefix("/r/"));
    slug.is_some_and(|slug| !slug.is_empty() && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
}

fn is_language(attributes: &str) -> bool {
    let language = quoted(attributes, "class").and_then(|class| class.strip_prefix("language-"));
    language.is_some_and(|l| !l.is_empty() && l.chars().all(|c| c.is_ascii_alphanumeric() || "+-#_.".contains(c)))
}
