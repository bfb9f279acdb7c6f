//! Events of GitLab, by their `object_kind`.

use serde_json::Value;

use crate::{
    Event, escape,
    event::{counted, quoted, somebody, title},
    fields::{list, text},
    github::{commit_lines, outcome},
};

/// What an event is to a room.
#[must_use]
pub fn gitlab(body: &Value) -> Event {
    match text(body, "object_kind").as_str() {
        "push" => push(body),
        "tag_push" => tag(body),
        "merge_request" => merge_request(body),
        "issue" | "work_item" => issue(body),
        "note" => note(body),
        "release" => release(body),
        "pipeline" => pipeline(body),
        _ => Event::Ignored,
    }
}

fn who(body: &Value) -> String {
    // Pushes say it in a way of their own.
    match text(body, "user.username") {
        name if name.is_empty() => somebody(&text(body, "user_username")),
        name => somebody(&name),
    }
}

fn place(body: &Value) -> String {
    escape::link(&escape::foreign(&text(body, "project.path_with_namespace")), &text(body, "project.web_url"))
}

/// A commit id of zeros stands for nothing.
fn is_nothing(id: &str) -> bool {
    id.bytes().all(|b| b == b'0')
}

fn push(body: &Value) -> Event {
    let reference = text(body, "ref");
    let name = reference.strip_prefix("refs/heads/").unwrap_or(&reference);
    let branch = escape::link(&escape::foreign(name), &[&text(body, "project.web_url"), "/-/commits/", name].concat());
    if is_nothing(&text(body, "after")) {
        return Event::of([[&who(body), " deleted the branch **", &escape::foreign(name), "** of ", &place(body)].concat()]);
    }
    let commits = list(body, "commits");
    let count = text(body, "total_commits_count").parse().unwrap_or(commits.len());
    if commits.is_empty() {
        return Event::of([[&who(body), " made the branch ", &branch, " of ", &place(body)].concat()]);
    }
    let head = [&who(body), " pushed ", &counted(count, "commit", "commits"), " to ", &branch, " of ", &place(body)].concat();
    Event::of([head].into_iter().chain(commit_lines(commits, "author.name")))
}

fn tag(body: &Value) -> Event {
    let reference = text(body, "ref");
    let name = reference.strip_prefix("refs/tags/").unwrap_or(&reference);
    let did = if is_nothing(&text(body, "after")) { "deleted" } else { "made" };
    Event::of([[&who(body), " ", did, " the tag **", &escape::foreign(name), "** of ", &place(body)].concat()])
}

/// The number, with its sign, and the title of what an event is about, as a link.
fn item(body: &Value, name: &str, sign: &str, url: &str) -> String {
    let at = |part: &str| text(body, &[name, ".", part].concat());
    escape::link(&[sign, &at("iid"), " ", &title(&at("title"))].concat(), &text(body, url))
}

fn merge_request(body: &Value) -> Event {
    let did = match text(body, "object_attributes.action").as_str() {
        "open" => "opened",
        "close" => "closed",
        "reopen" => "reopened",
        "merge" => "merged",
        "approved" => "approved",
        _ => return Event::Ignored,
    };
    let quote = if did == "opened" { quoted(&text(body, "object_attributes.description")) } else { String::new() };
    let item = item(body, "object_attributes", "!", "object_attributes.url");
    Event::of([[&who(body), " ", did, " merge request ", &item, " in ", &place(body)].concat(), quote])
}

fn issue(body: &Value) -> Event {
    let did = match text(body, "object_attributes.action").as_str() {
        "open" => "opened",
        "close" => "closed",
        "reopen" => "reopened",
        _ => return Event::Ignored,
    };
    let quote = if did == "opened" { quoted(&text(body, "object_attributes.description")) } else { String::new() };
    let item = item(body, "object_attributes", "#", "object_attributes.url");
    Event::of([[&who(body), " ", did, " issue ", &item, " in ", &place(body)].concat(), quote])
}

