mod access;
mod projects;
mod script_files;
mod scripts;
mod servers;
mod test_project_connection;
mod update_project_ssh;
