use crate::support::demo::{LOCAL, LOCAL_SERVICE, unique};
use crate::support::requests::{form, with};
use crate::support::{Backend, Client, Server};
use rookery_api::audit::store::audit_event;
use rookery_api::platform::ids::AuditEventId;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use serde_json::{Value, json};

on_both![each_sees_what_concerns_them, lists_are_filtered, of_a_long_history_the_newest_is_shown,];

async fn listed(client: &Client, filter: Value) -> Vec<String> {
    let document =
        "query($where: ServerRequestWhere) { serverRequests(first: 100, where: $where, orderBy: { field: NAME }) {
        nodes { name } totalCount } }";
    let data = client.query(document, json!({ "where": filter })).await;
    let nodes = data["serverRequests"]["nodes"].as_array().unwrap();
    assert_eq!(data["serverRequests"]["totalCount"], nodes.len());
    nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

async fn each_sees_what_concerns_them(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let word = unique("seen");
    let file = async |client: &Client, project: &str, name: &str| {
        let more = json!({ "name": format!("{word}-{name}") });
        client.file(with(form(&client.project(project).await), more)).await
    };
    file(&sales, LOCAL, "1-local-by-sales").await;
    file(&sales, "Nova HR", "2-nova-by-sales").await;
    file(&admin, "Frappe ERP", "3-frappe-by-admin").await;
    file(&admin, LOCAL, "4-local-by-admin").await;
    let seen = async |login: &str| {
        let names = listed(&server.sign_in(login).await, json!({ "search": word })).await;
        let short = names.iter().map(|name| name.trim_start_matches(&word).trim_start_matches('-').to_owned());
        short.collect::<Vec<_>>()
    };
    let all = ["1-local-by-sales", "2-nova-by-sales", "3-frappe-by-admin", "4-local-by-admin"];
    assert_eq!(seen("admin").await, all);
    assert_eq!(seen("tech_agent").await, all);
    // Their own; of others those that were approved, in projects that they reach.
    assert_eq!(seen("sales_agent").await, all[..2]);
    assert_eq!(seen("sohila").await, [all[1]]);
    assert!(seen("admin@acme.example.com").await.is_empty());
    let script = admin.script(LOCAL_SERVICE).await;
    let other = admin.file_for_local(&script).await;
    assert_eq!(sales.request(&other, "id").await, Value::Null);
    second_admin_approves(server, &other).await;
    assert_eq!(sales.request(&other, "status").await["status"], "APPROVED");
}

async fn second_admin_approves(server: &Server, request: &str) {
    let name = unique("decider");
    let input = json!({
        "name": name, "email": format!("{name}@example.com"), "username": name, "password": "a long password", "level": "ADMIN",
    });
    server.sign_in("admin").await.mutate("createUser", input, "").await.done();
    server.sign_in_with(&name, "a long password").await.approve(request).await;
}

async fn lists_are_filtered(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let word = unique("filter");
    let project = sales.project(LOCAL).await;
    let named = |name: &str, priority: &str| {
        with(form(&project), json!({ "name": format!("{word}-{name}"), "priority": priority }))
    };
    sales.file(named("a", "LOW")).await;
    let rejected = sales.file(named("b", "URGENT")).await;
    admin.file(named("c", "URGENT")).await;
    admin.mutate("rejectServerRequest", json!({ "id": rejected, "reason": "No." }), "").await.done();
    let cases = [
        (json!({}), "a b c"),
        (json!({ "priority": ["URGENT"] }), "b c"),
        (json!({ "priority": ["URGENT", "LOW"], "status": ["PENDING"] }), "a c"),
        (json!({ "status": ["REJECTED"] }), "b"),
        (json!({ "mine": true }), "c"),
        (json!({ "mine": false }), "a b"),
        (json!({ "projectId": project }), "a b c"),
        (json!({ "projectId": admin.project("Nova HR").await }), ""),
        (json!({ "status": [] }), ""),
    ];
    for (filter, expected) in cases {
        let names = listed(&admin, with(json!({ "search": word.to_uppercase() }), filter.clone())).await;
        let short: Vec<&str> = names.iter().map(|name| &name[word.len() + 1..]).collect();
        assert_eq!(short.join(" "), expected, "{filter}");
    }
    // What is searched for is text, not a pattern.
    assert!(listed(&admin, json!({ "search": format!("{word}%") })).await.is_empty());
    assert!(listed(&admin, json!({ "search": format!("{word}_a") })).await.is_empty());
}

async fn of_a_long_history_the_newest_is_shown(backend: Backend) {
    let server = Server::demo(backend).await;
    let sales = server.sign_in("sales_agent").await;
    let id = sales.file(form(&sales.project(LOCAL).await)).await;
    let key = uuid::Uuid::parse_str(&crate::support::demo::key(&id)).unwrap();
    let db = server.database().await;
    let filed = audit_event::Entity::find().filter(audit_event::Column::ResourceId.eq(key)).one(&db).await.unwrap();
    let filed = filed.unwrap();
    let more = (1..=200).map(|second| {
        let mut row = filed.clone().into_active_model().reset_all();
        row.id = Set(AuditEventId(uuid::Uuid::now_v7()));
        row.action = Set(format!("walked {second}"));
        row.at = Set(filed.at + chrono::Duration::seconds(second));
        row
    });
    audit_event::Entity::insert_many(more).exec(&db).await.unwrap();
    let shown = sales.request(&id, "history { action }").await;
    let shown: Vec<&str> =
        shown["history"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!((shown.len(), shown[0], shown[199]), (200, "walked 1", "walked 200"));
}
