use crate::support::server::password;
use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_both![
    the_right_password_opens_a_session,
    who_is_unknown_and_what_is_wrong_look_alike,
    too_many_failures_close_an_account_for_a_while,
    many_at_once_are_no_way_around_it,
    a_character_that_no_text_has_is_refused,
    the_client_is_whom_a_trusted_proxy_names,
    the_viewer_knows_their_role,
];

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { token user { name } userErrors { code field message } } }";

async fn the_client_is_whom_a_trusted_proxy_names(backend: Backend) {
    for (trusted, expected) in [("127.0.0.0/8, 10.0.0.0/8", true), ("10.0.0.0/8", false)] {
        let server = Server::demo_with(backend, vec![("ROOKERY_TRUSTED_PROXIES", trusted.to_owned())]).await;
        let input = json!({ "login": "admin", "password": password("admin") });
        let answer = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = answer
            .post(format!("http://{}/graphql", server.address))
            .header("X-Forwarded-For", "192.0.2.66, 198.51.100.7, 10.0.0.3")
            .json(&json!({ "query": SIGN_IN, "variables": { "input": input } }));
        assert!(answer.send().await.unwrap().text().await.unwrap().contains("System Administrator"));
        let kept = server.dump();
        let kept = String::from_utf8_lossy(&kept);
        assert_eq!((kept.contains("198.51.100.7"), kept.contains("192.0.2.66")), (expected, false));
    }
}

async fn the_right_password_opens_a_session(backend: Backend) {
    let server = Server::shared(backend).await;
    for login in ["admin", "ADMIN@system.local", "tech_agent", "sales_agent", "sohila", "consultant@external.com"] {
        let input = json!({ "login": login, "password": password(&login.to_lowercase().replace("@system.local", "")) });
        let answer = server.anonymous().send(SIGN_IN, json!({ "input": input })).await;
        let payload = &answer.body["data"]["signIn"];
        assert_eq!(payload["userErrors"], json!([]), "{login}");
        assert!(payload["user"]["name"].is_string() && payload["token"].is_string(), "{login}");
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        let parts: Vec<&str> = cookie.split("; ").collect();
        let secret = parts[0].strip_prefix("rookery_session=").unwrap();
        assert_eq!(secret.len(), 43, "32 bytes in base64url");
        // No Secure: it is served over plain HTTP, on loopback.
        assert_eq!(parts[1..], ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=3600"]);
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1);
        assert_eq!(answer.headers["cache-control"], "no-store");

        let by_cookie = server.anonymous().with_cookie(parts[0]);
        let by_token = Client::new(&server.address, payload["token"].as_str().map(str::to_owned));
        assert_eq!(by_cookie.own_id().await, by_token.own_id().await);
        assert!(!payload["token"].as_str().unwrap().contains(secret));
    }
}

