//! Names of hosts in ASCII (RFC 3492).

/// The longest part of a host's name (RFC 1035, 2.3.4).
const LABEL_MAX: usize = 63;

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;

/// One part of a host's name in ASCII. What is too long to be one stays as it is.
pub(super) fn label(label: &str) -> String {
    let letters: Vec<u32> = label.chars().map(|c| u32::from(lower(c))).collect();
    if label.is_ascii() || letters.len() > LABEL_MAX {
        return label.to_owned();
    }
    encode(&letters)
}

/// The small letter, for those alphabets whose letters pass for Latin ones; the table of all would weigh too much.
fn lower(c: char) -> char {
    let by = match c {
        'Α'..='Ω' | 'А'..='Я' | 'À'..='Þ' => 0x20,
        'Ѐ'..='Џ' => 0x50,
        _ => return c.to_ascii_lowercase(),
    };
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

fn encode(letters: &[u32]) -> String {
    let basic = letters.iter().filter_map(|&c| char::from_u32(c).filter(char::is_ascii));
    let mut output: String = "xn--".chars().chain(basic).collect();
    let plain = output.len() - 4;
    if plain > 0 {
        output.push('-');
    }
    let length = |n: usize| u32::try_from(n).unwrap_or_default();
    let (mut n, mut delta, mut bias, mut handled) = (0x80, 0, 72, length(plain));
    while let Some(next) = letters.iter().copied().filter(|&c| c >= n).min() {
        delta += (next - n) * (handled + 1);
        n = next;
        for &c in letters {
            if c < n {
                delta += 1;
            } else if c == n {
                push_number(delta, bias, &mut output);
                bias = adapt(delta, handled + 1, handled == length(plain));
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    output
}

/// A number of variable length: its last digit is the one below the threshold.
fn push_number(mut number: u32, bias: u32, output: &mut String) {
    let digit = |value: u32| char::from_digit((value + 10) % BASE, BASE).unwrap_or('a');
    for k in (BASE..).step_by(BASE as usize) {
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if number < threshold {
            break;
        }
        output.push(digit(threshold + (number - threshold) % (BASE - threshold)));
        number = (number - threshold) / (BASE - threshold);
    }
    output.push(digit(number));
}

fn adapt(delta: u32, handled: u32, is_first: bool) -> u32 {
    let mut delta = delta / if is_first { DAMP } else { 2 };
    delta += delta / handled;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::label;

    /// Examples of RFC 3492, 7.1, and names that are in use.
    #[test]
    fn names_are_written_in_ascii() {
        for (name, ascii) in [
            ("plain", "plain"),
            ("bücher", "xn--bcher-kva"),
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"),
            ("パフィーdeルンバ", "xn--de-jg4avhby1noc0d"),
            ("pаypal", "xn--pypal-4ve"),
            ("АРРӏЕ", "xn--80ak6aa92e"),
        ] {
            assert_eq!(label(name), ascii);
        }
        let long = "ж".repeat(64);
        assert_eq!(label(&long), long);
    }
}
