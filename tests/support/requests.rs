//! Server requests on their way.

use super::demo::{LOCAL, LOCAL_SERVER, unique};
use super::{Client, Server};
use serde_json::{Value, json};

/// A request that says all that it must.
pub fn form(project: &str) -> Value {
    json!({
        "projectId": project,
        "name": unique("web"),
        "serverType": "WEB",
        "cpu": 2,
        "memoryGb": 4,
        "storageGb": 50,
        "operatingSystem": "Debian 13",
        "applicationType": "Shop",
        "priority": "HIGH",
        "expectedUsage": "VERY_HIGH",
        "justification": "The old shop server is at its end of life.",
    })
}

/// `base` with the members of `more`.
pub fn with(mut base: Value, more: Value) -> Value {
    let members = more.as_object().unwrap().clone();
    base.as_object_mut().unwrap().extend(members);
    base
}

impl Client {
    /// Files a request; its id.
    pub async fn file(&self, form: Value) -> String {
        let payload = self.mutate("createServerRequest", form, "serverRequest { id }").await.done();
        payload["serverRequest"]["id"].as_str().unwrap().to_owned()
    }

    /// Files a complete request to run a script on the demo's host.
    pub async fn file_for_local(&self, script: &str) -> String {
        let more = json!({ "scriptId": script, "targetServerId": self.server(LOCAL_SERVER).await });
        self.file(with(form(&self.project(LOCAL).await), more)).await
    }

    /// What a request is like now.
    pub async fn request(&self, id: &str, selection: &str) -> Value {
        let document = format!("query($id: ID!) {{ serverRequest(id: $id) {{ {selection} }} }}");
        self.query(&document, json!({ "id": id })).await["serverRequest"].take()
    }

    /// A request's state.
    pub async fn state(&self, id: &str) -> String {
        self.request(id, "status").await["status"].as_str().expect("it is seen").to_owned()
    }

    /// The digest of a request's plan as it is now.
    pub async fn digest(&self, id: &str) -> String {
        let request = self.request(id, "plan { digest complete missing }").await;
        request["plan"]["digest"].as_str().unwrap_or_else(|| panic!("{request:#}")).to_owned()
    }

    /// Approves a request as it is planned now.
    pub async fn approve(&self, id: &str) {
        let input = json!({ "id": id, "planDigest": self.digest(id).await });
        let payload = self.mutate("approveServerRequest", input, "serverRequest { status }").await.done();
        assert_eq!(payload["serverRequest"]["status"], "APPROVED");
    }

    /// Deploys an approved request; the deployment's id.
    pub async fn deploy(&self, id: &str) -> String {
        let payload = self.mutate("deployServerRequest", json!({ "id": id }), "deployment { id }").await.done();
        payload["deployment"]["id"].as_str().unwrap().to_owned()
    }
}

impl Server {
    /// A request for the demo's host that was approved: its id.
    pub async fn approved(&self, script: &str) -> String {
        let request = self.sign_in("sales_agent").await.file_for_local(script).await;
        self.sign_in("admin").await.approve(&request).await;
        request
    }
}
