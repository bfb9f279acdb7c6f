//! Slack's attachments: what stands in a box with a coloured edge there is a quote here, with a circle of that colour.

use std::collections::HashSet;

use serde_json::Value;

use crate::{
    blocks, emoji, escape,
    fields::{is, list, text},
    mrkdwn, time,
};

/// Attachments of one message.
const ATTACHMENTS_MAX: usize = 20;
/// Fields of one attachment.
const FIELDS_MAX: usize = 40;

/// All of them, one below the other.
pub(crate) fn all(attachments: &[Value]) -> String {
    let all = attachments.iter().take(ATTACHMENTS_MAX).map(attachment).filter(|text| !text.is_empty());
    // An empty line, so that two quotes are two.
    all.collect::<Vec<_>>().join("\n\n")
}

/// The lines that stand in them, as they were written.
pub(crate) fn lines(attachments: &[Value]) -> HashSet<&str> {
    let mut lines = HashSet::new();
    let mut values: Vec<&Value> = attachments.iter().take(ATTACHMENTS_MAX).collect();
    while let Some(value) = values.pop() {
        match value {
            Value::Array(list) => values.extend(list),
            Value::Object(named) => {
                let said = ["title", "text"].into_iter().filter_map(|name| named.get(name)?.as_str());
                lines.extend(said.flat_map(str::lines).map(str::trim));
                values.extend(named.values().filter(|value| !value.is_string()));
            }
            _ => {}
        }
    }
    lines
}

fn attachment(attachment: &Value) -> String {
    let before = mrkdwn::block(text(attachment, "pretext").trim());
    let circle = emoji::circle(&text(attachment, "color")).unwrap_or_default();
    let mut parts: Vec<String> = vec![author(attachment), title(attachment), body(attachment)];
    parts.extend(list(attachment, "fields").iter().take(FIELDS_MAX).map(field));
    parts.push(blocks::all(list(attachment, "blocks")));
    parts.extend(["image_url", "thumb_url"].map(|name| image(attachment, name)));
    parts.push(actions(attachment));
    parts.push(footer(attachment));
    parts.retain(|part| protocol::is_visible(part));
    if parts.is_empty() && before.is_empty() {
        parts.push(mrkdwn::block(text(attachment, "fallback").trim()));
        parts.retain(|part| protocol::is_visible(part));
    }
    if let Some(first) = parts.first_mut().filter(|_| !circle.is_empty()) {
        *first = if first.starts_with("```") { [circle, "\n", first].concat() } else { [circle, " ", first].concat() };
    }
    let box_ = parts.join("\n").lines().map(|line| ["> ", line].concat().trim_end().to_owned()).collect::<Vec<_>>().join("\n");
    [before, box_].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn author(attachment: &Value) -> String {
    let name = mrkdwn::plain(text(attachment, "author_name").trim());
    if name.is_empty() { name } else { escape::link(&name, &text(attachment, "author_link")) }
}

fn title(attachment: &Value) -> String {
    let title = mrkdwn::line(&text(attachment, "title"));
    if title.is_empty() { title } else { ["**", &linked(&title, &text(attachment, "title_link")), "**"].concat() }
}

/// A text that leads somewhere, unless a link stands in it already.
fn linked(title: &str, url: &str) -> String {
    if title.contains("](") { title.to_owned() } else { escape::link(title, url) }
}

fn body(attachment: &Value) -> String {
    mrkdwn::block(text(attachment, "text").trim())
}

fn field(field: &Value) -> String {
    let (title, value) = (mrkdwn::line(&text(field, "title")), mrkdwn::block(text(field, "value").trim()));
    let title = if title.is_empty() { title } else { ["**", &title, "**"].concat() };
    // Short ones stand on one line.
    let between = if title.is_empty() || value.is_empty() {
        ""
    } else if !is(field, "short") && value.contains('\n') || value.starts_with("```") {
        "\n"
    } else {
        " "
    };
    [title, between.to_owned(), value].concat()
}

fn image(attachment: &Value, name: &str) -> String {
    let url = text(attachment, name);
    if escape::address(&url).is_some() { escape::link("Image", &url) } else { String::new() }
}

fn actions(attachment: &Value) -> String {
    let links = list(attachment, "actions").iter().map(|action| {
        let url = text(action, "url");
        if escape::address(&url).is_some() { escape::link(&mrkdwn::line(&text(action, "text")), &url) } else { String::new() }
    });
    links.filter(|link| !link.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn footer(attachment: &Value) -> String {
    let footer = mrkdwn::line(&text(attachment, "footer"));
    let ts = text(attachment, "ts");
    let at = ts.split('.').next().and_then(|seconds| seconds.parse().ok()).and_then(time::utc);
    [Some(footer), at].into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
