//! A deployment's events in the API, live.

use super::event_graphql::{DeploymentEvent, DeploymentProgress, cursor, progress_of, sequence_of};
use super::event_log::EventLog;
use super::graphql::{Deployment, DeploymentStatus};
use super::model::is_final;
use super::store::{self, DeploymentKey, deployment_run};
use crate::platform::error::AppResult;
use crate::platform::feed::{Followed, Page, Start};
use crate::platform::graphql::descriptor::key_of;
use crate::platform::graphql::shared::{Encoded, Impersonal, Selection, Told};
use crate::platform::graphql::viewer;
use crate::platform::viewer::Viewer;
use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use futures::{Stream, TryStreamExt as _};
use rookery_macros::gated;

/// What happened since the last batch.
#[derive(SimpleObject)]
pub struct DeploymentProgressPayload {
    /// The events, in order; none when only the state is told.
    events: Vec<DeploymentEvent>,
    /// The place of the last event: subscribe again `after` it, and nothing is lost or repeated.
    cursor: String,
    /// How far the deployment has come.
    status: DeploymentStatus,
    /// Tasks finished over tasks planned.
    progress: DeploymentProgress,
}

impl Impersonal for DeploymentProgressPayload {}

/// Following deployments.
#[derive(Default)]
pub struct DeploymentSubscription;

#[gated]
#[Subscription]
impl DeploymentSubscription {
    /// What happens in a deployment: first what happened after the cursor, from the beginning without one, then what
    /// happens, as it does. Completes when the deployment has ended and all was told; ends when the viewer's session
    /// does, or their reach.
    #[signed_in]
    async fn deployment_progress(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which deployment.")] deployment_id: ID,
        #[graphql(desc = "The cursor of the last batch that was received; from the beginning without one.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Told<DeploymentProgressPayload>>>> {
        let viewer = viewer(context)?.clone();
        let key = key_of::<Deployment>(&deployment_id)?;
        let after = after.as_deref().map(sequence_of).transpose()?.unwrap_or(0);
        let selection = Selection::of(context);
        let feeds = viewer.kernel().feeds.clone();
        // Who may not see it is told so at once, as for one that does not exist. Boxed: the stream needs no room for this.
        let batches = Box::pin(feeds.follow(viewer, Run(key), after)).await?;
        Ok(batches.map_ok(move |given| Told::new(given, selection)).map_err(Into::into))
    }
}

/// A deployment, as it is followed.
struct Run(DeploymentKey);

impl Followed for Run {
    type Batch = Encoded<DeploymentProgressPayload>;

    const PAGE: i64 = 500;

    fn topic(&self) -> String {
        store::topic(self.0.1)
    }

    /// Who sees a deployment follows from its tenant and project, which never change.
    async fn look(&self, viewer: &Viewer) -> AppResult<Start> {
        let row = viewer.reader().get::<deployment_run::Entity>(self.0).await?;
        Ok(Start { newest: row.last_sequence, is_over: is_final(row.status) })
    }

    /// The row first: what it says has ended has written its last event by then. If an event was written meanwhile that
    /// the row does not know of, the row is read again: whoever is told the last event is told the state that it brought.
    async fn read(&self, viewer: &Viewer, after: i64) -> AppResult<Page<Self::Batch>> {
        let mut row = viewer.reader().get::<deployment_run::Entity>(self.0).await?;
        let events = EventLog::new(viewer.reader(), &row).after(after, None, Self::PAGE.unsigned_abs()).await?;
        let (is_full, last) =
            (events.len() as u64 == Self::PAGE.unsigned_abs(), events.last().map_or(after, |event| event.sequence));
        let mut is_over = is_final(row.status);
        if last > row.last_sequence {
            row = viewer.reader().get::<deployment_run::Entity>(self.0).await?;
            is_over = is_final(row.status) && last == row.last_sequence;
        }
        let batch = Encoded::new(DeploymentProgressPayload {
            events: events.into_iter().map(DeploymentEvent).collect(),
            cursor: cursor(last),
            status: row.status.into(),
            progress: progress_of(&row),
        });
        Ok(Page { batch, last, is_full, is_over })
    }

    fn rest(batch: &Self::Batch, after: i64) -> Self::Batch {
        let DeploymentProgressPayload { events, cursor, status, progress } = batch.object();
        Encoded::new(DeploymentProgressPayload {
            events: events.iter().filter(|event| event.0.sequence > after).cloned().collect(),
            cursor: cursor.clone(),
            status: *status,
            progress: *progress,
        })
    }
}
