//! What docs/SELF_HOSTING.md says, done: two nodes with PostgreSQL and Redis behind an nginx that runs deploy/nginx.conf.

use std::{fs, net::SocketAddr, path::Path};

use protocol::{CloseCode, Event, ServerFrame};
use reqwest::{Method, StatusCode};
use tempfile::TempDir;
use testkit::{Nginx, Postgres, Redis, free_port, speak_tls};

use crate::support::{
    PASSWORD, Person, Socket,
    binary::Binary,
    person::{Answer, Program, large_picture},
    socket::{request, with_header, with_token},
};

const HOST: &str = "chat.example.org";
const SIGNING_KEY: &str = "c251ZyBhbmQgd2FybSwgc251ZyBhbmQgd2FybSwgc24=";

/// Two nodes and what they need.
struct Hosting {
    nodes: [Binary; 2],
    folders: [TempDir; 2],
    nginx: Nginx,
    /// Where the proxy is reached without TLS.
    plain: SocketAddr,
    /// Where it is reached by clients of this test, which do not speak TLS themselves.
    front: SocketAddr,
    _redis: Redis,
}

impl Hosting {
    async fn start() -> Self {
        let redis = Redis::start().await;
        let database_url = Postgres::shared().await.database().await;
        let settings = [
            ("DATABASE_URL", database_url.as_str()),
            ("REDIS_URL", &redis.url()),
            ("SNUG_SIGNING_KEY", SIGNING_KEY),
            ("SNUG_HOSTS", HOST),
            ("SNUG_LOG", "trace"),
        ];
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let nodes = folders.each_ref().map(|folder| Binary::start(folder.path(), &settings));
        let (http, https) = (free_port(), free_port());
        let addresses = nodes.each_ref().map(|node| node.addr);
        let nginx = Nginx::start(HOST, https, |folder| site(folder, http, https, addresses)).await;
        let front = speak_tls(https, HOST, &nginx.file("fullchain.pem")).await;
        Self { nodes, folders, nginx, plain: SocketAddr::from(([127, 0, 0, 1], http)), front, _redis: redis }
    }

    /// Opens a socket as a page does; nginx takes the nodes in turn, so the next one is at the other node.
    async fn socket(&self, access_token: &str) -> Socket {
        let request = with_header(with_token(request(self.front, ""), access_token), "host", HOST);
        let request = with_header(request, "origin", "https://chat.example.org");
        let (mut socket, _) = Socket::connect(self.front, request).await.unwrap();
        socket.until(|frame| matches!(frame, ServerFrame::Hello { .. }).then_some(())).await;
        socket
    }

    async fn page(&self, path: &str) -> Answer {
        self.page_of(HOST, path).await
    }

    async fn page_of(&self, host: &str, path: &str) -> Answer {
        Answer::to(Person::at(self.front).request(Method::GET, path).header("host", host)).await
    }
}

/// The shipped file with the addresses and folders of this test.
fn site(folder: &Path, http: u16, https: u16, nodes: [SocketAddr; 2]) -> String {
    let folder = folder.display();
    let changes = [
        ("server 127.0.0.1:3000;", format!("server {}; server {};", nodes[0], nodes[1])),
        ("listen [::]:80;", String::new()),
        ("listen [::]:443 ssl http2;", String::new()),
        ("listen 80;", format!("listen 127.0.0.1:{http};")),
        ("listen 443 ssl", format!("listen 127.0.0.1:{https} ssl")),
        ("/etc/letsencrypt/live/chat.example.org", folder.to_string()),
        ("/var/log/nginx", folder.to_string()),
    ];
    let mut site = include_str!("../../../deploy/nginx.conf").to_owned();
    for (shipped, here) in changes {
        assert!(site.contains(shipped), "{shipped} is not in deploy/nginx.conf");
        site = site.replace(shipped, &here);
    }
    site
}

