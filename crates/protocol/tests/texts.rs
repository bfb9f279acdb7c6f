//! Texts and what becomes of them, to the byte: addresses in all scripts, links that pass for others, what cannot be seen, lists.
#![allow(clippy::unwrap_used)]

use protocol::markdown::{excerpt, render};

/// A paragraph in which `{…}` stands for the link that an address becomes by itself.
fn paragraph(template: &str) -> String {
    let mut html = "<p>".to_owned();
    let mut rest = template;
    while let Some((before, (address, after))) = rest.split_once('{').and_then(|(b, link)| Some((b, link.split_once('}')?))) {
        let scheme = if address.to_lowercase().starts_with("www.") {
            "https://"
        } else if address.contains('@') && !address.contains("://") {
            "mailto:"
        } else {
            ""
        };
        html.push_str(before);
        html.push_str(&link(&format!("{scheme}{address}"), address));
        rest = after;
    }
    format!("{html}{rest}</p>").replace('\n', "<br>")
}

fn link(address: &str, text: &str) -> String {
    format!("<a href=\"{address}\" rel=\"nofollow noopener\">{text}</a>")
}

/// Each template is a text with braces around its addresses; without them it is what somebody typed.
#[track_caller]
fn linked(templates: &[&str]) {
    for template in templates {
        let source = template.replace(['{', '}'], "");
        assert_eq!(render(&source), paragraph(template), "source: {source:?}");
    }
}

#[track_caller]
fn rendered(cases: &[(&str, &str)]) {
    for (source, html) in cases {
        assert_eq!(render(source), *html, "source: {source:?}");
    }
}

#[test]
fn an_address_ends_before_the_punctuation_of_scripts_without_blanks() {
    linked(&[
        "见{https://example.org/docs}（说明）。下一句",
        "{https://example.org}。",
        "a、{https://example.org}、{https://example.com/x}",
        "「{https://example.org}」と『{https://example.org/a}』",
        "{https://example.org/a?b=c#d}，然后",
        "链接：{https://example.org/ア・イ}・{http://x.y} {https://example.org/docs}・次",
        "{https://ja.wikipedia.org/wiki/ジョン・レノン}、",
        "{https://zh.wikipedia.org/wiki/中文}！",
        "{https://example.org/々〆〇}〉",
        "{https://example.org}【注】 {https://example.org}《书》 {https://example.org}〜 {https://example.org}～",
        "{https://example.org}｡ {https://example.org}､ {https://example.org}｢x｣ {https://example.org}：x {https://example.org}；x",
        "{https://example.org}？x {https://example.org}！x {https://example.org}　x {https://example.org}＂x {https://example.org}︰x",
        "“{https://example.org}”后面 ‘{https://example.org}’后面 «{https://example.org}»x „{https://example.org}“x",
        "{https://example.org}——下一句 {https://example.org}……下一句",
        "{https://example.org}؟ {https://example.org}، {https://example.org}। {https://example.org}။ {https://example.org}։",
        "{https://example.org}에서 {https://example.org:8080}는 {www.example.org}の {https://example.org}😀",
        "{https://例え.jp/パス}。{https://пример.рф} {http://[::1]:3000/}）",
    ]);
    for mark in "、。，．！？：；（）「」『』【】〈〉《》〔〕〖〗｛｝［］〜～…—｡､｢｣“”«»".chars()
    {
        for address in ["https://example.org", "https://example.org/docs", "www.example.org", "ada@example.org"] {
            let template = format!("见{{{address}}}{mark}下一句");
            linked(&[&template, &format!("{mark}{{{address}}}{mark}")]);
        }
    }
}

#[test]
fn an_address_ends_with_the_bracket_the_quote_or_the_mark_around_it() {
    linked(&[
        "(see {https://example.org/a})b [{https://example.org/a[1]}]b",
        "'{https://example.org}'后面 {https://example.org/it's} {https://fr.example.org/L’Étranger}",
        "{https://example.org/x_} {https://example.org/x*} {https://example.org/~} snake_case {https://example.org/a__}",
        "{https://example.org/a_(b)_} and _",
        "{https://example.org}\u{202e}x {https://example.org/a}\u{ad}b {https://example.org}\u{200b}",
    ]);
    let x = link("https://example.org/x", "https://example.org/x");
    rendered(&[
        ("_https://example.org/x_", &format!("<p><em>{x}</em></p>")),
        (
            "_a_ https://example.org/x_",
            &format!("<p><em>a</em> {}</p>", link("https://example.org/x_", "https://example.org/x_")),
        ),
        ("**https://example.org/x**다음", &format!("<p><strong>{x}</strong>다음</p>")),
        ("~~https://example.org/x~~。", &format!("<p><del>{x}</del>。</p>")),
        ("***https://example.org/x***", &format!("<p><em><strong>{x}</strong></em></p>")),
    ]);
}

