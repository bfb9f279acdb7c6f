//! Options of the commands that are clients: they speak to a server by its address, and have no data folder.

use clap::Args;

/// Which server, and by what it knows who speaks.
#[derive(Args)]
pub struct ClientOptions {
    /// Where the server is
    #[arg(long, env = "SNUG_URL", value_name = "URL", default_value = "http://127.0.0.1:3000")]
    pub(crate) url: String,

    /// An access token, as one makes it under Settings; better given by the environment, which others do not see
    #[arg(long, env = "SNUG_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
}

/// Options of `snug send`.
#[derive(Args)]
pub struct SendOptions {
    /// The room: its part of the address, such as lobby, or its id
    pub(crate) room: String,

    /// What to say, in markdown [default: standard input]
    #[arg(allow_hyphen_values = true)]
    pub(crate) text: Option<String>,

    #[command(flatten)]
    pub(crate) client: ClientOptions,
}

/// Options of `snug tail`.
#[derive(Args)]
pub struct TailOptions {
    /// The room: its part of the address, such as lobby, or its id
    pub(crate) room: String,

    /// So many of the messages that are there already
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=50))]
    pub(crate) lines: u16,

    /// Each message in JSON, on one line
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) client: ClientOptions,
}
