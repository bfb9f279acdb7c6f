//! Who is measured.

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Ours.
    Snug,
    /// One thread, epoll, one write per delivery, nothing stored.
    Bare,
    /// Socket.IO with better-sqlite3 on Node.js.
    SocketIo,
    /// Django Channels on uvicorn.
    Django,
}

impl Kind {
    /// All of them, as the table has them from left to right.
    pub const ALL: [Self; 4] = [Self::Snug, Self::Bare, Self::SocketIo, Self::Django];

    /// As it stands in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Snug => "snug",
            Self::Bare => "bare",
            Self::SocketIo => "socket.io",
            Self::Django => "django",
        }
    }
}
