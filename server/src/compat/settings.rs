//! What the operator settles.

/// How clients of other servers are understood.
#[derive(Clone, Copy, Debug)]
pub struct Compat {
    /// How long the refresh tokens last that they get.
    pub refresh_seconds: i64,
}
