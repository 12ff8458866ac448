//! People in the API: who asks, accounts, signing in and out.

use super::Identity;
use super::access_token_graphql::{AccessTokenConnection, AccessTokenOrder, AccessTokenWhere, access_tokens_of};
use super::create_user::{self, NewUser};
use super::model::SESSION_SECONDS;
use super::sign_in;
use super::sign_out;
use super::store::{self, user};
use super::update_user::{self, UserChange};
use crate::fleet::graphql::ProjectAccess;
use crate::notify::graphql::{
    NotificationConnection, NotificationOrder, NotificationWhere, notifications_of, unread_count,
};
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::{contains, key_of};
use crate::platform::graphql::errors::payload;
use crate::platform::graphql::loader::Loaders;
use crate::platform::graphql::projection::Read;
use crate::platform::graphql::session_cookie::{CookieChange, CookieJar};
use crate::platform::graphql::{GqlPermission, UserErrorObject, viewer};
use crate::platform::ids::{GlobalId, UserId};
use crate::platform::paging::Window;
use crate::platform::permission::Permission;
use crate::platform::scope::everything;
use crate::platform::viewer::Viewer;
use crate::tenancy::graphql::Membership;
use crate::tenancy::store as tenancy;
use crate::{descriptor, listed, mirrored_enum, payload as payload_type};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use sea_orm::ColumnTrait as _;
use secrecy::SecretString;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

mirrored_enum! {
    /// What staff may do, and CLIENT for everybody else.
    PermissionLevel of store::PermissionLevel {
        /// An administrator: everything.
        Admin,
        /// A technical agent.
        Technician,
        /// A sales agent.
        Billing,
        /// A person of a tenant: what their memberships say.
        Client,
    }
    /// What kind of account it is.
    UserType of store::UserType {
        /// Keeps the whole installation.
        SystemAdmin,
        /// Keeps a tenant.
        TenantAdmin,
        /// An ordinary person.
        RegularUser,
        /// A program.
        ServiceAccount,
        /// Reads only.
        GuestUser,
    }
    /// Whether an account is in use.
    UserStatus of store::UserStatus {
        /// It is in use.
        Active,
        /// Its owner is out.
        Suspended,
    }
}

/// The address from which a request came.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

/// Whether this server was started as a demo.
#[derive(Debug, Clone, Copy)]
pub struct DemoMode(pub bool);

