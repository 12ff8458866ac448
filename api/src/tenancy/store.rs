//! The queries of tenancy.

use super::create_tenant::NewTenant;
use super::policy::{CreateTenant, UpdateTenant};
use super::update_tenant::TenantChange;
use crate::platform::authority::Authority;
use crate::platform::error::{AppResult, taken};
use crate::platform::granted::{Granted, GrantedRoot, OPERATOR, Tx};
use crate::platform::ids::{TenantId, UserId};
use crate::platform::kernel::Kernel;
use crate::platform::scope::{Reader, Visible, everything};
use crate::platform::viewer::Viewer;
use crate::resource;
pub use rookery_entity::tenancy::{MembershipRole, MembershipStatus, TenantStatus, TenantType, membership, tenant};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, Order};

resource!(tenant as "Tenant", global: TenantId);

impl Visible for tenant::Entity {
    fn visible(authority: &Authority) -> Condition {
        if authority.is_staff() {
            return everything();
        }
        let own = authority.memberships.iter().map(|(tenant, _)| *tenant);
        Condition::all().add(tenant::Column::Id.is_in(own))
    }
}

impl Visible for membership::Entity {
    /// Those in the tenants to which one belongs, and for staff all. One's own place in a tenant that is suspended, or
    /// in one that one was only invited to, is as closed as that tenant.
    fn visible(authority: &Authority) -> Condition {
        if authority.is_staff() {
            return everything();
        }
        let own = authority.memberships.iter().map(|(tenant, _)| *tenant);
        Condition::all().add(membership::Column::TenantId.is_in(own))
    }
}

/// Clients: every tenant but the operator.
#[must_use]
pub fn clients() -> Condition {
    Condition::all().add(tenant::Column::IsOperator.eq(false))
}

/// The memberships in a tenant, oldest first.
///
/// # Errors
/// INTERNAL.
pub async fn members(reader: &Reader<'_>, tenant: TenantId) -> AppResult<Vec<membership::Model>> {
    reader
        .find::<membership::Entity>()
        .filter(membership::Column::TenantId.eq(tenant))
        .order_by(membership::Column::CreatedAt, Order::Asc)
        .order_by(membership::Column::UserId, Order::Asc)
        .all()
        .await
}

/// Everybody who belongs to a tenant, whether the viewer sees them or not.
///
/// # Errors
/// INTERNAL.
pub async fn people_of(kernel: &Kernel, tenant: TenantId) -> AppResult<Vec<UserId>> {
    let system = Viewer::system(kernel, "finding whose rights depend on a tenant");
    Ok(members(&system.reader(), tenant).await?.into_iter().map(|row| row.user_id).collect())
}

/// A person's memberships, oldest first.
///
/// # Errors
/// INTERNAL.
pub async fn memberships_of(reader: &Reader<'_>, user: UserId) -> AppResult<Vec<membership::Model>> {
    reader
        .find::<membership::Entity>()
        .filter(membership::Column::UserId.eq(user))
        .order_by(membership::Column::CreatedAt, Order::Asc)
        .order_by(membership::Column::TenantId, Order::Asc)
        .all()
        .await
}

/// Inserts a tenant.
///
/// # Errors
/// TAKEN if its slug is.
pub async fn insert_tenant(tx: &Tx, proof: &GrantedRoot<'_, CreateTenant>, new: NewTenant) -> AppResult<tenant::Model> {
    let row = tenant::ActiveModel {
        id: Set(new.id.unwrap_or_else(|| TenantId(tx.uuid()))),
        slug: Set(new.slug),
        name: Set(new.name),
        r#type: Set(new.r#type),
        status: Set(new.status),
        is_operator: Set(new.id == Some(OPERATOR)),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.write(proof)).await.map_err(taken("slug", "Another tenant has this slug."))
}

/// Inserts a membership.
///
/// # Errors
/// INTERNAL.
pub async fn insert_membership(
    tx: &Tx,
    proof: &GrantedRoot<'_, CreateTenant>,
    tenant: TenantId,
    user: UserId,
    role: MembershipRole,
) -> AppResult<()> {
    let row = membership::ActiveModel {
        tenant_id: Set(tenant),
        user_id: Set(user),
        role: Set(role),
        status: Set(MembershipStatus::Active),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.write(proof)).await?;
    Ok(())
}

/// Changes a tenant.
///
/// # Errors
/// INTERNAL.
pub async fn update_tenant(
    tx: &Tx,
    proof: &Granted<'_, UpdateTenant>,
    change: TenantChange,
) -> AppResult<tenant::Model> {
    let mut row: tenant::ActiveModel = (**proof).clone().into();
    if let Some(name) = change.name {
        row.name = Set(name);
    }
    if let Some(kind) = change.r#type {
        row.r#type = Set(kind);
    }
    if let Some(status) = change.status {
        row.status = Set(status);
    }
    row.updated_at = Set(tx.now());
    Ok(row.update(tx.write(proof)).await?)
}
