//! A deployment's events wherever they are: in their table, or in the archive. Who reads them sees no difference.
//!
//! Events are moved to the archive from the first on, in the transaction that notes how far. Whoever looks there first, and
//! then into the table, would miss what is moved in between; so the note is read again afterwards.

use super::archived_part::{DAMAGED, unpack};
use super::model::is_final;
use super::part_content::fetch;
use super::store::archive as archive_store;
use super::store::{self, DeploymentEventKind, DeploymentKey, deployment_event, deployment_run};
use crate::platform::error::{AppError, AppResult};
use crate::platform::scope::Reader;
use archive_store::{deployment_event_archive, deployment_event_part};

/// The events of a deployment.
pub struct EventLog<'r> {
    reader: Reader<'r>,
    key: DeploymentKey,
    /// None while nothing can be in the archive: what was not over a moment ago was not over for long.
    ended: Option<Ended>,
}

/// How far the events of a deployment that is over are in the archive.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Ended {
    through: i64,
    parts: i32,
}

impl Ended {
    const fn of(row: &deployment_run::Model) -> Self {
        Self { through: row.archived_through, parts: row.archived_parts }
    }
}

impl<'r> EventLog<'r> {
    /// Those of the deployment with this row.
    #[must_use]
    pub fn new(reader: Reader<'r>, row: &deployment_run::Model) -> Self {
        let ended = is_final(row.status).then(|| Ended::of(row));
        Self { reader, key: (row.tenant_id, row.id), ended }
    }

    /// Those after a sequence, oldest first.
    ///
    /// # Errors
    /// UNAVAILABLE if the archive is damaged; `NOT_FOUND` if the deployment is gone meanwhile.
    pub async fn after(
        &self,
        after: i64,
        kinds: Option<&[DeploymentEventKind]>,
        limit: u64,
    ) -> AppResult<Vec<deployment_event::Model>> {
        self.settled(move |ended| self.after_as(ended, after, kinds, limit)).await
    }

    /// Those before a sequence, newest first.
    ///
    /// # Errors
    /// As of [`EventLog::after`].
    pub async fn before(
        &self,
        before: i64,
        kinds: Option<&[DeploymentEventKind]>,
        limit: u64,
    ) -> AppResult<Vec<deployment_event::Model>> {
        self.settled(move |ended| self.before_as(ended, before, kinds, limit)).await
    }

    /// How many there are of these kinds.
    ///
    /// # Errors
    /// As of [`EventLog::after`].
    pub async fn count(&self, kinds: Option<&[DeploymentEventKind]>) -> AppResult<u64> {
        self.settled(move |ended| self.count_as(ended, kinds)).await
    }

    /// What is found by who knows how far the events are in the archive; looked for again as long as events were moved
    /// meanwhile.
    async fn settled<T, F>(&self, look: impl Fn(Ended) -> F) -> AppResult<T>
    where
        F: Future<Output = AppResult<T>>,
    {
        let mut ended = self.ended.unwrap_or_default();
        loop {
            let found = look(ended).await;
            match self.moved_since(ended).await? {
                Some(now) => ended = now,
                None => return self.told(found),
            }
        }
    }

    /// How far they are in the archive now, if that is not as far as it was.
    async fn moved_since(&self, ended: Ended) -> AppResult<Option<Ended>> {
        if self.ended.is_none() {
            return Ok(None);
        }
        let now = Ended::of(&self.reader.get::<deployment_run::Entity>(self.key).await?);
        Ok((now != ended).then_some(now))
    }

    fn told<T>(&self, found: AppResult<T>) -> AppResult<T> {
        if matches!(found, Err(AppError::Unavailable(_))) {
            tracing::error!(deployment = %self.key.1, "the archive of its events is damaged");
        }
        found
    }

    async fn after_as(
        &self,
        ended: Ended,
        after: i64,
        kinds: Option<&[DeploymentEventKind]>,
        limit: u64,
    ) -> AppResult<Vec<deployment_event::Model>> {
        let mut events = Vec::new();
        if after < ended.through {
            events = self.archived_after(ended, after, kinds, limit).await?;
        }
        let rest = limit - events.len() as u64;
        if rest > 0 {
            let after = after.max(ended.through);
            events.extend(store::events_after(&self.reader, self.key, after, kinds, rest).await?);
        }
        Ok(events)
    }

