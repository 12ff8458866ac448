//! Notifications in the API.

use super::mark_notifications_read;
use super::store::{self, notification};
use crate::platform::error::{AppError, AppResult};
use crate::platform::events::{newest, position_of, read_after, user_topic};
use crate::platform::feed::Patience;
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::key_of;
use crate::platform::graphql::projection::Read;
use crate::platform::graphql::{UserErrorObject, viewer};
use crate::platform::ids::{GlobalId, NotificationId, UserId};
use crate::platform::paging::Window;
use crate::platform::scope::everything;
use crate::platform::viewer::Viewer;
use crate::{descriptor, listed, mirrored_enum};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures::Stream;
use rookery_macros::gated;
use sea_orm::ColumnTrait as _;

mirrored_enum! {
    /// How a notification is meant.
    NotificationLevel of store::NotificationLevel {
        /// To know.
        Info,
        /// Something went well.
        Success,
        /// Something needs attention.
        Warning,
        /// Something went wrong.
        Danger,
    }
}

descriptor! {
    /// Something that the viewer was told.
    Notification(notification) {
        fields |row| {
            /// How it is meant.
            level: NotificationLevel = row.level.into();
            /// A few words.
            title: String = row.title.clone();
            /// A sentence.
            body: String = row.body.clone();
            /// The global id of what it is about, for `node`.
            subject_id: Option<ID> = row.subject.clone().map(Into::into);
            /// The type of what it is about.
            subject_type: Option<String> =
                row.subject.as_deref().and_then(GlobalId::decode).map(|id| id.type_name);
            /// When it was read.
            read_at: Option<DateTime<Utc>> = row.read_at;
            /// When it happened.
            created_at: DateTime<Utc> = row.created_at;
        }
        links {}
        resolvers {}
    }
}

listed! {
    Notification(notification) as NotificationConnection, NotificationEdge;
    where NotificationWhere |_viewer| {
        /// Read ones, or unread ones.
        read: bool => |read| if read {
            notification::Column::ReadAt.is_not_null()
        } else {
            notification::Column::ReadAt.is_null()
        };
    }
    order NotificationOrder by NotificationOrderField {
        /// By when it happened.
        CreatedAt = CreatedAt;
    }
    usually CreatedAt Desc
}

/// The viewer's notifications.
pub(crate) async fn notifications_of(
    context: &Context<'_>,
    window: Window,
    filter: Option<NotificationWhere>,
    order: Option<NotificationOrder>,
) -> Result<Read<NotificationConnection>> {
    list::<Notification>(context, everything(), window, filter, order).await
}

/// How many of the viewer's notifications are unread.
pub(crate) async fn unread_count(viewer: &Viewer) -> AppResult<u64> {
    store::unread(&viewer.reader()).await
}

/// Which notifications were read.
#[derive(InputObject)]
pub struct MarkNotificationsReadInput {
    /// Which, at most 100; all when left out.
    ids: Option<Vec<ID>>,
}

/// What is left.
#[derive(SimpleObject)]
pub struct MarkNotificationsReadPayload {
    /// How many are unread now.
    unread_count: u64,
    /// What was wrong; empty when it was done.
    user_errors: Vec<UserErrorObject>,
}

const IDS_MOST: usize = 100;

/// Reading notifications.
#[derive(Default)]
pub struct NotifyMutation;

#[gated]
#[Object]
impl NotifyMutation {
    /// Marks the viewer's notifications as read.
    #[signed_in]
    async fn mark_notifications_read(
        &self,
        context: &Context<'_>,
        input: MarkNotificationsReadInput,
    ) -> Result<MarkNotificationsReadPayload> {
        if input.ids.as_ref().is_some_and(|ids| ids.len() > IDS_MOST) {
            return Err(AppError::BadRequest(format!("At most {IDS_MOST} ids at once.")).into());
        }
        let ids = input
            .ids
            .map(|ids| ids.iter().map(|id| key_of::<Notification>(id).map(|key| key.1)).collect())
            .transpose()?;
        let unread_count = mark_notifications_read::mark_notifications_read(viewer(context)?, ids).await?;
        Ok(MarkNotificationsReadPayload { unread_count, user_errors: Vec::new() })
    }
}

/// Following notifications.
#[derive(Default)]
pub struct NotifySubscription;

#[gated]
#[Subscription]
impl NotifySubscription {
    /// The viewer's notifications as they come; ends when their session does.
    #[signed_in]
    async fn notification_received(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The last one that was received: those since then come first. Without it, those from now on."
        )]
        after: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Notification>>> {
        let viewer = viewer(context)?.clone();
        let user = viewer.person().map(|person| person.user);
        let mut position = match (user, after) {
            (Some(user), Some(after)) => since(&viewer, user, &after).await?,
            _ => newest(viewer.kernel()).await?,
        };
        Ok(async_stream::try_stream! {
            // Nobody has no notifications.
            let Some(user) = user else { return };
            let mut waiter = viewer.kernel().bus.subscribe(&user_topic(user));
            let mut patience = Patience::default();
            loop {
                // Boxed: most of its time the stream waits, and needs no room for this.
                let (events, last) = match Box::pin(next(&viewer, user, position)).await {
                    Ok(found) => found,
                    Err(error) => {
                        patience.after(error).await?;
                        continue;
                    }
                };
                (position, patience) = (last, Patience::default());
                for row in events {
                    yield Notification(row);
                }
                waiter.wait().await;
            }
        })
    }
}

/// Where the events begin that came after a notification of the viewer's.
async fn since(viewer: &Viewer, user: UserId, after: &ID) -> AppResult<i64> {
    let after = viewer.reader().get::<notification::Entity>(key_of::<Notification>(after)?).await?;
    position_of(viewer.kernel(), &user_topic(user), after.id.0).await
}

/// What came after a position, as the viewer's rights are now.
async fn next(viewer: &Viewer, user: UserId, position: i64) -> AppResult<(Vec<notification::Model>, i64)> {
    let viewer = viewer.refreshed().await?;
    let (mut rows, mut last) = (Vec::new(), position);
    loop {
        let events = read_after(viewer.kernel(), &user_topic(user), last, 100).await?;
        let Some(newest) = events.last() else { return Ok((rows, last)) };
        last = newest.position;
        for event in events {
            let key = (user, NotificationId(event.event.subject_id));
            rows.extend(viewer.reader().find::<notification::Entity>().filter(of(key)).one().await?);
        }
    }
}

fn of(key: (UserId, NotificationId)) -> sea_orm::Condition {
    use crate::platform::scope::Resource as _;
    notification::Entity::by_keys(&[key])
}
