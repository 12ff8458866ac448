//! Server requests: filed, decided, deployed.
//!
//! Owns `server_request`. Invariants: every change of state is a conditional update, so that of two at once one
//! wins; nobody approves their own; an approval binds the digest of the plan that the approver saw, and only a plan
//! with that digest is deployed. It never runs anything: it hands an approved plan to the deployments.

pub mod approve_server_request;
pub mod cancel_server_request;
pub mod create_server_request;
pub mod deploy_server_request;
pub mod form;
pub mod graphql;
pub mod model;
pub mod mutation_graphql;
pub mod plan;
pub mod plan_graphql;
pub mod policy;
pub mod preview_server_request;
pub mod recipients;
pub mod reject_server_request;
pub mod store;
pub mod update_server_request;
