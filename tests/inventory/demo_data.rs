use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![its_sites_and_devices, nested_lists_are_pages_too];

async fn its_sites_and_devices(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let document = "{ sites(first: 100, orderBy: { field: NAME }) { totalCount nodes { name latitude longitude timezone tenant { slug } devices(first: 50) { nodes { serialNumber } } } } }";
    let data = admin.query(document, Value::Null).await;
    let sites: Vec<(String, String)> = data["sites"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| {
            let mut serials: Vec<&str> = site["devices"]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|device| device["serialNumber"].as_str().unwrap())
                .collect();
            serials.sort_unstable();
            let place = format!(
                "{} {} {},{} {}",
                site["tenant"]["slug"].as_str().unwrap(),
                site["name"].as_str().unwrap(),
                site["latitude"],
                site["longitude"],
                site["timezone"].as_str().unwrap()
            );
            (place, serials.join(" "))
        })
        .collect();
    let expected = [
        ("acme-corp Acme Headquarters 40.7505,-73.9934 America/New_York", "CAM-001 GW-001 HVAC-001 TEMP-001"),
        ("acme-corp Acme Warehouse 40.7362,-74.1742 America/New_York", "CAM-002 ENV-001 INV-001"),
        ("beta-solutions Beta Research Lab 30.2672,-97.7431 America/Chicago", "BCN-001 SRV-001 WS-001"),
        ("techstart TechStart Office 37.7849,-122.4094 America/Los_Angeles", "DISP-001 THERM-001"),
    ];
    assert_eq!(sites, expected.map(|(place, serials)| (place.to_owned(), serials.to_owned())));
    assert_eq!(data["sites"]["totalCount"], 4);
    let devices = admin.query("{ devices { totalCount } }", Value::Null).await;
    assert_eq!(devices["devices"]["totalCount"], 12);
    for (login, count) in [
        ("admin@acme.example.com", 7),
        ("user@techstart.com", 2),
        ("admin@beta-solutions.com", 3),
        ("consultant@external.com", 12),
    ] {
        let seen = server.sign_in(login).await.query("{ devices { totalCount } }", Value::Null).await;
        assert_eq!(seen["devices"]["totalCount"], count, "{login}");
    }
}

async fn nested_lists_are_pages_too(backend: Backend) {
    let server = Server::shared(backend).await;
    let client = server.sign_in("admin@beta-solutions.com").await;
    let document = "query($after: String) { tenants(first: 100) { nodes { sites(first: 1) { totalCount nodes { devices(first: 2, after: $after, orderBy: { field: NAME }) {
        totalCount pageInfo { hasNextPage endCursor } nodes { name tenant { slug } site { name } } } } } } } }";
    let first = client.query(document, Value::Null).await;
    let devices = &first["tenants"]["nodes"][0]["sites"]["nodes"][0]["devices"];
    assert_eq!((&devices["totalCount"], &devices["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
    assert_eq!(
        devices["nodes"][0],
        json!({ "name": "Analysis workstation", "tenant": { "slug": "beta-solutions" }, "site": { "name": "Beta Research Lab" } })
    );
    let rest = client.query(document, json!({ "after": devices["pageInfo"]["endCursor"] })).await;
    let rest = &rest["tenants"]["nodes"][0]["sites"]["nodes"][0]["devices"];
    assert_eq!((rest["nodes"].as_array().unwrap().len(), &rest["nodes"][0]["name"]), (1, &json!("Lab server")));
}
