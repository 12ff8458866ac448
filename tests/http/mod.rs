mod batches;
mod cost;
mod errors;
mod event_stream;
mod panics;
mod slow_clients;
mod sockets;
mod tenants_apart;