descriptor! {
    /// A person's account.
    User(user) {
        fields |row| {
            /// Their name.
            name: String = row.name.clone();
            /// Another login than the address.
            username: Option<String> = row.username.clone();
            /// What kind of account it is.
            user_type: UserType = row.user_type.into();
            /// Their level.
            level: PermissionLevel = row.level.into();
            /// For technical agents: whether they reach every project.
            is_manager: bool = row.is_manager;
            /// Whether it is in use.
            status: UserStatus = row.status.into();
            /// When it was created.
            created_at: DateTime<Utc> = row.created_at;
        }
        links {}
        resolvers {
            /// Their address; null for who neither keeps accounts, clients or a tenant of theirs, nor is them.
            async fn email(&self, context: &Context<'_>) -> Result<Option<String>> {
                let viewer = viewer(context)?;
                // The payload of `signIn` is answered to who was nobody when they asked.
                let Some(person) = viewer.person() else { return Ok(None) };
                let known = person.user == self.0.id
                    || person.may(Permission::ManageUsers)
                    || person.may(Permission::ClientManagement)
                    || tenancy::memberships_of(&viewer.reader(), self.0.id)
                        .await?
                        .iter()
                        .any(|membership| person.keeps_tenant(membership.tenant_id));
                Ok(known.then(|| self.0.email.clone()))
            }
            /// The tenants to which they belong, of those that the viewer sees.
            async fn memberships(&self, context: &Context<'_>) -> Result<Vec<Membership>> {
                let rows = tenancy::memberships_of(&viewer(context)?.reader(), self.0.id).await?;
                Ok(rows.into_iter().map(Membership).collect())
            }
            /// Their access tokens, newest first.
            #[requires(ManageUsers)]
            #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
            async fn access_tokens(
                &self,
                context: &Context<'_>,
                first: Option<i32>,
                after: Option<String>,
                last: Option<i32>,
                before: Option<String>,
                r#where: Option<AccessTokenWhere>,
                order_by: Option<AccessTokenOrder>,
            ) -> Result<Read<AccessTokenConnection>> {
                let window = Window { first, after, last, before };
                access_tokens_of(context, Some(self.0.id), window, r#where, order_by).await
            }
        }
    }
}

listed! {
    User(user) as UserConnection, UserEdge;
    where UserWhere |_viewer| {
        /// With this in the name or the username.
        search: String => |text| contains(&[user::Column::Name, user::Column::Username], &text);
        /// Of one of these levels.
        level: Vec<PermissionLevel> => |list| user::Column::Level.is_in(list.into_iter().map(store::PermissionLevel::from));
        /// In one of these states.
        status: Vec<UserStatus> => |list| user::Column::Status.is_in(list.into_iter().map(store::UserStatus::from));
    }
    order UserOrder by UserOrderField {
        /// By name.
        Name = Name;
        /// By when the account was created.
        CreatedAt = CreatedAt;
    }
    usually Name Asc
}

/// Who did something: a name to show, and nothing more.
#[derive(SimpleObject, Clone)]
pub struct Actor {
    /// The person's global id; whether it can be looked up depends on the viewer.
    id: ID,
    /// Their name.
    name: String,
}

struct ActorNames {
    kernel: crate::platform::kernel::Kernel,
}

impl Loader<UserId> for ActorNames {
    type Value = String;
    type Error = Arc<crate::platform::error::AppError>;

    async fn load(&self, keys: &[UserId]) -> std::result::Result<HashMap<UserId, String>, Self::Error> {
        let system = Viewer::system(&self.kernel, "showing who did something");
        Ok(store::names(&system.reader(), keys).await.map_err(Arc::new)?.into_iter().collect())
    }
}

impl Actor {
    /// Who `user` is. The caller has shown an object that names them.
    ///
    /// # Errors
    /// INTERNAL.
    pub(crate) async fn load(context: &Context<'_>, user: UserId) -> Result<Self> {
        use crate::platform::error::AppError;
        use crate::platform::ids::Key as _;
        let loader = context.data::<Loaders>()?.table(|viewer| {
            let names = ActorNames { kernel: viewer.kernel().clone() };
            let spawner = async_graphql::runtime::TokioSpawner::current();
            DataLoader::with_cache(names, spawner, crate::platform::graphql::loader::Yield, HashMapCache::default())
        });
        let name = loader.load_one(user).await.map_err(|error| AppError::Internal(error.for_log()))?;
        let id = GlobalId::encode("User", &user.parts()).into();
        Ok(Self { id, name: name.ok_or(AppError::NotFound)? })
    }

    /// Who `user` is, if anybody.
    ///
    /// # Errors
    /// INTERNAL.
    pub(crate) async fn load_if(context: &Context<'_>, user: Option<UserId>) -> Result<Option<Self>> {
        match user {
            Some(user) => Self::load(context, user).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Who asks, and what they may do.
pub struct ViewerObject(Viewer);

/// Who asks, and what they may do.
#[rookery_macros::gated(optional)]
#[Object(name = "Viewer")]
impl ViewerObject {
    /// Their account; null when nobody is signed in.
    async fn user(&self) -> Result<Option<User>> {
        let Some(person) = self.0.person() else { return Ok(None) };
        Ok(Some(User(self.0.reader().get::<user::Entity>(person.user).await?)))
    }
    /// Their level.
    async fn level(&self) -> Option<PermissionLevel> {
        self.0.person().map(|person| person.level.into())
    }
    /// Whether they are a technical agent who reaches every project.
    async fn is_manager(&self) -> bool {
        self.0.person().is_some_and(|person| person.is_manager)
    }
    /// What their role allows.
    async fn permissions(&self) -> Vec<GqlPermission> {
        self.0.person().map(|person| person.permissions.iter().map(Into::into).collect()).unwrap_or_default()
    }
    /// The tenants to which they belong.
    async fn memberships(&self) -> Result<Vec<Membership>> {
        let Some(person) = self.0.person() else { return Ok(Vec::new()) };
        let rows = tenancy::memberships_of(&self.0.reader(), person.user).await?;
        Ok(rows.into_iter().map(Membership).collect())
    }
    /// The projects granted to them.
    async fn project_access(&self) -> Result<Vec<ProjectAccess>> {
        let Some(person) = self.0.person() else { return Ok(Vec::new()) };
        let rows = crate::fleet::store::access_of_user(&self.0.reader(), person.user).await?;
        Ok(rows.into_iter().map(ProjectAccess).collect())
    }
    /// How many of their notifications are unread.
    async fn unread_notification_count(&self) -> Result<u64> {
        Ok(unread_count(&self.0).await?)
    }
    /// Their notifications, newest first.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn notifications(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<NotificationWhere>,
        order_by: Option<NotificationOrder>,
    ) -> Result<Read<NotificationConnection>> {
        notifications_of(context, Window { first, after, last, before }, r#where, order_by).await
    }
    /// Their own access tokens, newest first.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn access_tokens(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<AccessTokenWhere>,
        order_by: Option<AccessTokenOrder>,
    ) -> Result<Read<AccessTokenConnection>> {
        let own = self.0.person().map(|person| person.user);
        access_tokens_of(context, own, Window { first, after, last, before }, r#where, order_by).await
    }
    /// Whether this server was started as a demo, whose accounts are printed on its sign-in page.
    #[expect(clippy::unused_self, reason = "a resolver is called on its object")]
    fn demo(&self, context: &Context<'_>) -> Result<bool> {
        Ok(context.data::<DemoMode>()?.0)
    }
}

/// Who signs in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The username or the address.
    login: String,
    /// The password.
    #[graphql(secret)]
    password: String,
}

/// Who is signed in now.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// A bearer token for an hour, for programs; the browser has its cookie.
    token: Option<String>,
    /// The account.
    user: Option<User>,
    /// What was wrong; empty when it was done.
    user_errors: Vec<UserErrorObject>,
}

/// Nothing needs to be said.
#[derive(InputObject)]
pub struct SignOutInput {
    /// Echoed to nobody; GraphQL wants an input to have a field.
    client_mutation_id: Option<String>,
}

/// The session has ended.
#[derive(SimpleObject)]
pub struct SignOutPayload {
    /// Whether it has.
    signed_out: bool,
    /// What was wrong; empty when it was done.
    user_errors: Vec<UserErrorObject>,
}

/// A new account.
#[derive(InputObject)]
pub struct CreateUserInput {
    /// The person's name, 1 to 150 characters.
    name: String,
    /// Their address; unique.
    email: String,
    /// Another login, 3 to 50 letters, digits, dots, hyphens and underscores; unique.
    username: Option<String>,
    /// Their password, at least 10 characters.
    #[graphql(secret)]
    password: String,
    /// Their level; a sales agent unless said otherwise.
    #[graphql(default_with = "PermissionLevel::Billing")]
    level: PermissionLevel,
    /// For technical agents: whether they reach every project.
    #[graphql(default)]
    is_manager: bool,
}

/// An account's change; what is left out stays.
#[derive(InputObject)]
pub struct UpdateUserInput {
    /// Which.
    id: ID,
    /// The person's name, 1 to 150 characters.
    name: Option<String>,
    /// Their level.
    level: Option<PermissionLevel>,
    /// For technical agents: whether they reach every project.
    is_manager: Option<bool>,
    /// Whether it is in use; suspending puts its owner out at once.
    status: Option<UserStatus>,
}

payload_type! {
    /// The new account.
    CreateUserPayload {
        /// The account.
        user: User
    }
    /// The changed account.
    UpdateUserPayload {
        /// The account.
        user: User
    }
}

/// Reading people.
#[derive(Default)]
pub struct IdentityQuery;

#[gated]
#[Object]
impl IdentityQuery {
    /// Who asks. Answers everybody, so that a client can find out whether it is signed in.
    #[public]
    #[expect(clippy::unused_self, reason = "a resolver is called on its object")]
    fn viewer(&self, context: &Context<'_>) -> Result<ViewerObject> {
        fail::fail_point!("graphql::viewer");
        Ok(ViewerObject(viewer(context)?.clone()))
    }

    /// The accounts that the viewer sees.
    #[signed_in]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn users(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<UserWhere>,
        order_by: Option<UserOrder>,
    ) -> Result<Read<UserConnection>> {
        let window = Window { first, after, last, before };
        list::<User>(context, everything(), window, r#where, order_by).await
    }
}

/// Signing in and out, and keeping accounts.
#[derive(Default)]
pub struct IdentityMutation;

#[gated]
#[Object]
impl IdentityMutation {
    /// Signs in: answers a token, and sets the session cookie.
    #[public]
    async fn sign_in(&self, context: &Context<'_>, input: SignInInput) -> Result<SignInPayload> {
        let password = SecretString::from(input.password);
        let from = context.data::<ClientAddress>()?.0;
        let identity = context.data::<Identity>()?;
        let result = sign_in::sign_in(viewer(context)?, identity, &input.login, &password, from).await;
        let (signed_in, user_errors) = payload(result)?;
        let Some(signed_in) = signed_in else {
            return Ok(SignInPayload { token: None, user: None, user_errors });
        };
        context.data::<CookieJar>()?.change(CookieChange::Set(signed_in.cookie_secret, SESSION_SECONDS));
        Ok(SignInPayload { token: Some(signed_in.token), user: Some(User(signed_in.user)), user_errors })
    }

    /// Signs out: the session ends everywhere at once.
    #[signed_in]
    async fn sign_out(&self, context: &Context<'_>, input: Option<SignOutInput>) -> Result<SignOutPayload> {
        drop(input);
        sign_out::sign_out(viewer(context)?).await?;
        context.data::<CookieJar>()?.change(CookieChange::Clear);
        Ok(SignOutPayload { signed_out: true, user_errors: Vec::new() })
    }

    /// Creates an account.
    #[requires(ManageUsers)]
    async fn create_user(&self, context: &Context<'_>, input: CreateUserInput) -> Result<CreateUserPayload> {
        let password = SecretString::from(input.password);
        let new = NewUser {
            name: input.name.trim().to_owned(),
            email: input.email.trim().to_owned(),
            username: input.username.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
            password_hash: None,
            user_type: match input.level {
                PermissionLevel::Admin => store::UserType::SystemAdmin,
                PermissionLevel::Technician | PermissionLevel::Billing | PermissionLevel::Client => {
                    store::UserType::RegularUser
                }
            },
            level: input.level.into(),
            is_manager: input.is_manager,
        };
        let identity = context.data::<Identity>()?;
        CreateUserPayload::of(create_user::create_user(viewer(context)?, identity, new, &password).await)
    }

    /// Changes an account.
    #[requires(ManageUsers)]
    async fn update_user(&self, context: &Context<'_>, input: UpdateUserInput) -> Result<UpdateUserPayload> {
        let change = UserChange {
            name: input.name.map(|name| name.trim().to_owned()),
            level: input.level.map(Into::into),
            is_manager: input.is_manager,
            status: input.status.map(Into::into),
        };
        let id = key_of::<User>(&input.id)?;
        UpdateUserPayload::of(update_user::update_user(viewer(context)?, id, change).await)
    }
}
