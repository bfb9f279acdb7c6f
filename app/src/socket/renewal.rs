//! Drawing a token from the session.
//!
//! Each answer brings the next refresh token, into a cookie that all tabs share. Of answers that are on their way at the same time it is
//! not known which one comes last, so there is only one at a time, as far as a browser lets its tabs agree on that.

use protocol::{Error, ErrorCode, UserId};
use web_sys::{AbortSignal, RequestInit};

use super::{
    browser,
    command::Command,
    connection::{Input, PATIENCE_MS, Token},
    storage,
    token::StoredToken,
};
use crate::{endpoints, fetch};

/// Draws a token for this reader.
pub(super) async fn renew(reader: UserId) -> Command {
    if !storage::begin_renewal(browser::now() as i64) {
        // The token that another tab draws will serve this one as well.
        return Command::Input(Input::Token(Token::Later));
    }
    let request = RequestInit::new();
    // Nobody waits for it any longer; and an answer that comes after the next one's would put an older cookie in its place.
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS as u32)));
    let granted = fetch::request(request, endpoints::RENEW_TOKEN, &[]).await;
    let granted = granted.map(|grant| StoredToken::new(grant, browser::now() as i64));
    if let Ok(token) = &granted {
        storage::keep_token(token);
    }
    storage::end_renewal();
    match granted {
        Ok(token) if token.user == reader => Command::Token(token),
        Ok(_) => Command::Input(Input::Token(Token::SomebodyElse)),
        Err(Error { code: ErrorCode::NotAuthenticated, .. }) => Command::Input(Input::Token(Token::SignedOut)),
        Err(_) => Command::Input(Input::Token(Token::Later)),
    }
}