#[test]
fn sites_and_mail_addresses_are_links() {
    linked(&[
        "see {www.example.org}, {WWW.example.org/a?b=c}!",
        "({www.example.org/a_(b)}) 请看{www.example.org}。",
        "{ada@example.org} or {a.b+c-d_e@mail.example.org}.",
        "请写信给{ada@example.org}，谢谢 mailto:{ada@example.org} <{ada@example.org}>".replace(['<', '>'], "").as_str(),
        "{ada@example.org}는 {ada@bücher.example} {ada@例え.jp}。",
        "first_last {first_last@example.org}: x",
        "www. www.x www..org wwwexample.org awww.example.org ftp://www.example.org",
        "@ada a@ @b.cd a@b ada@-x.org ada@localhost ada@example.1 .@. müller@example.org",
        "git@example.org:notes.git ssh://git@example.org/x a@b@example.org a..b@example.org ada@",
        &format!("{}@example.org", "a".repeat(65)),
    ]);
    rendered(&[
        ("*ada@example.org*", &format!("<p><em>{}</em></p>", link("mailto:ada@example.org", "ada@example.org"))),
        ("`ada@example.org www.example.org`", "<p><code>ada@example.org www.example.org</code></p>"),
        ("ada\\@example.org", "<p>ada@example.org</p>"),
    ]);
}

#[test]
fn marks_close_next_to_letters_of_scripts_without_blanks() {
    rendered(&[
        ("**굵게.**다음", "<p><strong>굵게.</strong>다음</p>"),
        ("**굵게(강조)**를", "<p><strong>굵게(강조)</strong>를</p>"),
        ("앞**\"굵게\"**뒤", "<p>앞<strong>&quot;굵게&quot;</strong>뒤</p>"),
        ("*중요!*입니다 ~~아니.~~다음", "<p><em>중요!</em>입니다 <del>아니.</del>다음</p>"),
        ("**重要.**次 **重要。**次", "<p><strong>重要.</strong>次 <strong>重要。</strong>次</p>"),
        ("**สำคัญ!**ต่อ", "<p><strong>สำคัญ!</strong>ต่อ</p>"),
        ("**Wow!**😀 😀**(so)**", "<p><strong>Wow!</strong>😀 😀<strong>(so)</strong></p>"),
        ("**bold.**next 변수_이름_값", "<p>**bold.**next 변수_이름_값</p>"),
        ("**tiếng.**Việt", "<p>**tiếng.**Việt</p>"),
    ]);
}

#[test]
fn the_numbers_that_were_typed_are_shown() {
    rendered(&[
        ("1. a\n2. b\n4. c", "<ol><li>a</li><li>b</li><li value=\"4\">c</li></ol>"),
        ("4. a\n3. b", "<ol start=\"4\"><li>a</li><li value=\"3\">b</li></ol>"),
        ("1. a\n1. b", "<ol><li>a</li><li value=\"1\">b</li></ol>"),
        ("0) a\n1) b\n\n3) c", "<ol start=\"0\"><li>a</li><li>b</li><li value=\"3\">c</li></ol>"),
        ("1984. Ein Roman.", "<p>1984. Ein Roman.</p>"),
        ("1998. a\n1999. b", "<p>1998. a<br>1999. b</p>"),
        ("007. Bond\n01. a", "<p>007. Bond<br>01. a</p>"),
        ("999. a\n1000. b", "<ol start=\"999\"><li>a</li></ol><p>1000. b</p>"),
    ]);
    assert_eq!(excerpt("1. a\n2. b\n4. c\n   - d\n   - e\n5. f", 99), "1. a 2. b 4. c d e 5. f");
    assert_eq!(excerpt("4. a\n3. b\n\nc", 99), "4. a 3. b c");
}

