mod approve_server_request;
mod cancel_server_request;
mod create_server_request;
mod plan_drift;
mod races;
mod reject_server_request;
mod server_requests;
mod update_server_request;
