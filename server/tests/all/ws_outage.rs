//! A socket while the database does not answer.

use std::time::{Duration, Instant};

use protocol::{ClientFrame, ClientId, ErrorCode, ServerFrame};
use testkit::{Line, Postgres};

use crate::support::{
    TestApp,
    app::Data,
    person::Program,
    socket::{message, room},
};

/// A send fails within 5 s (G7). Two of its waits one after the other take 10.
const SOON: Duration = Duration::from_millis(9_500);

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_and_a_question_hold_nothing_up() {
    let postgres = Postgres::shared().await;
    let line = Line::to(([127, 0, 0, 1], postgres.port())).await;
    let url = postgres.database().await.replace(&format!(":{}/", postgres.port()), &format!(":{}/", line.addr().port()));
    let app = TestApp::builder().start_on(Data::at(&url)).await;
    app.ada().await;
    let mut ada = Program::at(app.addr).socket("ada").await;
    ada.subscribe("lobby", None).await;
    line.cut();

    let (client_id, start) = (ClientId::generate(), Instant::now());
    ada.send(&ClientFrame::Typing { room: room("lobby") }).await;
    ada.send(&message("lobby", client_id, "anyone?")).await;
    let refusal = ada.refusal(client_id).await;
    assert_eq!(refusal.code, ErrorCode::Unavailable);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());

    // While it waits for the database, it hears the stop.
    ada.send(&ClientFrame::Subscribe { room: room("lobby"), after: None, epoch: None }).await;
    app.stop();
    let (frames, _) = ada.closed().await;
    assert!(!frames.iter().any(|frame| matches!(frame, ServerFrame::Error { .. })), "{frames:?}");
    line.restore();
}