#[test]
fn a_fence_or_a_mark_with_nothing_in_it_shows_what_was_typed() {
    rendered(&[
        ("```\n```", "<p>```<br>```</p>"),
        ("```", "<p>```</p>"),
        ("```rust\n\n```\nafter", "<p>```rust<br><br>```</p><p>after</p>"),
        ("~~~~\n~~~\n \u{200b}\n~~~~", "<pre tabindex=\"0\"><code>~~~\n \u{200b}</code></pre>"),
        ("- ```\n  ```", "<ul><li>```<br>```</li></ul>"),
        ("> ```\n> <b>", "<blockquote><pre tabindex=\"0\"><code>&lt;b&gt;</code></pre></blockquote>"),
        ("` ` and ``\u{3164}``", "<p>` ` and ``\u{3164}``</p>"),
        ("**\u{ad}**", "<p>**\u{ad}**</p>"),
        ("> \u{2800}", "<p>&gt; \u{2800}</p>"),
        ("- \u{3164}\n- \u{115f}", "<p>- \u{3164}<br>- \u{115f}</p>"),
        ("[ ](https://example.org)", &format!("<p>{}</p>", link("https://example.org", " https://example.org"))),
        ("[![](http://a.b)](http://c.d)", &format!("<p>{}</p>", link("http://c.d", "http://c.d"))),
    ]);
}

#[test]
fn a_link_that_calls_itself_by_another_address_shows_its_own() {
    let evil = "https://evil.test";
    for label in [
        "https://bank.example",
        "HTTPS://BANK.example/login",
        "bank.example",
        "www.bank.example/login",
        "log in at bank.example now",
        "(bank.example)",
        "bank.example.",
        "ba\u{ad}nk.ex\u{200b}ample",
        "ｂａｎｋ．ｅｘａｍｐｌｅ",
        "bank․example",
        "https://bank。example",
        "https://evil.test.bank.example",
        "https://evil.test@bank.example/",
        "https://192.168.0.1",
        "https://localhost",
        "ada@bank.example",
        "见bank.example，谢谢",
    ] {
        assert_eq!(
            render(&format!("[{label}]({evil})")),
            format!("<p>{}</p>", link(evil, &format!("{label} ({evil})"))),
            "{label}"
        );
    }
    rendered(&[
        (
            "[b**an**k.example](https://evil.test)",
            &format!("<p>{}</p>", link(evil, "b<strong>an</strong>k.example (https://evil.test)")),
        ),
        (
            "[`bank.example`](https://evil.test)",
            &format!("<p>{}</p>", link(evil, "<code>bank.example</code> (https://evil.test)")),
        ),
        (
            "[a [https://bank.example](http://x.y) b](https://evil.test)",
            &format!("<p>{}</p>", link(evil, "a https://bank.example b (https://evil.test)")),
        ),
        (
            "[bank.example](https://bank.example\\@evil.test)",
            "<p><a href=\"https://bank.example@evil.test\" rel=\"nofollow noopener\">bank.example (https://bank.example@evil.test)</a></p>",
        ),
    ]);
    for (label, target) in [
        ("bank.example", "https://bank.example.evil.test"),
        ("bank.example", "https://evilbank.example"),
        ("bank.example", "https://evil.test/bank.example"),
        ("bank.example", "https://evil.test?https://bank.example"),
        ("bank.example", "https://evil.test#@bank.example"),
        ("bank.example", "https://bank.example:443@evil.test/"),
        ("click here", "https://bank.example@evil.test/"),
        ("docs.bank.example", "https://bank.example"),
        ("https://bank.example/good", "https://bank.example/evil"),
        ("ada@bank.example", "mailto:eve@bank.example"),
        ("ada@bank.example", "mailto:ada@bank.example?bcc=eve@evil.test"),
        ("bank.example", "mailto:ada@evil.test"),
    ] {
        let html = format!("<p>{}</p>", link(target, &format!("{label} ({target})")));
        assert_eq!(render(&format!("[{label}]({target})")), html, "{label} for {target}");
    }
}

