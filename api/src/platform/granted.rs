//! [`Granted`]: the proof that a viewer may do one action to one row, minted in the transaction that uses it.
//!
//! A store's writing functions take a proof, never an id, and the transaction hands out its connection for writing
//! only to who shows one. Forgetting authorization is a type error.

use crate::platform::authority::Authority;
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::ids::{AuditEventId, EventId, Key as _, TenantId};
use crate::platform::scope::{Resource, Scoped, Visible};
use crate::platform::viewer::{Viewer, Who};
use chrono::{DateTime, Utc};
use rookery_entity::platform::{audit_event, event, event_pending};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, DatabaseTransaction, EntityTrait, Statement,
};
use std::marker::PhantomData;
use std::sync::Mutex;
use uuid::Uuid;

/// Why an action is refused to somebody who sees the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The role does not allow it: an error.
    Forbidden(&'static str),
    /// The state or the relation to the row does not allow it: data for the person.
    Person(UserErrorCode, &'static str),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Forbidden(why) => Self::Forbidden(why),
            Refusal::Person(code, why) => Self::user(code, why),
        }
    }
}

/// The answer of a policy.
pub type Verdict = Result<(), Refusal>;

/// Something that can be done to a row of `Table`; who may is the policy.
pub trait Action: Send + Sync + 'static {
    /// What it is done to. For creating, what the new row belongs to.
    type Table: EntityTrait;
    /// Its name in the audit trail.
    const NAME: &'static str;
    /// Whether the system itself may do it.
    const BY_SYSTEM: bool = false;
    /// Whether `authority` may do it to `row`.
    ///
    /// # Errors
    /// The refusal.
    fn permit(authority: &Authority, row: &<Self::Table as EntityTrait>::Model) -> Verdict;
}

/// Something that is done to nothing in particular, such as creating what belongs to nobody.
pub trait RootAction: Send + Sync + 'static {
    /// Its name in the audit trail.
    const NAME: &'static str;
    /// Whether the system itself may do it.
    const BY_SYSTEM: bool = false;
    /// Whether `authority` may do it.
    ///
    /// # Errors
    /// The refusal.
    fn permit(authority: &Authority) -> Verdict;
}

/// A proof about a row. It cannot outlive its transaction.
pub struct Granted<'t, A: Action> {
    row: <A::Table as EntityTrait>::Model,
    transaction: PhantomData<(&'t Tx, A)>,
}

impl<A: Action> std::ops::Deref for Granted<'_, A> {
    type Target = <A::Table as EntityTrait>::Model;

    fn deref(&self) -> &Self::Target {
        &self.row
    }
}

/// A proof about nothing in particular.
pub struct GrantedRoot<'t, A: RootAction> {
    transaction: PhantomData<(&'t Tx, A)>,
}

/// Either kind of proof.
pub trait Proof {
    /// The action's name in the audit trail.
    fn action(&self) -> &'static str;
}

impl<A: Action> Proof for Granted<'_, A> {
    fn action(&self) -> &'static str {
        A::NAME
    }
}

impl<A: RootAction> Proof for GrantedRoot<'_, A> {
    fn action(&self) -> &'static str {
        A::NAME
    }
}

/// What an audit row is about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The tenant that owns it; the operator for what is global.
    pub tenant: TenantId,
    /// The GraphQL type's name.
    pub type_name: &'static str,
    /// Its id within the tenant.
    pub id: Uuid,
}

/// A transaction of one viewer. Dropped without [`Tx::commit`], it changes nothing.
pub struct Tx {
    db: DatabaseTransaction,
    viewer: Viewer,
    now: DateTime<Utc>,
    wakes: Mutex<Vec<String>>,
    changes_rights: bool,
}

impl Tx {
    pub(in crate::platform) const fn new(
        db: DatabaseTransaction,
        viewer: Viewer,
        now: DateTime<Utc>,
        changes_rights: bool,
    ) -> Self {
        Self { db, viewer, now, wakes: Mutex::new(Vec::new()), changes_rights }
    }

