use crate::support::demo::unique;
use crate::support::requests::with;
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![
    its_keepers_put_and_change_devices,
    a_device_stays_within_its_tenant,
    what_is_wrong_is_told_by_field,
    others_change_nothing,
    lists_are_filtered
];

fn new(site: &str) -> Value {
    json!({ "siteId": site, "name": "A sensor", "type": "SENSOR", "status": "ONLINE", "serialNumber": unique("SN") })
}

async fn its_keepers_put_and_change_devices(backend: Backend) {
    let server = Server::demo(backend).await;
    let owner = server.sign_in("admin@acme.example.com").await;
    let (warehouse, headquarters) =
        (owner.find("sites", "Acme Warehouse").await, owner.find("sites", "Acme Headquarters").await);
    let input = with(new(&warehouse), json!({ "metadata": { "rack": [1, 2] }, "status": "MAINTENANCE" }));
    let shown = "device { id name type serialNumber status metadata site { id } tenant { slug } }";
    let payload = owner.mutate("createDevice", input.clone(), shown).await.done();
    assert_eq!(
        (&payload["device"]["status"], &payload["device"]["metadata"]),
        (&json!("MAINTENANCE"), &json!({ "rack": [1, 2] }))
    );
    assert_eq!(owner.mutate("createDevice", input, "").await.refused(), ["TAKEN serialNumber"]);
    let change = json!({ "id": payload["device"]["id"], "siteId": headquarters, "status": "ONLINE" });
    let changed = owner.mutate("updateDevice", change, shown).await.done();
    assert_eq!(
        (&changed["device"]["site"]["id"], &changed["device"]["status"]),
        (&json!(headquarters), &json!("ONLINE"))
    );
    assert_eq!(changed["device"]["metadata"], json!({ "rack": [1, 2] }));
    // Another tenant may have the same number.
    let office = server.sign_in("admin@techstart.com").await;
    let same = json!({ "serialNumber": changed["device"]["serialNumber"] });
    office.mutate("createDevice", with(new(&office.find("sites", "TechStart Office").await), same), "").await.done();
}

async fn a_device_stays_within_its_tenant(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let (lab, device) = (admin.find("sites", "Beta Research Lab").await, admin.find("devices", "Lobby camera").await);
    let outcome = admin.mutate("updateDevice", json!({ "id": device, "siteId": lab }), "").await;
    assert_eq!(outcome.refused(), ["INVALID siteId"]);
    let owner = server.sign_in("admin@acme.example.com").await;
    assert_eq!(owner.mutate("updateDevice", json!({ "id": device, "siteId": lab }), "").await.denied(), "NOT_FOUND");
}

async fn what_is_wrong_is_told_by_field(backend: Backend) {
    let server = Server::shared(backend).await;
    let owner = server.sign_in("admin@acme.example.com").await;
    let site = owner.find("sites", "Acme Warehouse").await;
    for (change, expected) in [
        (json!({ "name": "" }), "REQUIRED name"),
        (json!({ "serialNumber": " " }), "REQUIRED serialNumber"),
        (json!({ "serialNumber": "HVAC-001" }), "TAKEN serialNumber"),
        (json!({ "metadata": [1] }), "INVALID metadata"),
    ] {
        let outcome = owner.mutate("createDevice", with(new(&site), change.clone()), "").await;
        assert_eq!(outcome.refused(), [expected], "{change}");
    }
}

async fn others_change_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let (site, device) = (admin.find("sites", "Acme Warehouse").await, admin.find("devices", "Lobby camera").await);
    for (login, expected) in [
        ("operator@acme.example.com", "FORBIDDEN"),
        ("consultant@external.com", "FORBIDDEN"),
        ("tech_agent", "FORBIDDEN"),
        ("sales_agent", "FORBIDDEN"),
        ("admin@techstart.com", "NOT_FOUND"),
    ] {
        let client = server.sign_in(login).await;
        let stolen = with(new(&site), json!({ "name": "Stolen" }));
        assert_eq!(client.mutate("createDevice", stolen, "").await.denied(), expected, "{login}");
        assert_eq!(
            client.mutate("updateDevice", json!({ "id": device, "name": "Stolen" }), "").await.denied(),
            expected,
            "{login}"
        );
    }
    assert_eq!(admin.find_if("devices", "Stolen").await, None);
}

async fn lists_are_filtered(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let warehouse = admin.find("sites", "Acme Warehouse").await;
    let count = async |filter: Value| {
        let document = "query($where: DeviceWhere) { devices(where: $where) { totalCount } }";
        admin.query(document, json!({ "where": filter })).await["devices"]["totalCount"].as_u64().unwrap()
    };
    assert_eq!(count(json!({ "siteId": warehouse })).await, 3);
    assert_eq!(count(json!({ "siteId": warehouse, "status": ["ERROR", "MAINTENANCE"] })).await, 2);
    assert_eq!(count(json!({ "type": ["CAMERA"] })).await, 2);
    assert_eq!(count(json!({ "search": "camera" })).await, 2);
    assert_eq!(count(json!({ "tenantId": admin.find("tenants", "Beta Solutions").await })).await, 3);
    assert_eq!(count(json!({ "search": "%" })).await, 0);
    // An id of something else names no site: nothing is there.
    assert_eq!(count(json!({ "siteId": admin.find("tenants", "Beta Solutions").await })).await, 0);
    let acme = server.sign_in("admin@acme.example.com").await;
    let foreign = json!({ "where": { "siteId": admin.find("sites", "Beta Research Lab").await } });
    let seen = acme.query("query($where: DeviceWhere) { devices(where: $where) { totalCount } }", foreign).await;
    assert_eq!(seen["devices"]["totalCount"], 0);
}
