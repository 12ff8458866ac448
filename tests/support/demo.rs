//! Finding things of the demo.

use super::Client;
use rookery_api::platform::ids::GlobalId;
use serde_json::{Value, json};

/// The project of the host that is really there, and its server.
pub const LOCAL: &str = "Local demo";
pub const LOCAL_SERVER: &str = "local-demo-01";
/// The script that runs there without root.
pub const LOCAL_SERVICE: &str = "Local service";

impl Client {
    /// The id of the one object of a list that has this name.
    pub async fn find(&self, list: &str, name: &str) -> String {
        self.find_if(list, name).await.unwrap_or_else(|| panic!("{list} has no {name}"))
    }

    /// As [`Client::find`], if the client sees one.
    pub async fn find_if(&self, list: &str, name: &str) -> Option<String> {
        let document =
            format!("{{ {list}(first: 100, where: {{ search: {} }}) {{ nodes {{ id name }} }} }}", json!(name));
        let found = self.query(&document, Value::Null).await;
        let nodes = found[list]["nodes"].as_array().unwrap();
        let id = nodes.iter().find(|node| node["name"] == name)?["id"].as_str();
        id.map(str::to_owned)
    }

    pub async fn project(&self, name: &str) -> String {
        self.find("projects", name).await
    }

    pub async fn server(&self, name: &str) -> String {
        self.find("servers", name).await
    }

    pub async fn script(&self, name: &str) -> String {
        self.find("scripts", name).await
    }

    pub async fn user(&self, name: &str) -> String {
        self.find("users", name).await
    }

    /// The demo's own host once more under another name, ready to run scripts on: its id.
    pub async fn another_local(&self, name: &str) -> String {
        let document =
            "query($id: ID!) { node(id: $id) { ... on Server { sshPort hostKeyFingerprint project { id } } } }";
        let id = json!({ "id": self.server(LOCAL_SERVER).await });
        let local = self.query(document, id).await["node"].take();
        let project = &local["project"]["id"];
        let new = json!({ "projectId": project, "name": name, "address": "127.0.0.1", "sshPort": local["sshPort"] });
        let made = self.mutate("registerServer", new, "server { id }").await.done();
        let server = made["server"]["id"].as_str().unwrap().to_owned();
        let pin = json!({ "projectId": project, "serverId": server, "acceptFingerprint": local["hostKeyFingerprint"] });
        let tested = self.mutate("testProjectConnection", pin, "results { status }").await.done();
        assert_eq!(tested["results"], json!([{ "status": "OK" }]));
        server
    }

    /// The viewer's own id.
    pub async fn own_id(&self) -> String {
        let data = self.query("{ viewer { user { id } } }", Value::Null).await;
        data["viewer"]["user"]["id"].as_str().unwrap().to_owned()
    }
}

/// The row's own key in a global id, which is what hosts are told.
pub fn key(global_id: &str) -> String {
    GlobalId::decode(global_id).expect("a global id").keys.last().unwrap().to_string()
}

/// A word that nothing else bears, so that a test finds its own among what others made.
pub fn unique(word: &str) -> String {
    format!("{word}-{}", &uuid::Uuid::now_v7().simple().to_string()[16..])
}