    /// Whose transaction this is, with the rights as they are in it.
    #[must_use]
    pub const fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// When it began: the time of all that it writes.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A new id.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        self.viewer.kernel().source.uuid()
    }

    /// The rows of `E` that the viewer sees.
    #[must_use]
    pub fn find<E: Visible>(&self) -> Scoped<'_, E, DatabaseTransaction> {
        Scoped::new(&self.db, self.viewer.who())
    }

    /// The row with this key.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none, or none that the viewer sees.
    pub async fn get<E: Resource>(&self, key: E::Key) -> AppResult<E::Model> {
        self.find::<E>().filter(E::by_keys(&[key])).one().await?.ok_or(AppError::NotFound)
    }

    /// Proves that the viewer may do `A` to the row with this key, and locks the row where the database does.
    ///
    /// # Errors
    /// `NOT_FOUND` for a row that the viewer does not see; else the policy's refusal.
    pub async fn grant<A>(&self, key: <A::Table as Resource>::Key) -> AppResult<Granted<'_, A>>
    where
        A: Action,
        A::Table: Resource,
    {
        let row = self.find::<A::Table>().filter(A::Table::by_keys(&[key])).lock().one().await?;
        self.grant_row(row.ok_or(AppError::NotFound)?)
    }

    /// Proves that the viewer may also do `B` to the row of another proof.
    ///
    /// # Errors
    /// The policy's refusal.
    pub fn grant_also<A, B>(&self, proof: &Granted<'_, A>) -> AppResult<Granted<'_, B>>
    where
        A: Action,
        B: Action<Table = A::Table>,
        <A::Table as EntityTrait>::Model: Clone,
    {
        self.grant_row(proof.row.clone())
    }

    fn grant_row<A: Action>(&self, row: <A::Table as EntityTrait>::Model) -> AppResult<Granted<'_, A>> {
        match self.viewer.who() {
            Who::Anonymous => return Err(AppError::Unauthenticated),
            Who::System(_) if A::BY_SYSTEM => {}
            Who::System(_) => return Err(AppError::Internal(format!("{} is not done by the system", A::NAME))),
            Who::Person(authority) => {
                if !crate::platform::sabotage::disabled(&format!("policy:{}", A::NAME)) {
                    A::permit(authority, &row)?;
                }
            }
        }
        Ok(Granted { row, transaction: PhantomData })
    }

    /// Proves that the viewer may do `A`.
    ///
    /// # Errors
    /// The policy's refusal.
    pub fn grant_root<A: RootAction>(&self) -> AppResult<GrantedRoot<'_, A>> {
        match self.viewer.who() {
            Who::System(_) if A::BY_SYSTEM => {}
            Who::System(_) => return Err(AppError::Internal(format!("{} is not done by the system", A::NAME))),
            Who::Anonymous => return Err(AppError::Unauthenticated),
            Who::Person(authority) => {
                if !crate::platform::sabotage::disabled(&format!("policy:{}", A::NAME)) {
                    A::permit(authority)?;
                }
            }
        }
        Ok(GrantedRoot { transaction: PhantomData })
    }

    /// The connection for writing, for who shows a proof.
    #[must_use]
    pub const fn write<'t>(&'t self, _proof: &(impl Proof + ?Sized)) -> &'t DatabaseTransaction {
        &self.db
    }

    /// The kernel's own connection.
    pub(in crate::platform) const fn db(&self) -> &DatabaseTransaction {
        &self.db
    }

    /// Writes the audit row of what `proof` allowed. `details` hold no secret.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn audit(
        &self,
        proof: &(impl Proof + ?Sized),
        subject: Subject,
        details: serde_json::Value,
    ) -> AppResult<()> {
        audit_event::ActiveModel {
            tenant_id: Set(subject.tenant),
            id: Set(AuditEventId(self.uuid())),
            actor_id: Set(self.viewer.person().map(|authority| authority.user)),
            action: Set(proof.action().to_owned()),
            resource_type: Set(subject.type_name.to_owned()),
            resource_id: Set(subject.id),
            details: Set(details),
            at: Set(self.now),
        }
        .insert(&self.db)
        .await?;
        Ok(())
    }

    /// Writes an audit row about the row of `proof` itself.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn audit_row<A>(&self, proof: &Granted<'_, A>, details: serde_json::Value) -> AppResult<()>
    where
        A: Action,
        A::Table: Resource,
    {
        let parts = A::Table::key(&proof.row).parts();
        let (tenant, id) = match parts.as_slice() {
            [tenant, id] => (TenantId(*tenant), *id),
            [id] if A::Table::NAME == "Tenant" => (TenantId(*id), *id),
            [id] => (OPERATOR, *id),
            _ => return Err(AppError::Internal("a key has one or two parts".into())),
        };
        self.audit(proof, Subject { tenant, type_name: A::Table::NAME, id }, details).await
    }

    /// Writes an event for whoever follows `topic`. It becomes readable, in order, after the commit.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn emit(
        &self,
        proof: &(impl Proof + ?Sized),
        topic: String,
        tenant: TenantId,
        subject: Uuid,
    ) -> AppResult<()> {
        let id = EventId(self.uuid());
        event::ActiveModel {
            id: Set(id),
            tenant_id: Set(tenant),
            topic: Set(topic),
            kind: Set(proof.action().to_owned()),
            subject_id: Set(subject),
            at: Set(self.now),
        }
        .insert(&self.db)
        .await?;
        event_pending::ActiveModel { event_id: Set(id) }.insert(&self.db).await?;
        self.wake(crate::platform::events::SEALER);
        Ok(())
    }

    /// Wakes who waits for `topic`, on every replica, after the commit.
    pub fn wake(&self, topic: impl Into<String>) {
        if let Ok(mut wakes) = self.wakes.lock() {
            wakes.push(topic.into());
        }
    }

    /// Makes everything true at once, then wakes who waits.
    ///
    /// # Errors
    /// INTERNAL; nothing was changed then.
    pub async fn commit(self) -> AppResult<()> {
        let mut wakes = self.wakes.into_inner().unwrap_or_default();
        wakes.sort_unstable();
        wakes.dedup();
        let kernel = self.viewer.kernel();
        let announcement = self.changes_rights.then(|| kernel.known_rights.announcement());
        if kernel.database.is_postgres() {
            // Before those who are woken ask what holds now.
            let rights = self.changes_rights.then(|| crate::platform::rights_log::TOPIC.to_owned());
            for topic in rights.iter().chain(&wakes) {
                let sql = "select pg_notify($1, $2)";
                let values = [crate::platform::events::CHANNEL.into(), topic.clone().into()];
                let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
                self.db.query_one_raw(statement).await?;
            }
        }
        self.db.commit().await?;
        drop(announcement);
        for topic in &wakes {
            kernel.bus.wake(topic);
        }
        Ok(())
    }
}

impl crate::platform::scope::Finds for Tx {
    type Connection = DatabaseTransaction;

    fn rows<E: Visible>(&self) -> Scoped<'_, E, DatabaseTransaction> {
        self.find::<E>()
    }
}

/// The reserved tenant of the company that runs Rookery.
pub const OPERATOR: TenantId = TenantId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
