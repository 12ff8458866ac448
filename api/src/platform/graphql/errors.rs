//! The one mapping from [`AppError`] to GraphQL errors, and `userErrors` as data.

use crate::platform::clock::Source;
use crate::platform::error::{AppError, AppResult, UserError, UserErrorCode};
use async_graphql::{Enum, Error, ErrorExtensions as _, SimpleObject};

impl From<AppError> for Error {
    fn from(error: AppError) -> Self {
        let (code, message) = match error {
            AppError::NotFound => ("NOT_FOUND", "There is no such object.".to_owned()),
            AppError::Forbidden(why) => ("FORBIDDEN", why.to_owned()),
            AppError::Unauthenticated => ("UNAUTHENTICATED", "Sign in first.".to_owned()),
            AppError::BadRequest(what) => ("BAD_REQUEST", what),
            AppError::User(errors) => {
                // A query has no payload to carry them.
                let text = errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" ");
                ("BAD_REQUEST", text)
            }
            AppError::Unavailable(what) => ("UNAVAILABLE", what.to_owned()),
            AppError::Busy(what) => {
                tracing::warn!(error = what, "the database did not answer in time");
                (
                    "UNAVAILABLE",
                    "The database has too much to do, or cannot be reached. Try again in a moment.".to_owned(),
                )
            }
            error @ (AppError::Internal(_) | AppError::LeaseLost) => {
                let correlation = format!("{:016x}", u64::from_be_bytes(Source::system().bytes()));
                tracing::error!(correlation_id = correlation, error = error.for_log(), "internal error");
                let message = format!("Something went wrong on our side. Quote {correlation} when you report it.");
                return Self::new(message).extend_with(|_, extensions| {
                    extensions.set("code", "INTERNAL");
                    extensions.set("correlationId", correlation.as_str());
                });
            }
        };
        Self::new(message).extend_with(|_, extensions| extensions.set("code", code))
    }
}

/// What a person can get wrong.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(name = "UserErrorCode", remote = "UserErrorCode")]
pub enum GqlUserErrorCode {
    /// A value is outside of what is allowed.
    Invalid,
    /// A value is missing.
    Required,
    /// Another object bears it already.
    Taken,
    /// The object changed meanwhile, or is in a state that does not allow this.
    Conflict,
    /// What would be deployed is not what was approved.
    PlanDrift,
    /// The request does not yet say everything that a plan needs.
    PlanIncomplete,
    /// Nobody approves their own request.
    SelfApproval,
    /// No such account, or another password.
    WrongCredentials,
    /// Too many attempts; wait.
    Throttled,
    /// The viewer's role does not allow it here.
    NotAllowed,
}

/// Something that a person got wrong: nothing was changed.
#[derive(SimpleObject)]
#[graphql(name = "UserError")]
pub struct UserErrorObject {
    /// A stable code.
    code: GqlUserErrorCode,
    /// The path of the input field that it is about; null when it is about the whole.
    field: Option<Vec<String>>,
    /// A sentence to show.
    message: String,
}

impl From<UserError> for UserErrorObject {
    fn from(error: UserError) -> Self {
        Self {
            code: error.code.into(),
            field: (!error.field.is_empty()).then_some(error.field),
            message: error.message,
        }
    }
}

/// Splits a result into what a payload holds: the object, or the user errors; other errors stay errors.
///
/// # Errors
/// Everything but user errors.
pub fn payload<T>(result: AppResult<T>) -> async_graphql::Result<(Option<T>, Vec<UserErrorObject>)> {
    match result {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(AppError::User(errors)) => Ok((None, errors.into_iter().map(Into::into).collect())),
        Err(error) => Err(error.into()),
    }
}

/// Declares the payload of a mutation that answers with one object.
#[macro_export]
macro_rules! payload {
    ($($(#[$meta:meta])* $name:ident { $(#[$field_meta:meta])* $field:ident: $type:ty })+) => {$(
        $(#[$meta])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_meta])*
            $field: Option<$type>,
            /// What was wrong; empty when it was done.
            user_errors: Vec<$crate::platform::graphql::UserErrorObject>,
        }

        impl $name {
            fn of<T: Into<$type>>(result: $crate::platform::error::AppResult<T>) -> async_graphql::Result<Self> {
                let (value, user_errors) = $crate::platform::graphql::errors::payload(result)?;
                Ok(Self { $field: value.map(Into::into), user_errors })
            }
        }
    )+};
}
