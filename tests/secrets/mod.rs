mod canaries;
mod database_errors;
mod hunt;
mod transports;