#[test]
fn a_link_that_calls_itself_by_its_own_address_is_left_alone() {
    for (label, target) in [
        ("https://bank.example", "https://bank.example"),
        ("http://bank.example/", "https://bank.example"),
        ("Bank.Example", "https://bank.example/login?a=b"),
        ("www.bank.example", "https://bank.example/"),
        ("bank.example", "https://www.bank.example/"),
        ("bank.example", "https://docs.bank.example/x"),
        ("https://bank.example/very/lo…", "https://bank.example/very/long/way"),
        ("https://bank.example/very/lo...", "https://bank.example/very/long/way"),
        ("ada@bank.example", "mailto:ADA@bank.example"),
        ("mailto:ada@bank.example", "mailto:ada@bank.example"),
        ("e.g. version 2.0, i.e. v1.2.3-rc1", "https://evil.test"),
        ("a、b。c", "https://evil.test"),
        ("@ada: hello...world?", "https://evil.test"),
    ] {
        let text = label.strip_prefix("mailto:").map_or(label, |_| label);
        assert_eq!(render(&format!("[{label}]({target})")), format!("<p>{}</p>", link(target, text)), "{label} for {target}");
    }
}

#[test]
fn a_host_that_mixes_scripts_is_shown_as_punycode() {
    for (address, shown) in [
        ("https://pаypal.com/login", "https://xn--pypal-4ve.com/login"),
        ("https://аррӏе.com", "https://xn--80ak6aa92e.com"),
        ("https://user@αpple.example:80/a", "https://user@xn--pple-zld.example:80/a"),
        ("https://ɡoogle.com", "https://xn--oogle-qmc.com"),
        ("https://abcテスト.jp", "https://xn--abc-7k4bocn.jp"),
        ("https://bank.example⁄evil.test", "https://bank.xn--exampleevil-lx3f.test"),
        ("ada@pаypal.com", "ada@xn--pypal-4ve.com"),
        ("www.pаypal.com", "www.xn--pypal-4ve.com"),
    ] {
        let scheme = if address.starts_with("www.") {
            "https://"
        } else if address.starts_with("ada") {
            "mailto:"
        } else {
            ""
        };
        assert_eq!(render(address), format!("<p>{}</p>", link(&format!("{scheme}{address}"), shown)), "{address}");
    }
    linked(&[
        "{https://bücher.example} {https://例え.jp} {https://пример.рф} {https://παράδειγμα.ελ} {https://مثال.com} {https://उदाहरण.com}",
        "{https://한국.example} {https://www.日本語かな.example} {https://ไทย.example} {http://xn--pypal-4ve.com}",
    ]);
    let mixed = "https://pаypal.com";
    rendered(&[
        ("[pаypal.com](https://pаypal.com)", &format!("<p>{}</p>", link(mixed, "pаypal.com (https://xn--pypal-4ve.com)"))),
        ("[](https://pаypal.com)", &format!("<p>{}</p>", link(mixed, "https://xn--pypal-4ve.com"))),
        ("<https://pаypal.com>", &format!("<p>{}</p>", link(mixed, "https://xn--pypal-4ve.com"))),
    ]);
}

#[test]
fn what_is_hidden_in_an_address_makes_it_text() {
    rendered(&[
        (
            "[a](https://evil.test/\u{202e}elpmaxe.knab)",
            &format!("<p>[a]({}\u{202e}elpmaxe.knab)</p>", link("https://evil.test/", "https://evil.test/")),
        ),
        ("<https://evil.test/\u{ad}>", &format!("<p>&lt;{}\u{ad}&gt;</p>", link("https://evil.test/", "https://evil.test/"))),
    ]);
}

#[test]
fn an_excerpt_never_ends_within_a_character() {
    let family = "👨‍👩‍👧‍👦";
    assert_eq!(excerpt(&family.repeat(3), 10), format!("{family}…"));
    assert_eq!(excerpt(&family.repeat(3), 7), "…");
    assert_eq!(excerpt(&"e\u{301}".repeat(9), 6), format!("{}…", "e\u{301}".repeat(2)));
    assert_eq!(excerpt(&"🇩🇪🇫🇷".repeat(9), 6), "🇩🇪🇫🇷…");
    assert_eq!(excerpt(&"\u{1100}\u{1161}\u{11a8}".repeat(9), 4), "\u{1100}\u{1161}\u{11a8}…");
    assert_eq!(excerpt(&format!("a {}", "\u{301}".repeat(50)), 20), "a…");
}