async fn who_is_unknown_and_what_is_wrong_look_alike(backend: Backend) {
    let server = Server::demo(backend).await;
    let tries = [("admin", "wrong-password"), ("nobody-of-this-name", "wrong-password"), ("", ""), ("admin", "")];
    let mut answers = Vec::new();
    for (login, password) in tries {
        let input = json!({ "login": login, "password": password });
        let answer = server.anonymous().send(SIGN_IN, json!({ "input": input })).await;
        assert!(!answer.headers.contains_key("set-cookie"));
        answers.push(answer.comparable());
    }
    assert_eq!(answers[0].1["data"]["signIn"]["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    assert_eq!(answers[0].1["data"]["signIn"]["token"], Value::Null);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");

    // By turns, since other things happen on this machine too.
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..15 {
        known.push(refusal(&server, ["tech_agent", "sales_agent", "sohila"][round % 3]).await);
        unknown.push(refusal(&server, ["nobody", "no-one", "nemo"][round % 3]).await);
    }
    known.sort();
    unknown.sort();
    let ratio = known[7].as_secs_f64() / unknown[7].as_secs_f64();
    assert!((0.4..2.5).contains(&ratio), "known {known:?}, unknown {unknown:?}");
}

/// How long it takes to refuse a wrong password.
async fn refusal(server: &Server, login: &str) -> Duration {
    let begun = Instant::now();
    let outcome =
        server.anonymous().mutate("signIn", json!({ "login": login, "password": "wrong-password" }), "").await;
    assert_eq!(outcome.refused(), ["WRONG_CREDENTIALS"]);
    begun.elapsed()
}

async fn too_many_failures_close_an_account_for_a_while(backend: Backend) {
    let server = Server::demo(backend).await;
    let try_with = async |login: &str, password: &str| {
        let input = json!({ "login": login, "password": password });
        server.anonymous().mutate("signIn", input, "token").await
    };
    for login in ["sohila", "not-an-account"] {
        for _ in 0..10 {
            assert_eq!(try_with(login, "wrong-password").await.refused(), ["WRONG_CREDENTIALS"], "{login}");
        }
        // Also under the same name written otherwise, and whether there is such an account or not.
        for again in [login.to_owned(), format!(" {} ", login.to_uppercase())] {
            assert_eq!(try_with(&again, password("sohila")).await.refused(), ["THROTTLED"], "{again}");
        }
    }
    // Nobody else is shut out, and who was signed in stays so.
    try_with("tech_agent", "tech123").await.done();
}

async fn many_at_once_are_no_way_around_it(backend: Backend) {
    let server = Server::demo(backend).await;
    let input = json!({ "login": "sohila", "password": "wrong-password" });
    let tries =
        (0..50).map(|_| server.anonymous()).map(async |client| client.mutate("signIn", input.clone(), "").await);
    let mut verified = 0;
    for outcome in futures::future::join_all(tries).await {
        match outcome.refused().as_slice() {
            [code] if code == "WRONG_CREDENTIALS" => verified += 1,
            [code] if code == "THROTTLED" => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(verified, 10);
    let right = json!({ "login": "sohila", "password": password("sohila") });
    assert_eq!(server.anonymous().mutate("signIn", right, "").await.refused(), ["THROTTLED"]);
    server.new_session("tech_agent").await;
}

async fn a_character_that_no_text_has_is_refused(backend: Backend) {
    let server = Server::shared(backend).await;
    let sign_in = "mutation { signIn(input: { login: \"a\\u0000\", password: \"b\" }) { token } }";
    assert_eq!(server.anonymous().send(sign_in, Value::Null).await.code().as_deref(), Some("BAD_REQUEST"));
    let input = json!({ "login": "a\0", "password": "b" });
    assert_eq!(server.anonymous().mutate("signIn", input, "").await.denied(), "BAD_REQUEST");
    let admin = server.sign_in("admin").await;
    let search = "query($text: String!) { users(where: { search: $text }) { totalCount } }";
    assert_eq!(admin.error(search, json!({ "text": "\0" })).await, "BAD_REQUEST");
}

async fn the_viewer_knows_their_role(backend: Backend) {
    let server = Server::shared(backend).await;
    let document =
        "{ viewer { user { name userType } level isManager permissions memberships { role tenant { slug } } demo } }";
    let nobody = server.anonymous().query(document, Value::Null).await;
    assert_eq!(nobody["viewer"]["user"], Value::Null);
    assert_eq!(nobody["viewer"]["permissions"], json!([]));
    let count = async |login: &str| {
        let data = server.sign_in(login).await.query(document, Value::Null).await;
        let viewer = &data["viewer"];
        assert_eq!(viewer["demo"], true);
        (viewer["level"].as_str().unwrap().to_owned(), viewer["permissions"].as_array().unwrap().len(), viewer.clone())
    };
    let (level, all, admin) = count("admin").await;
    assert_eq!((level.as_str(), &admin["user"]["userType"]), ("ADMIN", &json!("SYSTEM_ADMIN")));
    assert_eq!(all, 17);
    let (level, _, tech) = count("tech_agent").await;
    let expected = [
        "MANAGE_SERVERS",
        "VIEW_APPROVED_SERVERS",
        "MANAGE_DEPLOYMENTS",
        "DATABASE_OPERATIONS",
        "SYSTEM_UPDATES",
        "SERVER_MONITORING",
        "SERVER_OPERATIONS",
        "BACKUP_OPERATIONS",
    ];
    assert_eq!((level.as_str(), &tech["permissions"]), ("TECHNICIAN", &json!(expected)));
    let (level, _, sales) = count("sales_agent").await;
    let expected =
        ["CREATE_REQUESTS", "VIEW_OWN_REQUESTS", "VIEW_APPROVED_SERVERS", "MANAGE_SUBSCRIPTIONS", "CLIENT_MANAGEMENT"];
    let mut own: Vec<&str> = sales["permissions"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    own.sort_by_key(|name| expected.iter().position(|known| known == name));
    assert_eq!((level.as_str(), own.as_slice()), ("BILLING", expected.as_slice()));
    let (level, none, alex) = count("consultant@external.com").await;
    assert_eq!((level.as_str(), none), ("CLIENT", 0));
    let mut roles: Vec<String> = alex["memberships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| format!("{} {}", own["tenant"]["slug"], own["role"]))
        .collect();
    roles.sort();
    assert_eq!(roles, [r#""acme-corp" "VIEWER""#, r#""beta-solutions" "VIEWER""#, r#""techstart" "MEMBER""#]);
}
