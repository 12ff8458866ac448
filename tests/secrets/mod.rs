mod canaries;
mod hunt;
