//! `rookery user`: accounts, by who can use this machine's data directory and database.

use super::Failure;
use clap::{Args, Subcommand};
use rookery_api::app;
use rookery_api::config::Settings;
use rookery_api::identity::create_user::{NewUser, create_user};
use rookery_api::identity::store::{PermissionLevel, UserType};
use rookery_api::platform::error::AppError;
use rookery_api::platform::viewer::Viewer;
use secrecy::{ExposeSecret as _, SecretString};
use std::io::{BufRead as _, Write as _};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create an account; asks for what is not given
    Create(Create),
}

#[derive(Args)]
pub(crate) struct Create {
    /// Make it an administrator; otherwise it is a sales agent, and an administrator decides in the app
    #[arg(long)]
    admin: bool,
    /// The person's name
    #[arg(long)]
    name: Option<String>,
    /// Their address
    #[arg(long)]
    email: Option<String>,
    /// Another login than the address
    #[arg(long)]
    username: Option<String>,
    /// Read the password from standard input, one line, instead of asking for it
    #[arg(long)]
    password_stdin: bool,
}

pub(crate) async fn run(settings: Settings, command: Command) -> Result<(), Failure> {
    let Command::Create(create) = command;
    let name = given_or_asked(create.name, "Name")?;
    let email = given_or_asked(create.email, "Address")?;
    let password = if create.password_stdin { read_line()?.into() } else { ask_password()? };
    let (level, user_type) = if create.admin {
        (PermissionLevel::Admin, UserType::SystemAdmin)
    } else {
        (PermissionLevel::Billing, UserType::RegularUser)
    };
    let new = NewUser {
        name: name.trim().to_owned(),
        email: email.trim().to_owned(),
        username: create.username,
        password_hash: None,
        user_type,
        level,
        is_manager: false,
    };
    let kernel = app::kernel(&settings, &settings.operator_name).await?;
    let alone = app::alone(&kernel).await?;
    let identity = app::identity(&settings, &kernel).await?;
    drop(alone);
    let system = Viewer::system(&kernel, "an account made by who runs this machine");
    let row = create_user(&system, &identity, new, &password).await.map_err(said)?;
    println!("{} can sign in as {}", row.name, row.username.as_deref().unwrap_or(&row.email));
    kernel.database.clone().close().await;
    Ok(())
}

fn given_or_asked(given: Option<String>, what: &str) -> Result<String, Failure> {
    if let Some(given) = given {
        return Ok(given);
    }
    eprint!("{what}: ");
    std::io::stderr().flush().map_err(|error| Failure::from(error.to_string()))?;
    read_line()
}

fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    let count = std::io::stdin().lock().read_line(&mut line).map_err(|error| Failure::from(error.to_string()))?;
    if count == 0 {
        return Err(Failure::usage("standard input ended".into()));
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

fn ask_password() -> Result<SecretString, Failure> {
    let ask = |prompt| {
        rpassword::prompt_password(prompt)
            .map(SecretString::from)
            .map_err(|_| Failure::usage("there is no terminal to ask for a password: --password-stdin".into()))
    };
    let (first, again) = (ask("Password: ")?, ask("Once more: ")?);
    if first.expose_secret() == again.expose_secret() {
        Ok(first)
    } else {
        Err(Failure::usage("the two passwords differ".into()))
    }
}

fn said(error: AppError) -> Failure {
    match error {
        AppError::User(errors) => {
            let sentences = errors.into_iter().map(|error| match error.field.join(".").as_str() {
                "" => error.message,
                field => format!("{field}: {}", error.message),
            });
            Failure::usage(sentences.collect::<Vec<_>>().join("; "))
        }
        error => Failure::from(error.for_log()),
    }
}
