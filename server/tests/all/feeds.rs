//! What feed readers, search engines and other chats are given: what guests may read, and nothing else.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::{Person, TestApp, person::Answer};

async fn with(person: &Person, path: &str, name: &'static str, value: &str) -> Answer {
    Answer::to(person.request(Method::GET, path).header(name, value)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_room_has_a_feed() {
    let app = TestApp::start().await;
    let (ada, guest) = (app.ada().await, app.stranger());
    ada.write("lobby", "*Tea* & <cake> for \"all\" ]]>").await;
    ada.write("lobby", "A secret").await;
    let feed = guest.get("/r/lobby/feed.atom").await;
    assert_eq!((feed.status, feed.header("content-type")), (StatusCode::OK, "application/atom+xml; charset=utf-8"));
    assert!(feed.header("last-modified").ends_with(" GMT"), "{}", feed.header("last-modified"));
    feed.assert_has("<content type=\"html\">&lt;p&gt;&lt;em&gt;Tea&lt;/em&gt; &amp;amp; &amp;lt;cake&amp;gt; for &amp;quot;all&amp;quot; ]]&amp;gt;&lt;/p&gt;</content>");
    feed.assert_has("<title>A secret</title>");
    feed.assert_has(&format!("href=\"http://{}/r/lobby/m/", app.addr));
    let newest = feed.text.find("A secret").unwrap();
    assert!(newest < feed.text.find("Tea").unwrap(), "the newest first");
    // A reader that has it is not given it again.
    let etag = feed.header("etag").to_owned();
    assert_eq!(with(&guest, "/r/lobby/feed.atom", "if-none-match", &etag).await.status, StatusCode::NOT_MODIFIED);
    // A text that is deleted is gone, also for readers that have the feed.
    let seq = feed.text[newest..].split("/r/lobby/m/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    ada.submit(&format!("/r/lobby/m/{seq}/delete"), "delete_message", &[("room", "lobby"), ("seq", &seq)]).await.leads_to();
    let feed = with(&guest, "/r/lobby/feed.atom", "if-none-match", &etag).await;
    assert_eq!(feed.status, StatusCode::OK);
    feed.assert_has_not("A secret");
    feed.assert_has("Tea");
    // The page says where it is.
    let page = guest.get("/r/lobby").await;
    page.assert_has(&format!(
        "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"http://{}/r/lobby/feed.atom\"",
        app.addr
    ));
    page.assert_has(&format!("href=\"http://{}/oembed?url=", app.addr));
    page.assert_has("property=\"og:title\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_guests_may_not_read_is_in_none_of_them() {
    let app = TestApp::start().await;
    let (ada, guest) = (app.ada().await, app.stranger());
    ada.create_room("orchard", "public").await;
    ada.create_room("cellar", "open").await;
    ada.write("cellar", "The wine").await;
    let made = ada.submit("/rooms/new", "create_room", &[("name", "Vault"), ("topic", ""), ("visibility", "private")]).await;
    let vault = made.leads_to().strip_prefix("/r/").unwrap().to_owned();
    ada.write(&vault, "The gold").await;
    let nowhere = guest.get("/r/nowhere/feed.atom").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    for slug in ["cellar", &vault] {
        // Whoever asks: a feed is read by programs that keep it.
        for person in [&guest, &ada] {
            let answer = person.get(&format!("/r/{slug}/feed.atom")).await;
            assert_eq!((answer.status, &answer.text), (nowhere.status, &nowhere.text));
        }
        let url = format!("http://{}/r/{slug}", app.addr);
        for url in [url.clone(), format!("{url}/m/2")] {
            let answer = guest.get(&format!("/oembed?url={url}")).await;
            let none = guest.get(&format!("/oembed?url=http://{}/r/nowhere", app.addr)).await;
            assert_eq!((answer.status, answer.text), (StatusCode::NOT_FOUND, none.text));
        }
        let page = ada.get(&format!("/r/{slug}")).await;
        for tag in ["atom+xml", "oembed", "og:title"] {
            page.assert_has_not(tag);
        }
    }
    let map = guest.get("/sitemap.xml").await;
    assert_eq!((map.status, map.header("content-type")), (StatusCode::OK, "application/xml; charset=utf-8"));
    map.assert_has(&format!("<loc>http://{}/r/lobby</loc>", app.addr));
    map.assert_has("/r/orchard<");
    map.assert_has_not("cellar");
    map.assert_has_not(&vault);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_tells_what_it_leads_to() {
    let app = TestApp::start().await;
    let (ada, guest) = (app.ada().await, app.stranger());
    ada.write("lobby", "Tea is **ready**").await;
    let page = guest.get("/r/lobby/feed.atom").await.text;
    let link = page.split("<entry>").nth(1).unwrap().split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let embed = guest.get(&format!("/oembed?format=json&url={link}")).await;
    assert_eq!(embed.status, StatusCode::OK, "{}", embed.text);
    let embed: Value = embed.json();
    assert_eq!((&embed["version"], &embed["type"]), (&"1.0".into(), &"link".into()));
    assert!(embed["title"].as_str().unwrap().ends_with("in Lobby: Tea is ready"), "{embed}");
    let room = guest.get(&format!("/oembed?url=http://{}/r/lobby", app.addr)).await.json();
    assert_eq!((&room["title"], &room["author_name"]), (&"Lobby".into(), &Value::Null));
    assert_eq!(guest.get(&format!("/oembed?format=xml&url={link}")).await.status, StatusCode::NOT_IMPLEMENTED);
    for url in ["https://elsewhere.test/r/lobby", "", "http://[", &format!("{link}9")] {
        assert_eq!(guest.get(&format!("/oembed?url={url}")).await.status, StatusCode::NOT_FOUND, "{url}");
    }
    let seq = link.rsplit('/').next().unwrap();
    ada.submit(&format!("/r/lobby/m/{seq}/delete"), "delete_message", &[("room", "lobby"), ("seq", seq)]).await.leads_to();
    assert_eq!(guest.get(&format!("/oembed?url={link}")).await.status, StatusCode::NOT_FOUND);
    guest.get(&format!("/r/lobby/m/{seq}")).await.assert_has_not("Tea is");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_may_keep_search_engines_away() {
    let app = TestApp::start().await;
    let (ada, guest) = (app.ada().await, app.stranger());
    let robots = guest.get("/robots.txt").await;
    robots.assert_has(&format!("Sitemap: http://{}/sitemap.xml", app.addr));
    assert_eq!(guest.get("/r/lobby").await.header("x-robots-tag"), "");
    let house = [("name", "The Mill"), ("registration", "open"), ("default_rooms", "lobby"), ("public_rooms", "true")];
    ada.submit("/admin/settings", "settle", &house).await.leads_to();
    assert_eq!(guest.get("/robots.txt").await.text, "User-agent: *\nDisallow: /\n");
    assert_eq!(guest.get("/sitemap.xml").await.status, StatusCode::NOT_FOUND);
    assert_eq!(guest.get("/r/lobby").await.header("x-robots-tag"), "noindex, nofollow");
    // Whoever follows the room goes on to.
    assert_eq!(guest.get("/r/lobby/feed.atom").await.status, StatusCode::OK);
    ada.submit("/admin/settings", "settle", &[&house[..], &[("indexing", "true")]].concat()).await.leads_to();
    assert_eq!(guest.get("/sitemap.xml").await.status, StatusCode::OK);
    // Where nothing is public there is nothing to be found.
    ada.submit("/admin/settings", "settle", &[&house[..3], &[("indexing", "true")]].concat()).await.leads_to();
    guest.get("/sitemap.xml").await.assert_has_not("lobby");
    assert_ne!(guest.get("/r/lobby/feed.atom").await.status, StatusCode::OK);
    assert_eq!(guest.get(&format!("/oembed?url=http://{}/r/lobby", app.addr)).await.status, StatusCode::NOT_FOUND);
}
