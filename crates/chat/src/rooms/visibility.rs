//! Who may find a room.

use protocol::{Field, FieldError, Problem, Visibility};

/// Who may find a room, as forms say it. A conversation between people is begun in another way.
pub(super) fn parse(word: &str) -> Result<Visibility, FieldError> {
    match word {
        "public" => Ok(Visibility::Public),
        "open" => Ok(Visibility::Open),
        "private" => Ok(Visibility::Private),
        _ => Err(FieldError { field: Field::Visibility, problem: Problem::NotAChoice }),
    }
}
