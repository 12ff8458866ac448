//! Tenants and memberships in the API.

use super::create_tenant::{self, NewTenant};
use super::store::{self, membership, tenant};
use super::update_tenant::{self, TenantChange};
use crate::identity::graphql::Actor;
use crate::inventory::graphql::{SiteConnection, SiteOrder, SiteWhere, sites_of};
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::{contains, key_of};
use crate::platform::graphql::projection::Read;
use crate::platform::graphql::viewer;
use crate::platform::paging::Window;
use crate::{descriptor, listed, mirrored_enum, payload};
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use sea_orm::ColumnTrait as _;

mirrored_enum! {
    /// How large a client is.
    TenantType of store::TenantType {
        /// A large client.
        Enterprise,
        /// An ordinary client.
        Standard,
        /// A small client.
        Starter,
        /// A client that tries it out.
        Trial,
    }
    /// Whether a tenant is served.
    TenantStatus of store::TenantStatus {
        /// It is served.
        Active,
        /// Its people are locked out for now.
        Suspended,
        /// It is kept for the record.
        Archived,
        /// It has not begun yet.
        Pending,
    }
    /// What a person is in a tenant.
    MembershipRole of store::MembershipRole {
        /// Owns the tenant.
        Owner,
        /// Keeps the tenant.
        Admin,
        /// Works there.
        Member,
        /// Reads.
        Viewer,
    }
    /// Whether a membership counts.
    MembershipStatus of store::MembershipStatus {
        /// It counts.
        Active,
        /// The person has not accepted yet.
        Invited,
        /// It does not count for now.
        Suspended,
    }
}

descriptor! {
    /// A client of the operator, or the operator itself.
    Tenant(tenant) {
        fields |row| {
            /// Its name in addresses; unique.
            slug: String = row.slug.clone();
            /// Its name.
            name: String = row.name.clone();
            /// How large a client it is.
            r#type: TenantType = row.r#type.into();
            /// Whether it is served.
            status: TenantStatus = row.status.into();
            /// When it was created.
            created_at: DateTime<Utc> = row.created_at;
            /// When it was last changed.
            updated_at: DateTime<Utc> = row.updated_at;
        }
        links {}
        resolvers {
            /// Who belongs to it.
            async fn members(&self, context: &Context<'_>) -> Result<Vec<Membership>> {
                let rows = store::members(&viewer(context)?.reader(), self.0.id).await?;
                Ok(rows.into_iter().map(Membership).collect())
            }
            /// Its sites.
            #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
            async fn sites(
                &self,
                context: &Context<'_>,
                first: Option<i32>,
                after: Option<String>,
                last: Option<i32>,
                before: Option<String>,
                r#where: Option<SiteWhere>,
                order_by: Option<SiteOrder>,
            ) -> Result<Read<SiteConnection>> {
                let window = Window { first, after, last, before };
                sites_of(context, self.0.id, window, r#where, order_by).await
            }
        }
    }
}

listed! {
    Tenant(tenant) as TenantConnection, TenantEdge;
    where TenantWhere |_viewer| {
        /// With this in the name or the slug.
        search: String => |text| contains(&[tenant::Column::Name, tenant::Column::Slug], &text);
        /// Of one of these types.
        r#type: Vec<TenantType> => |list| tenant::Column::Type.is_in(list.into_iter().map(store::TenantType::from));
        /// In one of these states.
        status: Vec<TenantStatus> => |list| tenant::Column::Status.is_in(list.into_iter().map(store::TenantStatus::from));
    }
    order TenantOrder by TenantOrderField {
        /// By name.
        Name = Name;
        /// By when it was created.
        CreatedAt = CreatedAt;
    }
    usually Name Asc
}

/// A person's place in a tenant.
pub struct Membership(pub membership::Model);

/// A person's place in a tenant.
#[Object]
impl Membership {
    /// The tenant.
    async fn tenant(&self, context: &Context<'_>) -> Result<Tenant> {
        crate::platform::graphql::descriptor::linked(context, Some(self.0.tenant_id)).await
    }
    /// The person.
    async fn user(&self, context: &Context<'_>) -> Result<Actor> {
        Actor::load(context, self.0.user_id).await
    }
    /// What they are there.
    async fn role(&self) -> MembershipRole {
        self.0.role.into()
    }
    /// Whether it counts.
    async fn status(&self) -> MembershipStatus {
        self.0.status.into()
    }
}

/// A new tenant.
#[derive(InputObject)]
pub struct CreateTenantInput {
    /// Its name, 1 to 150 characters.
    name: String,
    /// Its name in addresses: small letters, digits and hyphens, at most 50; unique.
    slug: String,
    /// How large a client it is.
    r#type: TenantType,
}

/// A tenant's change; what is left out stays.
#[derive(InputObject)]
pub struct UpdateTenantInput {
    /// Which.
    id: ID,
    /// Its name, 1 to 150 characters.
    name: Option<String>,
    /// How large a client it is; for the operator's administrators.
    r#type: Option<TenantType>,
    /// Whether it is served; for the operator's administrators.
    status: Option<TenantStatus>,
}

payload! {
    /// The new tenant.
    CreateTenantPayload {
        /// The tenant.
        tenant: Tenant
    }
    /// The changed tenant.
    UpdateTenantPayload {
        /// The tenant.
        tenant: Tenant
    }
}

/// Reading tenants.
#[derive(Default)]
pub struct TenancyQuery;

#[gated]
#[Object]
impl TenancyQuery {
    /// The clients that the viewer sees.
    #[signed_in]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn tenants(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<TenantWhere>,
        order_by: Option<TenantOrder>,
    ) -> Result<Read<TenantConnection>> {
        let window = Window { first, after, last, before };
        list::<Tenant>(context, store::clients(), window, r#where, order_by).await
    }
}

/// Changing tenants.
#[derive(Default)]
pub struct TenancyMutation;

#[gated]
#[Object]
impl TenancyMutation {
    /// Takes a new client on.
    #[requires(ManageTenants)]
    async fn create_tenant(&self, context: &Context<'_>, input: CreateTenantInput) -> Result<CreateTenantPayload> {
        let new = NewTenant {
            id: None,
            slug: input.slug,
            name: input.name.trim().to_owned(),
            r#type: input.r#type.into(),
            status: store::TenantStatus::Active,
        };
        CreateTenantPayload::of(create_tenant::create_tenant(viewer(context)?, new).await)
    }

    /// Changes a tenant.
    #[signed_in]
    async fn update_tenant(&self, context: &Context<'_>, input: UpdateTenantInput) -> Result<UpdateTenantPayload> {
        let change = TenantChange {
            name: input.name.map(|name| name.trim().to_owned()),
            r#type: input.r#type.map(Into::into),
            status: input.status.map(Into::into),
        };
        let id = key_of::<Tenant>(&input.id)?;
        UpdateTenantPayload::of(update_tenant::update_tenant(viewer(context)?, id, change).await)
    }
}
