//! What is compiled for tests alone, and therefore left out.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Meta, Token,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
};

/// Whether a piece of syntax, by the attributes in front of it, is only there in tests.
pub(crate) fn is_tests_only(node: &impl ToTokens) -> bool {
    let leading = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<TokenStream>().map(|_| attributes)
    };
    leading.parse2(node.to_token_stream()).is_ok_and(|attributes| says_tests_only(&attributes))
}

/// Whether one of these attributes is `#[test]`, in any crate's spelling, or a `cfg` that holds in tests only.
pub(crate) fn says_tests_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test = attribute.path().segments.last().is_some_and(|last| last.ident == "test");
        let condition = || attribute.parse_args::<Meta>();
        is_test || (attribute.path().is_ident("cfg") && condition().is_ok_and(|condition| needs_test(&condition)))
    })
}

fn needs_test(condition: &Meta) -> bool {
    let Meta::List(list) = condition else { return condition.path().is_ident("test") };
    let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { return false };
    let mut parts = parts.iter();
    (list.path.is_ident("all") && parts.any(needs_test)) || (list.path.is_ident("any") && parts.all(needs_test))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(source: &str) -> bool {
        syn::parse_str::<syn::Item>(source).is_ok_and(|item| is_tests_only(&item))
    }

    #[test]
    fn what_needs_test_is_left_out() {
        assert!(left_out("#[cfg(test)] mod tests;"));
        assert!(left_out("/// Documented.\n#[cfg(all(test, unix))] use a::b;"));
        assert!(left_out("#[tokio::test] async fn works() {}"));
    }

    #[test]
    fn what_is_there_without_tests_too_is_kept() {
        assert!(!left_out("mod tests;"));
        assert!(!left_out("#[cfg(not(test))] fn f() {}"));
        assert!(!left_out("#[cfg(any(test, unix))] fn f() {}"));
        assert!(!left_out("#[cfg(feature = \"test\")] fn f() {}"));
    }
}
