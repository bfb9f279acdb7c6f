//! What commands print.

use std::{
    fmt,
    io::{self, Write},
};

/// Tells the operator what is going on, beside what the command is asked for.
pub(super) fn say_aside(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Tells the operator. Whoever started the command may have closed its output; what was done is done all the same.
pub(super) fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
