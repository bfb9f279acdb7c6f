//! What can be seen of a text.

use unicode_segmentation::UnicodeSegmentation;

/// Unicode's `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt of Unicode 17): what is shown as nothing at all. A test holds
/// it to the library's table, which is too large for the browser.
#[must_use]
pub fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Letters and signs that are blank by what they are, which no property says: of Braille, of music, of Khitan and Egyptian, the marks of
/// annotations and the stand-in for an object; and code points that will never be characters.
fn is_blank_sign(c: char) -> bool {
    matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffc}' | '\u{fdd0}'..='\u{fdef}' | '\u{13430}'..='\u{13442}' | '\u{16fe4}' | '\u{1d159}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a text leaves anything on the screen.
#[must_use]
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !is_ignorable(c) && !is_blank_sign(c))
}

/// What is invisible and yet part of how a word is spelt or a picture is put together: joiners (Persian, Indian scripts, emoji),
/// variation selectors, Mongolian's own, and the tags of which flags of regions are made.
pub(crate) fn is_joiner(c: char) -> bool {
    matches!(
        c,
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{e0020}'..='\u{e007f}'
    )
}

/// The beginning of a text, of at most so many characters; what is read as one character is never cut through.
#[must_use]
pub fn shortened(text: &str, max_chars: usize) -> &str {
    let Some((limit, _)) = text.char_indices().nth(max_chars) else { return text };
    let end = text.grapheme_indices(true).map(|(start, _)| start).take_while(|&start| start <= limit).last();
    &text[..end.unwrap_or_default()]
}

/// The first character of a text as it is read: a letter with its accents, its signs of vowels, and what is joined to it. It makes do with
/// the table of marks by which Rust writes texts for programmers, which is in the page anyway, and a few ranges; a test holds it to the
/// library's.
#[must_use]
pub fn first_character(text: &str) -> &str {
    let mut joins = false;
    let end = text.char_indices().skip(1).find(|&(_, c)| {
        let is_mark = is_mark(c);
        let goes_on = is_mark || joins;
        joins = c != '\u{200c}' && (is_virama(c) || (is_mark && joins));
        !goes_on
    });
    &text[..end.map_or(text.len(), |(end, _)| end)]
}

/// Whether it is a part of the character before it: `Grapheme_Extend` and the spacing signs of the scripts that most people with such
/// signs write.
fn is_mark(c: char) -> bool {
    match c {
        '\0'..='\u{2ff}' | '\u{b83}' => false,
        // Of the Indian scripts, which share their layout.
        '\u{900}'..='\u{d7f}' if matches!(u32::from(c) & 0x7f, 0x02 | 0x03 | 0x3b | 0x3e..=0x4c) => true,
        '\u{94e}' | '\u{94f}' | '\u{c01}' | '\u{cf3}' | '\u{d82}' | '\u{d83}' | '\u{dd0}'..='\u{ddf}' | '\u{df2}' | '\u{df3}' => {
            true
        }
        '\u{e33}' | '\u{eb3}' | '\u{1031}' | '\u{103b}' | '\u{103c}' | '\u{17b6}' | '\u{17be}'..='\u{17c8}' => true,
        // Vowels and endings of Hangul, where it is written letter by letter.
        '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}' => true,
        _ => c.escape_debug().next() == Some('\\'),
    }
}

/// The sign by which two consonants become one, in the scripts of India, Burmese and Khmer.
fn is_virama(c: char) -> bool {
    matches!(c, '\u{94d}' | '\u{9cd}' | '\u{acd}' | '\u{b4d}' | '\u{c4d}' | '\u{d4d}' | '\u{1039}' | '\u{17d2}')
}
