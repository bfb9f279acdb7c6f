use super::{excerpt, line, render, ticked};

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (source, html) in cases {
        assert_eq!(render(source), *html, "source: {source:?}");
    }
}

#[test]
fn paragraphs_and_line_breaks() {
    check(&[
        ("", ""),
        ("hello", "<p>hello</p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("one\r\ntwo", "<p>one<br>two</p>"),
        ("one\n\n\ntwo", "<p>one</p><p>two</p>"),
        ("    not code", "<p>not code</p>"),
        ("a & b < c > d \"e\"", "<p>a &amp; b &lt; c &gt; d &quot;e&quot;</p>"),
        ("&lt; &#60; &amp;", "<p>&amp;lt; &amp;#60; &amp;amp;</p>"),
    ]);
}

#[test]
fn emphasis() {
    check(&[
        ("*a* _b_ **c** __d__ ~~e~~", "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> <del>e</del></p>"),
        ("***both***", "<p><em><strong>both</strong></em></p>"),
        ("**bold *and italic***", "<p><strong>bold <em>and italic</em></strong></p>"),
        ("*a**b**c*", "<p><em>a<strong>b</strong>c</em></p>"),
        ("**over\nlines**", "<p><strong>over<br>lines</strong></p>"),
        ("in*side*words, but not in_side_words", "<p>in<em>side</em>words, but not in_side_words</p>"),
        ("“_quoted_”", "<p>“<em>quoted</em>”</p>"),
        ("**重要。**次", "<p><strong>重要。</strong>次</p>"),
        ("2 * 3 * 4, ~5 to ~6, a**", "<p>2 * 3 * 4, ~5 to ~6, a**</p>"),
        ("*a **b* c**", "<p><em>a <em><em>b</em> c</em></em></p>"),
        ("****a****", "<p>****a****</p>"),
        (r"\*a\* \a", r"<p>*a* \a</p>"),
        ("**a", "<p>**a</p>"),
        ("**a*", "<p>*<em>a</em></p>"),
    ]);
}

#[test]
fn code_in_a_line() {
    check(&[
        ("`<b>*x*`", "<p><code>&lt;b&gt;*x*</code></p>"),
        ("`` a`b ``", "<p><code>a`b</code></p>"),
        ("`a\nb`", "<p><code>a b</code></p>"),
        ("`https://a.b` and \\`c\\`", "<p><code>https://a.b</code> and `c`</p>"),
        ("``a` b", "<p>``a` b</p>"),
        ("*a `b*` c*", "<p><em>a <code>b*</code> c</em></p>"),
    ]);
}

#[test]
fn code_blocks() {
    check(&[
        ("```\n<a>\n\n  *b*\n```\nc", "<pre tabindex=\"0\"><code>&lt;a&gt;\n\n  *b*</code></pre><p>c</p>"),
        ("```rust ignore\nx\n```", "<pre tabindex=\"0\"><code class=\"language-rust\">x</code></pre>"),
        ("~~~c++\n```\n~~~", "<pre tabindex=\"0\"><code class=\"language-c++\">```</code></pre>"),
        ("```a\"onclick=b\nx\n```", "<pre tabindex=\"0\"><code>x</code></pre>"),
        ("text\n```\nnot closed", "<p>text</p><pre tabindex=\"0\"><code>not closed</code></pre>"),
        ("````\n```\n````", "<pre tabindex=\"0\"><code>```</code></pre>"),
        ("  ```\n    a\n  ```", "<pre tabindex=\"0\"><code>  a</code></pre>"),
        ("```one line```", "<p><code>one line</code></p>"),
    ]);
}

#[test]
fn quotes() {
    check(&[
        ("> a\n> b\nc", "<blockquote><p>a<br>b</p></blockquote><p>c</p>"),
        ("> a\n>\n> b", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("> > a", "<blockquote><blockquote><p>a</p></blockquote></blockquote>"),
        ("> - a\n> - b", "<blockquote><ul><li>a</li><li>b</li></ul></blockquote>"),
        (">", "<p>&gt;</p>"),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("list:\n* a\n* b\nafter", "<p>list:</p><ul><li>a</li><li>b</li></ul><p>after</p>"),
        ("3. a\n4. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>"),
        ("1) a\n2)\n3) c", "<ol><li>a</li><li></li><li>c</li></ol>"),
        ("1. a\n  - b\n    - c\n2. d", "<ol><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ol>"),
        ("- a\n  b\n\n  c\n\n- d", "<ul><li><p>a<br>b</p><p>c</p></li><li>d</li></ul>"),
        ("- ```\n  x\n    y\n  ```", "<ul><li><pre tabindex=\"0\"><code>x\n  y</code></pre></li></ul>"),
        ("- a\n+ b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("born in\n1990. Then", "<p>born in<br>1990. Then</p>"),
        ("-", "<p>-</p>"),
        ("-5 degrees", "<p>-5 degrees</p>"),
        ("1234567890. a", "<p>1234567890. a</p>"),
    ]);
}

#[test]
fn links() {
    let rel = "rel=\"nofollow noopener\"";
    let link = |href: &str, text: &str| format!("<p><a href=\"{href}\" {rel}>{text}</a></p>");
    check(&[
        ("[a *b*](https://x.y/?p=1&q=2)", &link("https://x.y/?p=1&amp;q=2", "a <em>b</em>")),
        ("[a](HTTP://x.y \"title\")", &link("HTTP://x.y", "a")),
        ("[a](mailto:x@y.z)", &link("mailto:x@y.z", "a")),
        ("[a](http://x/(b)\\_\\))", &link("http://x/(b)_)", "a")),
        ("[a]( http://x 'title' )", &link("http://x", "a")),
        ("<https://x.y>", &link("https://x.y", "https://x.y")),
        ("[](http://x)", &link("http://x", "http://x")),
        ("![alt](http://x/i.png)", &link("http://x/i.png", "alt")),
        ("[![alt](http://x/i.png)](http://y)", &link("http://y", "alt")),
        ("[http://x](http://y)", &link("http://y", "http://x (http://y)")),
        ("[a [b](http://x) c](http://y)", &link("http://y", "a b c")),
        ("*a [b* c](http://x)", &format!("<p>*a <a href=\"http://x\" {rel}>b* c</a></p>")),
        ("*a [b](http://x) c*", &format!("<p><em>a <a href=\"http://x\" {rel}>b</a> c</em></p>")),
        ("[a] (http://x", &format!("<p>[a] (<a href=\"http://x\" {rel}>http://x</a></p>")),
    ]);
}

#[test]
fn bare_addresses() {
    let linked = |before: &str, address: &str, after: &str| {
        format!("<p>{before}<a href=\"{address}\" rel=\"nofollow noopener\">{address}</a>{after}</p>")
    };
    check(&[
        ("see https://x.y/z.", &linked("see ", "https://x.y/z", ".")),
        ("(http://x/a_(b))", &linked("(", "http://x/a_(b)", ")")),
        ("http://x).", &linked("", "http://x", ").")),
        ("**http://x/a_b_c**", &linked("<strong>", "http://x/a_b_c", "</strong>")),
        ("\"http://x\"", &linked("&quot;", "http://x", "&quot;")),
        ("[see http://x]", &linked("[see ", "http://x", "]")),
        ("http://[::1]:3000/", &linked("", "http://[::1]:3000/", "")),
        ("<http://x", &linked("&lt;", "http://x", "")),
        ("http:// https://. xhttp://y ftp://z", "<p>http:// https://. xhttp://y ftp://z</p>"),
    ]);
}

#[test]
fn other_schemes_stay_text() {
    for address in
        ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//x.y", "/r/lobby", "r", "#a", "vbscript:x", "http:x", ""]
    {
        let source = format!("[a]({address})");
        assert_eq!(render(&source), format!("<p>{source}</p>"));
        assert!(!render(&format!("<{address}>")).contains("<a"), "{address}");
    }
    check(&[
        ("[a](java\nscript:x)", "<p>[a](java<br>script:x)</p>"),
        ("[a](http://x\u{1}y)", "<p>[a](<a href=\"http://x\" rel=\"nofollow noopener\">http://x</a>\u{1}y)</p>"),
    ]);
}

#[test]
fn html_is_shown_as_text() {
    check(&[
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("a <b onclick=\"x\">b</b>", "<p>a &lt;b onclick=&quot;x&quot;&gt;b&lt;/b&gt;</p>"),
        ("<!-- a -->", "<p>&lt;!-- a --&gt;</p>"),
    ]);
}

#[test]
fn headings_are_bold_lines() {
    check(&[
        ("# A *b* #", "<p><strong>A <em>b</em></strong></p>"),
        ("## C#\ntext", "<p><strong>C#</strong></p><p>text</p>"),
        ("#tag", "<p><a href=\"/r/tag\">#tag</a></p>"),
        ("#", "<p>#</p>"),
        ("####### a", "<p>####### a</p>"),
    ]);
}

#[test]
fn what_is_not_supported_is_text() {
    check(&[
        ("|a|b|\nc", "<p>|a|b|<br>c</p>"),
        ("a[^1]\n\n[^1]: b", "<p>a[^1]</p><p>[^1]: b</p>"),
        ("a\n---\nb", "<p>a<br>---<br>b</p>"),
    ]);
}

#[test]
fn depth_is_bounded() {
    let count = |source: &str, tag: &str| render(source).matches(tag).count();
    assert_eq!(count(&format!("{}x", ">".repeat(7_999)), "<blockquote>"), 8);
    assert_eq!(count(&format!("{}x", "- ".repeat(3_999)), "<ul>"), 8);
    assert_eq!(count(&format!("{}x{}", "*x ".repeat(1_000), " x*".repeat(1_000)), "<em>"), 16);
}

#[test]
fn excerpts() {
    let source = "# News\n\n> **Hi** there, see [the docs](https://x.y)\n- `a < b` &\n- c";
    assert_eq!(excerpt(source, 100), "News Hi there, see the docs a < b & c");
    assert_eq!(excerpt(source, 37), "News Hi there, see the docs a < b & c");
    assert_eq!(excerpt(source, 15), "News Hi there…");
    assert_eq!(excerpt(source, 12), "News Hi…");
    assert_eq!(excerpt("in**side**", 9), "inside");
    assert_eq!(excerpt("unbroken", 5), "unbr…");
    assert_eq!(excerpt("", 5), "");
}

#[test]
fn things_to_do() {
    let task = |at: usize, state: &str, text: &str| {
        let open = "<li class=\"task\"><input type=\"checkbox\" disabled aria-label=\"Done\"";
        format!("{open} data-at=\"{at}\"{state}>{text}</li>")
    };
    check(&[
        ("- [ ] a\n- [x] *b*", &format!("<ul>{}{}</ul>", task(2, "", "a"), task(10, " checked", "<em>b</em>"))),
        ("1. [X] a", &format!("<ol>{}</ol>", task(3, " checked", "a"))),
        ("ü\n\n> - [ ] a", &format!("<p>ü</p><blockquote><ul>{}</ul></blockquote>", task(8, "", "a"))),
        ("- [ ] a\n  - [ ] b", &format!("<ul>{}</ul>", task(2, "", &format!("a<ul>{}</ul>", task(12, "", "b"))))),
        ("- [ ]", "<ul><li>[ ]</li></ul>"),
        ("- [ ]a", "<ul><li>[ ]a</li></ul>"),
        ("- [y] a", "<ul><li>[y] a</li></ul>"),
        ("[ ] a", "<p>[ ] a</p>"),
    ]);
}

#[test]
fn one_thing_to_do_is_ticked() {
    let source = "ü\n- [ ] a\n- [X] b\n\n`- [ ] c`";
    assert_eq!(ticked(source, 5).as_deref(), Some("ü\n- [x] a\n- [X] b\n\n`- [ ] c`"));
    assert_eq!(ticked(source, 13).as_deref(), Some("ü\n- [ ] a\n- [ ] b\n\n`- [ ] c`"));
    for at in [0, 1, 4, 6, 23, 99, usize::MAX - 3] {
        assert_eq!(ticked(source, at), None, "{at}");
    }
}

#[test]
fn tables() {
    let table = |inner: &str| format!("<div class=\"table\" tabindex=\"0\"><table>{inner}</table></div>");
    let head = "<thead><tr><th>a</th><th>b</th></tr></thead>";
    check(&[
        ("|a|b|\n|-|-|", &table(head)),
        ("a | b\n- | -", "<p>a | b</p><ul><li>| -</li></ul>"),
        (
            "a|b\n--|:-\nc|*d*\ne",
            &format!(
                "{}<p>e</p>",
                table(
                    "<thead><tr><th>a</th><th class=\"left\">b</th></tr></thead><tbody><tr><td>c</td><td class=\"left\"><em>d</em></td></tr></tbody>"
                )
            ),
        ),
        (
            "|a|\n|:-:|\n|b|",
            &table("<thead><tr><th class=\"center\">a</th></tr></thead><tbody><tr><td class=\"center\">b</td></tr></tbody>"),
        ),
        ("text\n|a|b|\n|-|-|", &format!("<p>text</p>{}", table(head))),
        (
            "|a|b|\n|-|-|\n|c|\n|d|e|f|",
            &table(&format!("{head}<tbody><tr><td>c</td></tr><tr><td>d</td><td>e|f</td></tr></tbody>")),
        ),
        ("|a|b|\n|-|-|\n|`\\|`||", &table(&format!("{head}<tbody><tr><td><code>|</code></td><td></td></tr></tbody>"))),
        ("|a|b|\n|-|-|\n> |c|", &format!("{}<blockquote><p>|c|</p></blockquote>", table(head))),
        ("|a|b|\n|-|", "<p>|a|b|<br>|-|</p>"),
        ("a\n-|-", "<p>a<br>-|-</p>"),
        ("|a|b|\n|-|:|", "<p>|a|b|<br>|-|:|</p>"),
    ]);
}

#[test]
fn what_is_hidden() {
    let hidden = |text: &str| {
        format!("<label class=\"spoiler\"><input type=\"checkbox\" aria-label=\"Spoiler\"><span>{text}</span></label>")
    };
    check(&[
        ("a ||b *c*|| d", &format!("<p>a {} d</p>", hidden("b <em>c</em>"))),
        ("||a ||b|| c||", &format!("<p>{}</p>", hidden("a b c"))),
        (
            "||https://x.y/z||",
            &format!("<p>{}</p>", hidden("<a href=\"https://x.y/z\" rel=\"nofollow noopener\">https://x.y/z</a>")),
        ),
        ("[||a||](http://x)", "<p><a href=\"http://x\" rel=\"nofollow noopener\">||a||</a></p>"),
        ("*a ||b* c||", "<p><em>a ||b</em> c||</p>"),
        ("`||a||` a || b |c| |||d|||", "<p><code>||a||</code> a || b |c| |||d|||</p>"),
        ("||a", "<p>||a</p>"),
        ("\\||a||", "<p>||a||</p>"),
    ]);
    for text in [line("a ||*b* c|| d"), excerpt("a ||*b* c|| d", 99)] {
        assert_eq!(text, "a ▒▒▒ d");
    }
}

#[test]
fn rooms() {
    let room = |slug: &str| format!("<a href=\"/r/{slug}\">#{slug}</a>");
    check(&[
        ("#lobby, *#3d-print* (#a1)", &format!("<p>{}, <em>{}</em> ({})</p>", room("lobby"), room("3d-print"), room("a1"))),
        ("见#lobby。", &format!("<p>见{}。</p>", room("lobby"))),
        ("#lobby.", &format!("<p>{}.</p>", room("lobby"))),
        ("#12 C#a &#x6a; #a_b #a/b #a.b ##a #A #a--b #-a", "<p>#12 C#a &amp;#x6a; #a_b #a/b #a.b ##a #A #a--b #-a</p>"),
        ("[#a](http://x)", "<p><a href=\"http://x\" rel=\"nofollow noopener\">#a</a></p>"),
        ("\\#lobby `#lobby`", "<p>#lobby <code>#lobby</code></p>"),
    ]);
}

#[test]
fn lines_show_boxes() {
    assert_eq!(line("1. [ ] a\n2. [x] b\n\n|c|d|\n|-|-|"), "1. ☐ a 2. ☑ b c d");
}
