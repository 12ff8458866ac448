//! The queries of notifications.

use super::policy::MarkNotificationsRead;
use crate::platform::authority::Authority;
use crate::platform::error::{AppError, AppResult};
use crate::platform::events::user_topic;
use crate::platform::granted::{GrantedRoot, OPERATOR, Proof, Tx};
use crate::platform::ids::{NotificationId, UserId};
use crate::platform::scope::{Reader, Visible};
use crate::resource;
pub use rookery_entity::notify::{NotificationLevel, notification};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
};

resource!(notification as "Notification", user: NotificationId);

impl Visible for notification::Entity {
    fn visible(authority: &Authority) -> Condition {
        Condition::all().add(notification::Column::UserId.eq(authority.user))
    }
}

/// What people are told.
#[derive(Debug, Clone)]
pub struct Message {
    /// How it is meant.
    pub level: NotificationLevel,
    /// A few words.
    pub title: String,
    /// A sentence.
    pub body: String,
    /// The global id of what it is about.
    pub subject: Option<String>,
}

/// Tells `to` what happened, in the transaction in which it did. Who acts is not told what they did themselves.
///
/// # Errors
/// INTERNAL.
pub async fn notify(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    to: impl IntoIterator<Item = UserId>,
    message: &Message,
) -> AppResult<()> {
    let own = tx.viewer().person().map(|person| person.user);
    let mut to: Vec<UserId> = to.into_iter().filter(|user| Some(*user) != own).collect();
    to.sort_unstable();
    to.dedup();
    for user in to {
        let row = notification::ActiveModel {
            user_id: Set(user),
            id: Set(NotificationId(tx.uuid())),
            level: Set(message.level),
            title: Set(message.title.clone()),
            body: Set(message.body.clone()),
            subject: Set(message.subject.clone()),
            read_at: Set(None),
            created_at: Set(tx.now()),
        };
        let row = row.insert(tx.write(proof)).await?;
        tx.emit(proof, user_topic(user), OPERATOR, row.id.0).await?;
    }
    Ok(())
}

/// How many of the viewer's notifications are unread.
///
/// # Errors
/// INTERNAL.
pub async fn unread(reader: &Reader<'_>) -> AppResult<u64> {
    reader.find::<notification::Entity>().filter(notification::Column::ReadAt.is_null()).count().await
}

/// Marks the viewer's notifications as read: those named, or all.
///
/// # Errors
/// INTERNAL.
pub async fn mark_read(
    tx: &Tx,
    proof: &GrantedRoot<'_, MarkNotificationsRead>,
    ids: Option<Vec<NotificationId>>,
) -> AppResult<()> {
    let own = tx.viewer().person().map(|person| person.user).ok_or(AppError::Unauthenticated)?;
    let mut update = notification::Entity::update_many()
        .col_expr(notification::Column::ReadAt, Expr::value(tx.now()))
        .filter(notification::Column::UserId.eq(own))
        .filter(notification::Column::ReadAt.is_null());
    if let Some(ids) = ids {
        update = update.filter(notification::Column::Id.is_in(ids));
    }
    update.exec(tx.write(proof)).await?;
    Ok(())
}
