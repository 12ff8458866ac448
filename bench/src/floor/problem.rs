//! What a handler answers when it cannot do what it is asked.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Problem {
    /// The token is wrong, or its session has ended.
    Unauthenticated,
    /// What was posted makes no sense.
    BadRequest,
    /// The row is not there, or not in a state for this.
    Conflict,
    /// The database did not do as it was told.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED.into_response(),
            Self::BadRequest => StatusCode::BAD_REQUEST.into_response(),
            Self::Conflict => StatusCode::CONFLICT.into_response(),
            Self::Database(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}
