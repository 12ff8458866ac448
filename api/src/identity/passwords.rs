//! Argon2id, off the async threads and a few at a time, since each takes 19 MiB.

use crate::platform::clock::Source;
use crate::platform::error::{AppError, AppResult};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Hashes and verifies passwords.
pub struct Passwords {
    source: Source,
    slots: Arc<Semaphore>,
    /// What an unknown account's password is verified against, so that the answer takes as long.
    decoy: String,
}

const AT_ONCE: usize = 2;
/// How long somebody who signs in waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

impl Passwords {
    /// # Errors
    /// INTERNAL if hashing fails.
    pub fn new(source: &Source) -> AppResult<Self> {
        let decoy = hash(&source.bytes::<16>(), &source.bytes())?;
        Ok(Self { source: source.clone(), slots: Arc::new(Semaphore::new(AT_ONCE)), decoy })
    }

    /// Hashes a password, in PHC notation.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn hash(&self, password: &SecretString) -> AppResult<String> {
        let salt: [u8; 16] = self.source.bytes();
        let password = password.clone();
        let slot = self.slots.clone().acquire_owned().await.map_err(AppError::internal)?;
        run(slot, move || hash(password.expose_secret().as_bytes(), &salt)).await
    }

    /// Whether `password` is that of `hash`. Without a hash it takes as long and is false.
    ///
    /// # Errors
    /// UNAVAILABLE if too many are waiting; INTERNAL.
    pub async fn verify(&self, password: &SecretString, hash: Option<String>) -> AppResult<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let password = password.clone();
        // Whoever sends many at once delays the others for so long, and no longer.
        let Ok(slot) = tokio::time::timeout(PATIENCE, self.slots.clone().acquire_owned()).await else {
            return Err(AppError::Unavailable("Too many people are signing in at once. Try again in a moment."));
        };
        let right = run(slot.map_err(AppError::internal)?, move || {
            Ok(Argon2::default().verify_password(password.expose_secret().as_bytes(), hash.as_str()).is_ok())
        })
        .await?;
        Ok(right && known)
    }
}

async fn run<T: Send + 'static>(
    slot: OwnedSemaphorePermit,
    work: impl FnOnce() -> AppResult<T> + Send + 'static,
) -> AppResult<T> {
    tokio::task::spawn_blocking(move || {
        let _slot = slot;
        work()
    })
    .await
    .map_err(AppError::internal)?
}

fn hash(password: &[u8], salt: &[u8; 16]) -> AppResult<String> {
    let hash = Argon2::default().hash_password_with_salt(password, salt).map_err(AppError::internal)?;
    Ok(hash.to_string())
}
