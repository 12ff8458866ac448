mod cancel_deployment;
mod deploy_server_request;
mod main_job;
mod restart;
mod run_script;
mod runner;
mod two_servers;
