//! By what whoever is called knows that it is this house that calls, and when.

use aws_lc_rs::hmac;

/// The value of `Snug-Signature`, as Stripe has it: `t=` the time in unix seconds, `v1=` the HMAC-SHA256 of time, a dot and body, in hex.
#[must_use]
pub fn signature(secret: &str, at_seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    for part in [&at_seconds.to_string(), ".", body] {
        context.update(part.as_bytes());
    }
    let mut value = format!("t={at_seconds},v1=");
    for byte in context.sign().as_ref() {
        value.push_str(&format!("{byte:02x}"));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anybody_with_the_secret_comes_to_the_same() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec
        let expected = "t=1700000000,v1=8ad37ba156048ae0e0a5533c75cdf26fee88b07f93cb57ee4c80adb053012032";
        assert_eq!(signature("whsec", 1_700_000_000, r#"{"a":1}"#), expected);
    }
}
