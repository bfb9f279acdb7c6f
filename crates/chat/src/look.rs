//! What names look like: by which one name can be taken for another (Unicode TR 39), and which names speak for the house.

use std::{collections::HashSet, sync::LazyLock};

use protocol::is_ignorable;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::skeleton;

/// Names that one believes without asking whose they are (RFC 2142 among them).
const OF_THE_HOUSE: [&str; 28] = [
    "abuse",
    "admin",
    "administrator",
    "anonymous",
    "channel",
    "everyone",
    "guest",
    "helpdesk",
    "help",
    "here",
    "hostmaster",
    "mod",
    "moderator",
    "nobody",
    "noreply",
    "official",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "server",
    "snug",
    "staff",
    "superuser",
    "support",
    "sysadmin",
    "system",
];

static LOOKS_OF_THE_HOUSE: LazyLock<HashSet<String>> = LazyLock::new(|| OF_THE_HOUSE.into_iter().map(look).collect());

/// What a name looks like: the same for two that can be taken for one another. Case, accents, blanks and what joins words make no
/// difference, and neither do letters of other scripts with the same shape.
pub(crate) fn look(name: &str) -> String {
    let plain: String = name.nfkd().filter(|&c| !is_combining_mark(c) && !is_ignorable(c)).collect();
    // Capitals and small letters are alike to different ones: what the first round finds is brought to small letters, then again.
    let small = |text: &str| skeleton(text).collect::<String>().to_lowercase();
    let letters = small(&small(&plain));
    let words: String = letters.chars().filter(|&c| !is_joint(c)).collect();
    let words = if words.is_empty() { letters } else { words };
    words.replace("rn", "m").replace("vv", "w").chars().map(shape).collect()
}

fn is_joint(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '.' | ',' | '\'' | '·')
}

/// Letters that differ in one of their cases only.
fn shape(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '|' | 'i' => 'l',
        _ => c,
    }
}

/// Whether two user names can be taken for one another, which have small letters only: there `i` and `l` differ, and `1` is like both.
pub(crate) fn are_alike(one: &str, other: &str) -> bool {
    let letters = |name: &str| -> Vec<char> {
        let joined: String = name.chars().filter(|&c| !is_joint(c)).collect();
        joined.replace("rn", "m").replace("vv", "w").replace('0', "o").chars().collect()
    };
    let (one, other) = (letters(one), letters(other));
    let is_like = |(a, b): (&char, &char)| a == b || matches!((a, b), ('1', 'i' | 'l') | ('i' | 'l', '1'));
    one.len() == other.len() && one.iter().zip(&other).all(is_like)
}

/// Whether a user name speaks for the house, or looks as if it did.
pub(crate) fn is_of_the_house(username: &str) -> bool {
    let is_word = |word: &str| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        !word.is_empty() && LOOKS_OF_THE_HOUSE.contains(&look(&word.chars().map(letter_of_digit).collect::<String>()))
    };
    let joined: String = username.chars().filter(|&c| !is_joint(c)).collect();
    let mut words = username.split(is_joint).filter(|word| !word.is_empty()).peekable();
    is_word(&joined) || (words.peek().is_some() && words.all(is_word))
}

/// Whether a display name has a word that speaks for the house, or an `@`, which stands before user names.
pub(crate) fn claims_to_be(name: &str) -> bool {
    let look = look(name);
    look.contains('@')
        || is_of_the_house(name)
        || name.split(|c: char| !c.is_alphanumeric() && !is_ignorable(c)).any(is_of_the_house)
}

/// The letter that a digit or a sign is written for.
fn letter_of_digit(c: char) -> char {
    match c {
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_taken_for_one_another_look_the_same() {
        for (name, others) in [
            ("Ada", &["ADA", "ada", "Аdа", "Ａｄａ", "𝐀𝐝𝐚", "Ada\u{200d}", "A da", "Àdá", "A\u{34f}da", "ada.", "Ⓐⓓⓐ"][..]),
            ("Alice", &["AIice", "A1ice", "Al1ce", "ALICE", "Alіce", "ΑLΙCΕ"]),
            ("Bob", &["B0b", "ВОВ", "Воb", "bоb"]),
            ("Maria", &["rnaria", "MARIA", "Мaria", "Mar1a"]),
            ("wow", &["vvow", "WOW", "w0w"]),
            ("🌱", &["🌱", "🌱\u{fe0f}"]),
        ] {
            for other in others {
                assert_eq!(look(other), look(name), "{other}");
            }
        }
        for (one, other) in
            [("Ada", "Adam"), ("Ada", "Ida"), ("Anna", "Anne"), ("C++", "C#"), ("🌱", "🌿"), ("猫", "犬"), ("Bob 2", "Bob 3")]
        {
            assert_ne!(look(one), look(other));
        }
    }

    #[test]
    fn user_names_of_one_look_are_told_apart_where_small_letters_can_be() {
        for (one, other) in
            [("paul", "pau1"), ("alice", "al1ce"), ("maria", "rnaria"), ("bob", "b0b"), ("wow", "vvow"), ("ada-l", "ada.l")]
        {
            assert!(are_alike(one, other) && look(one) == look(other), "{one} {other}");
        }
        for (one, other) in [("elia", "ella"), ("ali", "all"), ("ada", "adam"), ("ada1", "ada2")] {
            assert!(!are_alike(one, other), "{one} {other}");
        }
    }

    #[test]
    fn who_speaks_for_the_house_is_recognised() {
        for name in OF_THE_HOUSE.into_iter().chain([
            "adm1n",
            "adrnin",
            "4dmin",
            "ad-min",
            "admin1",
            "admin_2",
            "0wner",
            "ovvner",
            "supp0rt",
            "5upport",
            "sy5tem",
            "syst3m",
            "r00t",
            "snug-support",
            "system.admin",
            "m0d",
            "sn.ug",
        ]) {
            assert!(is_of_the_house(name), "{name}");
        }
        for name in ["ada", "ali", "adam", "modest", "rooter", "snuggle", "ada-admin", "bob", "42", "1", "systema", "helpful"] {
            assert!(!is_of_the_house(name), "{name}");
        }
        for name in [
            "Admin",
            "АDМIN",
            "Server Admin",
            "Snug (official)",
            "Support-Team",
            "Ada @bob",
            "Ada ＠bob",
            "S y s t e m",
            "Sуstеm",
        ] {
            assert!(claims_to_be(name), "{name}");
        }
        for name in ["Ada Lovelace", "Adam", "Modesty", "C++", "🌱", "Grüße", "Αθηνά", "Иван"] {
            assert!(!claims_to_be(name), "{name}");
        }
    }
}
