/// What the reader should know about the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Status {
    /// Nothing.
    #[default]
    Quiet,
    /// There has been no connection for a while.
    #[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser has a connection"))]
    Lost,
    /// The server is of another build than this page.
    #[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser has a connection"))]
    Outdated,
}
