//! The queries of the demo's mark.

use super::marker::MarkDemo;
use crate::identity::store::user;
use crate::platform::authority::Authority;
use crate::platform::error::AppResult;
use crate::platform::granted::{GrantedRoot, Tx};
use crate::platform::scope::{Reader, Visible, nothing};
use rookery_entity::platform::demo_marker;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, Condition};

impl Visible for demo_marker::Entity {
    /// Nobody: it is the server's own.
    fn visible(_: &Authority) -> Condition {
        nothing()
    }
}

/// Whether the mark is there.
///
/// # Errors
/// INTERNAL.
pub(super) async fn is_marked(reader: &Reader<'_>) -> AppResult<bool> {
    Ok(reader.find::<demo_marker::Entity>().one().await?.is_some())
}

/// Whether there is an account.
///
/// # Errors
/// INTERNAL.
pub(super) async fn has_users(reader: &Reader<'_>) -> AppResult<bool> {
    Ok(reader.find::<user::Entity>().limit(1).one().await?.is_some())
}

/// Makes the mark.
///
/// # Errors
/// INTERNAL.
pub(super) async fn mark(tx: &Tx, proof: &GrantedRoot<'_, MarkDemo>) -> AppResult<()> {
    demo_marker::ActiveModel { id: Set(1), created_at: Set(tx.now()) }.insert(tx.write(proof)).await?;
    Ok(())
}
