//! Slack's Block Kit, as far as it is text. An image is a link; what one could press is a link where it leads somewhere.

use serde_json::Value;

use crate::{
    escape,
    fields::{list, text},
    mrkdwn,
};

/// Blocks of one message, as Slack has it.
const BLOCKS_MAX: usize = 50;
/// Elements within a block.
const ELEMENTS_MAX: usize = 50;
/// How deep the parts of rich text nest.
const DEPTH_MAX: usize = 4;

/// All of them, one below the other.
pub(crate) fn all(blocks: &[Value]) -> String {
    let all = blocks.iter().take(BLOCKS_MAX).map(block).filter(|text| protocol::is_visible(text));
    all.collect::<Vec<_>>().join("\n")
}

fn block(block: &Value) -> String {
    match text(block, "type").as_str() {
        "header" => {
            let title = object(block.get("text")).split_whitespace().collect::<Vec<_>>().join(" ");
            if title.is_empty() { title } else { ["**", &title, "**"].concat() }
        }
        "section" => section(block),
        "divider" => "———".to_owned(),
        "context" => joined(list(block, "elements"), " "),
        "actions" => joined(list(block, "elements"), " · "),
        "image" => image(block),
        "rich_text" => rich(block, 0),
        _ => String::new(),
    }
}

fn section(block: &Value) -> String {
    let said = object(block.get("text"));
    let fields = list(block, "fields").iter().take(ELEMENTS_MAX).map(|field| object(Some(field)));
    let beside = block.get("accessory").map(element).unwrap_or_default();
    let parts = [said].into_iter().chain(fields).chain([beside]).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}

fn joined(elements: &[Value], between: &str) -> String {
    let parts = elements.iter().take(ELEMENTS_MAX).map(element).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(between)
}

fn element(element: &Value) -> String {
    match text(element, "type").as_str() {
        "image" => image(element),
        "mrkdwn" | "plain_text" => object(Some(element)),
        "button" => {
            let url = text(element, "url");
            if escape::address(&url).is_some() { escape::link(&object(element.get("text")), &url) } else { String::new() }
        }
        _ => String::new(),
    }
}

/// A text object.
fn object(object: Option<&Value>) -> String {
    let Some(object) = object else { return String::new() };
    let said = text(object, "text");
    if text(object, "type") == "mrkdwn" { mrkdwn::block(said.trim()) } else { mrkdwn::plain(said.trim()) }
}

fn image(image: &Value) -> String {
    let url = text(image, "image_url");
    let title = object(image.get("title"));
    let label = if title.is_empty() { mrkdwn::plain(text(image, "alt_text").trim()) } else { title };
    let label = if label.is_empty() { "Image".to_owned() } else { label };
    if escape::address(&url).is_some() { escape::link(&label, &url) } else { label }
}

/// Rich text: sections of pieces with a style, lists, quotes, code.
fn rich(part: &Value, depth: usize) -> String {
    if depth > DEPTH_MAX {
        return String::new();
    }
    let elements = list(part, "elements");
    let each =
        |between: &str| elements.iter().take(ELEMENTS_MAX).map(|part| rich(part, depth + 1)).collect::<Vec<_>>().join(between);
    match text(part, "type").as_str() {
        "rich_text" => each("\n"),
        "rich_text_section" => each(""),
        "rich_text_list" => {
            let ordered = text(part, "style") == "ordered";
            let items = elements.iter().take(ELEMENTS_MAX).enumerate().map(|(number, item)| {
                let mark = if ordered { format!("{}. ", number + 1) } else { "- ".to_owned() };
                [mark, rich(item, depth + 1)].concat()
            });
            items.collect::<Vec<_>>().join("\n")
        }
        "rich_text_quote" => each("").lines().map(|line| ["> ", line].concat()).collect::<Vec<_>>().join("\n"),
        "rich_text_preformatted" => {
            let code = elements.iter().take(ELEMENTS_MAX).map(|piece| text(piece, "text")).collect::<String>();
            ["```\n", code.replace("```", "ʼʼʼ").trim_matches('\n'), "\n```"].concat()
        }
        "text" => styled(part),
        "link" => {
            let label = escape::text(&text(part, "text"));
            escape::link(&label, &text(part, "url"))
        }
        "emoji" => {
            crate::emoji::named(&text(part, "name")).map_or_else(|| [":", &text(part, "name"), ":"].concat(), str::to_owned)
        }
        "user" => escape::foreign(&["@", &text(part, "user_id")].concat()),
        "channel" => escape::foreign(&["#", &text(part, "channel_id")].concat()),
        "broadcast" => if text(part, "range") == "here" { "@here" } else { "@room" }.to_owned(),
        _ => String::new(),
    }
}

