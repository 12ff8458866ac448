//! The [`Viewer`]: the only door to data. Whatever acts (a request, a socket, a job) acts as one.

use crate::platform::authority::{Authority, CredentialKey, Hold};
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::Tx;
use crate::platform::ids::UserId;
use crate::platform::jobs::Lease;
use crate::platform::kernel::Kernel;
use crate::platform::rights_log;
use crate::platform::scope::Reader;
use futures::future::BoxFuture;
use std::sync::Arc;

/// Who acts.
#[derive(Debug, Clone)]
pub enum Who {
    /// Nobody has signed in.
    Anonymous,
    /// A person.
    Person(Arc<Authority>),
    /// The system itself, for the reason given.
    System(&'static str),
}

/// Somebody who acts, with the means to reach data.
#[derive(Clone)]
pub struct Viewer {
    kernel: Kernel,
    who: Who,
}

impl Who {
    /// Whether both have the same rights, for certain: they are the same object. Those that were read again, even to the
    /// same end, are others.
    #[must_use]
    pub fn has_rights_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Person(own), Self::Person(others)) => Arc::ptr_eq(own, others),
            (Self::Anonymous, Self::Anonymous) | (Self::System(_), Self::System(_)) => true,
            (Self::Anonymous | Self::Person(_) | Self::System(_), _) => false,
        }
    }
}

impl Viewer {
    /// Nobody in particular.
    #[must_use]
    pub fn anonymous(kernel: &Kernel) -> Self {
        Self { kernel: kernel.clone(), who: Who::Anonymous }
    }

    /// The system, which sees every row and may do those actions that say so. `reason` is for the reader of the code.
    #[must_use]
    pub fn system(kernel: &Kernel, reason: &'static str) -> Self {
        Self { kernel: kernel.clone(), who: Who::System(reason) }
    }

    /// The person behind a session or an access token.
    ///
    /// # Errors
    /// UNAUTHENTICATED if it has ended or the account is suspended.
    pub async fn of_credential(kernel: &Kernel, key: CredentialKey) -> AppResult<Self> {
        let authority = kernel.known_rights.of_credential(kernel, key).await?;
        Ok(Self { kernel: kernel.clone(), who: Who::Person(authority) })
    }

    /// A person for whom the system acts.
    ///
    /// # Errors
    /// UNAUTHENTICATED if the account is suspended.
    pub async fn on_behalf_of(kernel: &Kernel, user: UserId) -> AppResult<Self> {
        let authority = Authority::of_user(kernel.database.read(), user, Hold::Nothing).await?;
        Ok(Self { kernel: kernel.clone(), who: Who::Person(Arc::new(authority)) })
    }

    /// The same viewer as it is now: a subscription asks before every batch. Boxed, since what waits between two batches
    /// would otherwise keep the room that this needs.
    ///
    /// # Errors
    /// UNAUTHENTICATED if the session or the access token has ended, or the account is suspended.
    #[must_use]
    pub fn refreshed(&self) -> BoxFuture<'_, AppResult<Self>> {
        Box::pin(async {
            match &self.who {
                Who::Person(authority) => match authority.credential {
                    Some(key) => Self::of_credential(&self.kernel, key).await,
                    None => Self::on_behalf_of(&self.kernel, authority.user).await,
                },
                Who::Anonymous | Who::System(_) => Ok(self.clone()),
            }
        })
    }

    /// Who acts.
    #[must_use]
    pub const fn who(&self) -> &Who {
        &self.who
    }

    /// The signed-in person.
    #[must_use]
    pub fn person(&self) -> Option<&Authority> {
        match &self.who {
            Who::Person(authority) => Some(authority),
            Who::Anonymous | Who::System(_) => None,
        }
    }

    /// The signed-in person.
    ///
    /// # Errors
    /// UNAUTHENTICATED without one.
    pub fn signed_in(&self) -> AppResult<&Authority> {
        self.person().ok_or(AppError::Unauthenticated)
    }

    /// The session or access token by which a person acts; none for a job that acts on their behalf.
    #[must_use]
    pub fn credential(&self) -> Option<CredentialKey> {
        self.person()?.credential
    }

    /// The kernel.
    #[must_use]
    pub const fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Reads what this viewer may see.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(self)
    }

    /// Begins a transaction, in which this viewer's rights are read afresh: they hold until it ends.
    ///
    /// # Errors
    /// UNAUTHENTICATED if they have ended meanwhile.
    pub async fn begin(&self) -> AppResult<Tx> {
        self.begin_holding(Hold::Own).await
    }

    /// As [`Viewer::begin`], for a transaction that changes the rights of `people`: whoever is using theirs ends first,
    /// and every server forgets what it knows of them. What nobody can know of yet, such as those of a new account, a new
    /// session, is changed without it.
    ///
    /// # Errors
    /// UNAUTHENTICATED if the viewer's own have ended meanwhile.
    pub async fn begin_changing(&self, people: &[UserId]) -> AppResult<Tx> {
        self.begin_holding(Hold::OwnToChange(people)).await
    }

    async fn begin_holding(&self, hold: Hold<'_>) -> AppResult<Tx> {
        let db = self.kernel.database.begin().await?;
        let now = self.kernel.source.now();
        let who = match &self.who {
            Who::Person(authority) => Who::Person(Arc::new(match authority.credential {
                Some(key) => Authority::of_credential(&db, key, now, hold).await?,
                None => Authority::of_user(&db, authority.user, hold).await?,
            })),
            who @ (Who::Anonymous | Who::System(_)) => {
                hold.take(&db, None).await?;
                who.clone()
            }
        };
        let changed = hold.to_change();
        rights_log::write(&db, changed, now).await?;
        Ok(Tx::new(db, Self { kernel: self.kernel.clone(), who }, now, !changed.is_empty()))
    }

    /// Begins a transaction of the holder of `lease`.
    ///
    /// # Errors
    /// [`AppError::LeaseLost`] if somebody else holds it by now.
    pub async fn begin_fenced(&self, lease: &Lease) -> AppResult<Tx> {
        let tx = self.begin().await?;
        lease.check(&tx).await?;
        Ok(tx)
    }
}