fn note(body: &Value) -> Event {
    if !matches!(text(body, "object_attributes.action").as_str(), "" | "create") {
        return Event::Ignored;
    }
    let url = "object_attributes.url";
    let on = match text(body, "object_attributes.noteable_type").as_str() {
        "MergeRequest" => item(body, "merge_request", "!", url),
        "Issue" => item(body, "issue", "#", url),
        "Commit" => {
            let short: String = text(body, "commit.id").chars().take(7).collect();
            escape::link(&["commit `", &short.replace('`', ""), "`"].concat(), &text(body, url))
        }
        _ => escape::link("a snippet", &text(body, url)),
    };
    Event::of([[&who(body), " commented on ", &on, " in ", &place(body)].concat(), quoted(&text(body, "object_attributes.note"))])
}

fn release(body: &Value) -> Event {
    if text(body, "action") != "create" {
        return Event::Ignored;
    }
    let linked = escape::link(&title(&text(body, "name")), &text(body, "url"));
    Event::of([[&linked, " of ", &place(body), " is released"].concat(), quoted(&text(body, "description"))])
}

fn pipeline(body: &Value) -> Event {
    let status = text(body, "object_attributes.status");
    if !matches!(status.as_str(), "success" | "failed" | "canceled") {
        return Event::Ignored;
    }
    let (mark, how) = outcome(&status);
    let id = text(body, "object_attributes.id");
    let url = match text(body, "object_attributes.url") {
        url if url.is_empty() => [&text(body, "project.web_url"), "/-/pipelines/", &id].concat(),
        url => url,
    };
    let branch = escape::foreign(&text(body, "object_attributes.ref"));
    let linked = escape::link(&["Pipeline ", &id].concat(), &url);
    Event::of([[mark, " ", &linked, " ", &how, " on **", &branch, "** of ", &place(body)].concat()])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(mut body: Value) -> String {
        body["user"] = json!({ "username": "ada" });
        body["project"] = json!({ "path_with_namespace": "mill/wheel", "web_url": "https://gitlab.test/mill/wheel" });
        match gitlab(&body) {
            Event::Message(text) => text.replace("[mill/wheel](https://gitlab.test/mill/wheel)", "REPO"),
            Event::Ignored => "-".to_owned(),
        }
    }

    #[test]
    fn events_are_lines() {
        let item = json!({ "iid": 7, "title": "Leak", "url": "https://g.test/7", "action": "open", "description": "It drips" });
        assert_eq!(
            said(json!({ "object_kind": "issue", "object_attributes": item })),
            "**ada** opened issue [#7 Leak](https://g.test/7) in REPO\n> It drips"
        );
        let note = json!({ "note": "Same @here", "noteable_type": "Issue", "url": "https://g.test/7#n" });
        assert_eq!(
            said(json!({ "object_kind": "note", "object_attributes": note, "issue": { "iid": 7, "title": "Leak" } })),
            "**ada** commented on [#7 Leak](https://g.test/7#n) in REPO\n> Same \\@here"
        );
        let ran = json!({ "id": 31, "ref": "main", "status": "failed" });
        assert_eq!(
            said(json!({ "object_kind": "pipeline", "object_attributes": ran })),
            "🔴 [Pipeline 31](https://gitlab.test/mill/wheel/-/pipelines/31) failed on **main** of REPO"
        );
        let zeros = "0".repeat(40);
        assert_eq!(
            said(json!({ "object_kind": "push", "ref": "refs/heads/dry", "after": zeros })),
            "**ada** deleted the branch **dry** of REPO"
        );
        assert_eq!(
            said(json!({ "object_kind": "tag_push", "ref": "refs/tags/v1", "after": "ab" })),
            "**ada** made the tag **v1** of REPO"
        );
        assert_eq!(
            said(
                json!({ "object_kind": "release", "action": "create", "name": "v1", "url": "https://g.test/v1", "description": "" })
            ),
            "[v1](https://g.test/v1) of REPO is released"
        );
    }

    #[test]
    fn nobody_hears_of_the_rest() {
        for body in [
            json!({ "object_kind": "build" }),
            json!({ "object_kind": "pipeline", "object_attributes": { "status": "running" } }),
            json!({ "object_kind": "merge_request", "object_attributes": { "action": "update" } }),
            json!({}),
        ] {
            assert_eq!(said(body), "-");
        }
    }
}
