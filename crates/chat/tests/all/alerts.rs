//! Alerts as people get them. How they come into being and reach all devices is tested where they are made (`alerts` in the crate).

use chat::{
    alerts::{Which, dismiss, list, mark_read},
    sessions::by_refresh_token,
};
use protocol::{ErrorCode, ServerFrame};

use crate::scene::{Person, Scene, code};

/// Says something to somebody from outside, as a command beside the running server does.
async fn say(scene: &Scene, to: &Person, text: &str) {
    let username = &to.session.user.username;
    // A fresh id, made of the account's.
    scene
        .sql(&format!(
            "INSERT INTO alerts (id, user_id, rev, kind, text, at) SELECT id, id, rev + 1, 'announcement', '{text}', 1 FROM users WHERE username = '{username}'"
        ))
        .await;
    // Who looks sees that there is something when it is there.
    scene.sql(&format!("UPDATE users SET rev = rev + 1 WHERE username = '{username}'")).await;
}

#[tokio::test]
async fn what_another_process_says_is_told_to_live_sockets_too() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (socket, bobs) = (ada.connect().await, bob.connect().await);
    for socket in [&socket, &bobs] {
        socket.greet("1").await.unwrap();
        assert!(matches!(socket.next_frame().await, ServerFrame::Hello { rev: Some(0), unread: Some(0), .. }));
    }
    say(&scene, &ada, "Tea is ready").await;
    assert_eq!(socket.next_frame().await, ServerFrame::AlertsChanged { rev: 1, unread: 1 });
    // What exactly was missed is not known.
    assert_eq!(socket.next_frame().await, ServerFrame::RoomsChanged { rev: 1 });
    let listed = list(&scene.chat, &ada.session, None).await.unwrap();
    assert_eq!((listed.alerts[0].text.as_str(), listed.alerts[0].author.as_ref()), ("Tea is ready", None));
    assert_eq!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap().unwrap().unread, 1);
    assert!(bobs.try_next().is_none());

    mark_read(&scene.chat, &ada.session, Which::All).await.unwrap();
    assert_eq!(socket.next_frame().await, ServerFrame::AlertsChanged { rev: 2, unread: 0 });
    assert_eq!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap().unwrap().unread, 0);
    dismiss(&scene.chat, &ada.session, Which::One(listed.alerts[0].id)).await.unwrap();
    assert_eq!(socket.next_frame().await, ServerFrame::AlertsChanged { rev: 3, unread: 0 });
}

#[tokio::test]
async fn the_alerts_of_a_deleted_account_go_with_it() {
    let scene = Scene::open().await;
    let (_, ada) = (scene.person("olga").await, scene.person("ada").await);
    say(&scene, &ada, "Tea is ready").await;
    assert_eq!(
        code(chat::accounts::delete_own(&scene.chat, &ada.session, "wrong", crate::scene::HOME).await),
        ErrorCode::Invalid
    );
    assert_eq!(scene.number("SELECT COUNT(*) FROM alerts").await, 1);
    chat::accounts::delete_own(&scene.chat, &ada.session, crate::scene::PASSWORD, crate::scene::HOME).await.unwrap();
    assert_eq!(scene.number("SELECT COUNT(*) FROM alerts").await, 0);
}
