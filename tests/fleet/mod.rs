mod access;
mod projects;
mod scripts;
mod servers;
mod test_project_connection;
mod update_project_ssh;