    async fn before_as(
        &self,
        ended: Ended,
        before: i64,
        kinds: Option<&[DeploymentEventKind]>,
        limit: u64,
    ) -> AppResult<Vec<deployment_event::Model>> {
        let mut events = store::events_before(&self.reader, self.key, before, kinds, limit).await?;
        let rest = limit - events.len() as u64;
        if rest > 0 && ended.through > 0 {
            events.extend(self.archived_before(ended, before, kinds, rest).await?);
        }
        Ok(events)
    }

    async fn count_as(&self, ended: Ended, kinds: Option<&[DeploymentEventKind]>) -> AppResult<u64> {
        let mut count = store::count_events(&self.reader, self.key, kinds).await?;
        if ended.through > 0 {
            count += self.whole(ended).await?.iter().map(|part| count_in(part, kinds)).sum::<u64>();
        }
        Ok(count)
    }

    async fn archived_after(
        &self,
        ended: Ended,
        after: i64,
        kinds: Option<&[DeploymentEventKind]>,
        limit: u64,
    ) -> AppResult<Vec<deployment_event::Model>> {
        self.whole(ended).await?;
        let (mut events, mut after, limit) = (Vec::new(), after, usize::try_from(limit).unwrap_or(usize::MAX));
        while after < ended.through && events.len() < limit {
            let Some(part) = archive_store::part_after(&self.reader, self.key, after, kinds).await? else { break };
            let last = part.last_sequence;
            events.extend(self.chosen(part, kinds).await?.filter(|event| event.sequence > after));
            after = last;
        }
        events.truncate(limit);
        Ok(events)
    }

    async fn archived_before(
        &self,
        ended: Ended,
        before: i64,
        kinds: Option<&[DeploymentEventKind]>,
        limit: u64,
    ) -> AppResult<Vec<deployment_event::Model>> {
        self.whole(ended).await?;
        let (mut events, mut before) = (Vec::new(), before.min(ended.through + 1));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        while before > 1 && events.len() < limit {
            let Some(part) = archive_store::part_before(&self.reader, self.key, before, kinds).await? else { break };
            let first = part.first_sequence;
            events.extend(self.chosen(part, kinds).await?.rev().filter(|event| event.sequence < before));
            before = first;
        }
        events.truncate(limit);
        Ok(events)
    }

    /// The events of these kinds in a part.
    async fn chosen(
        &self,
        part: deployment_event_archive::Model,
        kinds: Option<&[DeploymentEventKind]>,
    ) -> AppResult<impl DoubleEndedIterator<Item = deployment_event::Model>> {
        let events = unpack(&fetch(self.reader.viewer().kernel(), part).await?)?;
        Ok(events.into_iter().filter(move |event| kinds.is_none_or(|kinds| kinds.contains(&event.kind))))
    }

    /// What the parts of the archive hold, if all of them are there.
    async fn whole(&self, ended: Ended) -> AppResult<Vec<deployment_event_part::Model>> {
        let parts = archive_store::parts(&self.reader, self.key).await?;
        let events: i64 = parts.iter().map(|part| part.last_sequence - part.first_sequence + 1).sum();
        let is_whole = parts.len() == usize::try_from(ended.parts).unwrap_or_default() && events == ended.through;
        if is_whole { Ok(parts) } else { Err(DAMAGED) }
    }
}

fn count_in(part: &deployment_event_part::Model, kinds: Option<&[DeploymentEventKind]>) -> u64 {
    let all = [
        (DeploymentEventKind::Status, part.statuses),
        (DeploymentEventKind::Progress, part.progresses),
        (DeploymentEventKind::Task, part.tasks),
        (DeploymentEventKind::Line, part.lines),
    ];
    let wanted = all.into_iter().filter(|(kind, _)| kinds.is_none_or(|kinds| kinds.contains(kind)));
    wanted.map(|(_, count)| u64::try_from(count).unwrap_or_default()).sum()
}