async fn hears(socket: &mut Socket, body: &str) {
    let said = |event: Event| event.message().is_some_and(|message| message.body == body).then_some(());
    socket.until(|frame| if let ServerFrame::Event(event) = frame { said(event) } else { None }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_are_one_snug() {
    let mut hosting = Hosting::start().await;

    let redirect = Person::at(hosting.plain).get("/r/lobby").await;
    assert_eq!(redirect.status, StatusCode::PERMANENT_REDIRECT);
    assert!(redirect.header("location").starts_with("https://"), "{redirect:?}");

    // The nodes know that there is TLS before them: only then the cookie is one that never goes without.
    for (name, next) in [("ada", "/welcome"), ("bob", "/r/lobby")] {
        let fields = [("username", name), ("display_name", ""), ("password", PASSWORD)];
        let person = Person::at(hosting.front);
        let registered = person.submit("/register", "register", &fields).await;
        assert!(registered.leads_to().starts_with(&format!("/login?next={next}")), "{registered:?}");
        let cookie = registered.header("set-cookie");
        assert!(cookie.starts_with("__Host-snug_session=") && cookie.contains("Secure"), "{cookie}");
    }

    let program = Program::at(hosting.front);
    let (ada, bob) = (program.sign_in("ada").await, program.sign_in("bob").await);
    // Pictures are larger than what a proxy lets through by itself.
    let upload = Person::at(hosting.front).request(Method::PUT, "/api/v1/me/picture").header("host", HOST);
    let upload = upload.header("content-type", "image/png").bearer_auth(&ada.access_token).body(large_picture());
    assert_eq!(Answer::to(upload).await.status, StatusCode::NO_CONTENT);
    let mut sockets = [hosting.socket(&ada.access_token).await, hosting.socket(&bob.access_token).await];
    for node in &hosting.nodes {
        Person::at(node.addr).get("/metrics").await.assert_has("snug_connections 1\n");
    }
    for socket in &mut sockets {
        socket.subscribe("lobby", None).await;
    }
    let [at_one, at_other] = &mut sockets;
    at_one.say("lobby", "from one node").await;
    hears(at_other, "from one node").await;
    at_other.say("lobby", "and from the other").await;
    hears(at_one, "and from the other").await;

    let page = hosting.page("/r/lobby").await;
    page.assert_has("from one node");
    page.assert_has("and from the other");
    assert!(page.header("content-security-policy").contains("wss://chat.example.org"), "{page:?}");

    // A proxy that people reach at another port passes that on, too.
    let page = hosting.page_of("chat.example.org:8443", "/r/lobby").await;
    assert!(page.header("content-security-policy").contains("wss://chat.example.org:8443"), "{page:?}");

    // A node goes; whoever was there comes back to the other one.
    hosting.nodes[0].terminate();
    let (_, code) = tokio::select! {
        closed = at_one.closed() => closed,
        closed = at_other.closed() => closed,
    };
    assert_eq!(code, CloseCode::Restart.number());
    hosting.socket(&ada.access_token).await.say("lobby", "back again").await;
    hosting.page("/r/lobby").await.assert_has("back again");

    // Neither the key nor a token stands in a log, and the key is in no folder.
    let by_query = request(hosting.front, &format!("?token={}", bob.access_token));
    drop(Socket::connect(hosting.front, by_query).await.unwrap());
    let links =
        ["/i/SECRET", "/reset/SECRET", "/suspended/SECRET", "/hooks/7/SECRET/github", "/api/v1/invites/codes/SECRET/accept"];
    for link in links {
        hosting.page(link).await;
        Person::at(hosting.plain).get(link).await;
    }
    drop(sockets);
    hosting.nodes[1].terminate();
    assert!(hosting.nodes[1].ended().await.success());
    let access_log = fs::read_to_string(hosting.nginx.file("snug.log")).unwrap();
    assert!(access_log.contains("GET /ws") && !access_log.contains("token="), "{access_log}");
    assert!(access_log.contains("GET /hooks/7/-") && !access_log.contains("SECRET"), "{access_log}");
    for (node, folder) in hosting.nodes.iter().zip(&hosting.folders) {
        assert!(!folder.path().join("signing.key").exists());
        assert!(!node.log().contains(SIGNING_KEY) && !node.log().contains(&bob.access_token));
    }
}
