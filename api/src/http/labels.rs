//! The few words by which operations are told apart in metrics: none of them is a client's.

use async_graphql::parser::types::OperationType;
use async_graphql::{ServerError, Value};
use axum::http::StatusCode;
use prometheus_client::encoding::{EncodeLabelValue, LabelValueEncoder};
use std::fmt::{self, Write as _};

/// Declares the values of a label.
macro_rules! label {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// The word.
            pub(super) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl EncodeLabelValue for $name {
            fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), fmt::Error> {
                encoder.write_str(self.as_str())
            }
        }
    };
}

label! {
    /// What an operation does.
    #[derive(Default)]
    Kind {
        Query = "query",
        Mutation = "mutation",
        Subscription = "subscription",
        /// It was refused before that was known.
        #[default]
        Unknown = "unknown",
    }
}

label! {
    /// How an operation came.
    Transport {
        Http = "http",
        WebSocket = "websocket",
        EventStream = "event_stream",
    }
}

label! {
    /// What an operation came to.
    Code {
        Ok = "OK",
        /// A person got something wrong, and was told so as data.
        UserError = "USER_ERROR",
        /// The client went away before the answer.
        Cancelled = "CANCELLED",
        BadRequest = "BAD_REQUEST",
        Unauthenticated = "UNAUTHENTICATED",
        Forbidden = "FORBIDDEN",
        NotFound = "NOT_FOUND",
        Conflict = "CONFLICT",
        RateLimited = "RATE_LIMITED",
        CostExceeded = "COST_EXCEEDED",
        UnknownDocument = "UNKNOWN_DOCUMENT",
        Unavailable = "UNAVAILABLE",
        Internal = "INTERNAL",
        /// An error with another code.
        Other = "OTHER",
    }
}

impl From<OperationType> for Kind {
    fn from(kind: OperationType) -> Self {
        match kind {
            OperationType::Query => Self::Query,
            OperationType::Mutation => Self::Mutation,
            OperationType::Subscription => Self::Subscription,
        }
    }
}

impl Code {
    /// The code of an error.
    pub(super) fn of(error: &ServerError) -> Self {
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
        let Some(Value::String(code)) = code else { return Self::BadRequest };
        match code.as_str() {
            "BAD_REQUEST" => Self::BadRequest,
            "UNAUTHENTICATED" => Self::Unauthenticated,
            "FORBIDDEN" => Self::Forbidden,
            "NOT_FOUND" => Self::NotFound,
            "CONFLICT" => Self::Conflict,
            "RATE_LIMITED" => Self::RateLimited,
            "COST_EXCEEDED" => Self::CostExceeded,
            "UNKNOWN_DOCUMENT" => Self::UnknownDocument,
            "UNAVAILABLE" => Self::Unavailable,
            "INTERNAL" => Self::Internal,
            _ => Self::Other,
        }
    }

    /// The code of an answer by its status alone, where nothing was carried out.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthenticated,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            _ if status.is_success() => Self::Ok,
            _ if status.is_server_error() => Self::Internal,
            _ => Self::BadRequest,
        }
    }

    /// Whether it is our fault.
    pub(super) const fn is_failure(self) -> bool {
        matches!(self, Self::Unavailable | Self::Internal)
    }
}
