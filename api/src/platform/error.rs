//! Errors, each handled once: turned into an answer here, or logged here as INTERNAL.
//!
//! [`AppError`] has no `Display`, so that a stray `?` cannot leak a library's message to a client.

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, sqlx};

/// The result of nearly everything.
pub type AppResult<T> = Result<T, AppError>;

/// Why something was not done.
#[derive(Debug)]
pub enum AppError {
    /// It does not exist, or the viewer may not know that it does.
    NotFound,
    /// The viewer may see it, but not do this.
    Forbidden(&'static str),
    /// Nobody is signed in, or no longer.
    Unauthenticated,
    /// The request itself is wrong.
    BadRequest(String),
    /// What a person can get wrong, as data.
    User(Vec<UserError>),
    /// A part that is needed does not answer now.
    Unavailable(&'static str),
    /// The database had too much else to do for too long, or cannot be reached. The text goes to the log.
    Busy(String),
    /// A job's lease went to another holder: nothing may be written any more.
    LeaseLost,
    /// A defect or a broken dependency. The text goes to the log, never to a client.
    Internal(String),
}

/// One thing that a person got wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// A stable code.
    pub code: UserErrorCode,
    /// The path of the input field, if it is about one.
    pub field: Vec<String>,
    /// A sentence for the person.
    pub message: String,
}

/// Stable codes of user errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserErrorCode {
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

impl UserError {
    /// An error about one input field.
    #[must_use]
    pub fn on(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { code, field: field.split('.').map(str::to_owned).collect(), message: message.into() }
    }

    /// An error about the whole.
    #[must_use]
    pub fn whole(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { code, field: Vec::new(), message: message.into() }
    }
}

impl AppError {
    /// One user error about the whole.
    pub fn user(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self::User(vec![UserError::whole(code, message)])
    }

    /// One user error about a field.
    pub fn field(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self::User(vec![UserError::on(field, code, message)])
    }

    /// The object is no longer in a state that allows this.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::user(UserErrorCode::Conflict, message)
    }

    /// A defect, with what is known about it.
    pub fn internal(what: impl std::fmt::Debug) -> Self {
        Self::Internal(format!("{what:?}"))
    }

    /// What was kept as JSON cannot be read. Only where and how is told: the reader's own message shows the value.
    pub fn unreadable(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |error| {
            let (line, column) = (error.line(), error.column());
            Self::Internal(format!("{what} cannot be read: {:?} error at {line}:{column}", error.classify()))
        }
    }

    /// What the log says of it.
    #[must_use]
    pub fn for_log(&self) -> String {
        format!("{self:?}")
    }
}

impl From<DbErr> for AppError {
    fn from(error: DbErr) -> Self {
        let text = database_error(&error);
        if is_busy(&error) { Self::Busy(text) } else { Self::Internal(text) }
    }
}

/// Whether no connection became free in time or, in SQLite, others were writing all the time.
fn is_busy(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => true,
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => match &**error {
            // SQLITE_BUSY; PostgreSQL's codes have five characters.
            sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "5"),
            sqlx::Error::PoolTimedOut => true,
            _ => false,
        },
        _ => false,
    }
}

/// What the log says of a database's error: its message, and not the details that PostgreSQL adds, which are the values of the
/// row that it refused.
#[must_use]
pub fn database_error(error: &DbErr) -> String {
    error.to_string()
}

/// Turns a violated unique constraint into a user error about `field`, and passes everything else on.
pub fn taken(field: &'static str, message: &'static str) -> impl FnOnce(DbErr) -> AppError {
    move |error| match error.sql_err() {
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => AppError::field(field, UserErrorCode::Taken, message),
        _ => error.into(),
    }
}

/// Collects user errors while an input is checked.
#[derive(Debug, Default)]
pub struct Checks(Vec<UserError>);

impl Checks {
    /// Notes an error unless `holds`.
    pub fn require(&mut self, holds: bool, field: &str, message: impl Into<String>) {
        if !holds {
            self.0.push(UserError::on(field, UserErrorCode::Invalid, message));
        }
    }

    /// Notes an error unless the trimmed text has between `least` and `most` characters.
    pub fn length(&mut self, text: &str, field: &str, least: usize, most: usize) {
        let count = text.trim().chars().count();
        if count == 0 && least > 0 {
            self.0.push(UserError::on(field, UserErrorCode::Required, "This is required."));
        } else {
            self.require(
                (least..=most).contains(&count),
                field,
                format!("Between {least} and {most} characters, please; this has {count}."),
            );
        }
    }

    /// Adds an error.
    pub fn add(&mut self, error: UserError) {
        self.0.push(error);
    }

    /// All that was noted, as one error.
    ///
    /// # Errors
    /// The user errors, if there are any.
    pub fn finish(self) -> AppResult<()> {
        if self.0.is_empty() { Ok(()) } else { Err(AppError::User(self.0)) }
    }
}