fn styled(piece: &Value) -> String {
    let said = text(piece, "text");
    let has = |style: &str| crate::fields::is(piece, &["style.", style].concat());
    let inner = said.trim();
    if inner.is_empty() {
        return said;
    }
    if has("code") && !inner.contains('`') {
        return said.replacen(inner, &["`", inner, "`"].concat(), 1);
    }
    let marks: String = [("bold", "**"), ("italic", "_"), ("strike", "~~")]
        .iter()
        .filter(|(style, _)| has(style))
        .map(|(_, mark)| *mark)
        .collect();
    // The same from behind.
    let ends: String = [("strike", "~~"), ("italic", "_"), ("bold", "**")]
        .iter()
        .filter(|(style, _)| has(style))
        .map(|(_, mark)| *mark)
        .collect();
    let start = said.len() - said.trim_start().len();
    let (head, tail) = (&said[..start], &said[start + inner.len()..]);
    [head, &marks, &escape::text(inner), &ends, tail].concat()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_block_is_text() {
        let blocks = json!([
            { "type": "header", "text": { "type": "plain_text", "text": "Build *42*" } },
            { "type": "section", "text": { "type": "mrkdwn", "text": "It *failed*" },
              "accessory": { "type": "button", "text": { "type": "plain_text", "text": "Open" }, "url": "https://ci.test/42" } },
            { "type": "section", "fields": [{ "type": "mrkdwn", "text": "*Branch*\nmain" }, { "type": "plain_text", "text": "a_b" }] },
            { "type": "divider" },
            { "type": "image", "image_url": "https://ci.test/a.png", "alt_text": "A plot" },
            { "type": "context", "elements": [
                { "type": "image", "image_url": "https://ci.test/b.png", "alt_text": "ada" }, { "type": "mrkdwn", "text": "by _Ada_" } ] },
            { "type": "actions", "elements": [
                { "type": "button", "text": { "type": "plain_text", "text": "One" }, "url": "https://ci.test/1" },
                { "type": "button", "text": { "type": "plain_text", "text": "No address" }, "value": "x" } ] },
            { "type": "input" }
        ]);
        let text = all(blocks.as_array().map_or(&[], Vec::as_slice));
        assert_eq!(
            text,
            "**Build \\*42\\***\nIt **failed**\n[Open](https://ci.test/42)\n**Branch**\nmain\na_b\n———\n[A plot](https://ci.test/a.png)\n\
             [ada](https://ci.test/b.png) by _Ada_\n[One](https://ci.test/1)"
        );
    }

    #[test]
    fn rich_text_is_text_too() {
        let blocks = json!([{ "type": "rich_text", "elements": [
            { "type": "rich_text_section", "elements": [
                { "type": "text", "text": "Now " }, { "type": "text", "text": "bold", "style": { "bold": true, "strike": true } },
                { "type": "emoji", "name": "tada" }, { "type": "broadcast", "range": "channel" } ] },
            { "type": "rich_text_list", "style": "bullet", "elements": [
                { "type": "rich_text_section", "elements": [{ "type": "link", "url": "https://x.test", "text": "here" }] } ] },
            { "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": "a < b" }] } ] }]);
        let text = all(blocks.as_array().map_or(&[], Vec::as_slice));
        assert_eq!(text, "Now **~~bold~~**🎉@room\n- [here](https://x.test)\n```\na < b\n```");
    }
}
