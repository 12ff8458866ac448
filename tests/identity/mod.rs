mod access_tokens;
mod create_user;
mod sign_in;
mod sign_out;
mod tokens;
mod update_user;
