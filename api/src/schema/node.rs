//! Looking objects up by their global ids.

use crate::deployment::graphql::Deployment;
use crate::deployment::server_run_graphql::ServerRun;
use crate::fleet::graphql::{Project, Server};
use crate::fleet::script_graphql::{Script, ScriptRevision};
use crate::identity::access_token_graphql::AccessToken;
use crate::identity::graphql::User;
use crate::inventory::graphql::{Device, Site};
use crate::notify::graphql::Notification;
use crate::platform::error::AppError;
use crate::platform::graphql::connection::Described;
use crate::platform::graphql::descriptor::{key_of, linked};
use crate::platform::graphql::projection::{self, Read};
use crate::platform::ids::GlobalId;
use crate::platform::scope::Resource;
use crate::provisioning::graphql::ServerRequest;
use crate::tenancy::graphql::Tenant;
use async_graphql::{Context, ID, Interface, Object, Result};
use futures::future::try_join_all;
use rookery_macros::gated;

macro_rules! nodes {
    ($($name:ident),+ $(,)?) => {
        /// An object with a global id.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "ID", desc = "Its global id."))]
        pub(super) enum Node {
            $(#[doc = concat!("A ", stringify!($name), ".")] $name($name)),+
        }

        /// What `id` names, of what the viewer sees; anything else, malformed ids too, is nothing.
        async fn find(context: &Context<'_>, id: &ID) -> Result<Option<Node>> {
            let Some(global) = GlobalId::decode(id) else { return Ok(None) };
            match global.type_name.as_str() {
                $(<<$name as Described>::Table as Resource>::NAME => {
                    let Ok(key) = key_of::<$name>(id) else { return Ok(None) };
                    Ok(linked::<Option<$name>>(context, Some(key)).await?.map(Node::$name))
                })+
                _ => Ok(None),
            }
        }

        /// The same by one query, if its selection can be read as a whole.
        async fn read(context: &Context<'_>, id: &ID) -> Result<Option<Option<Read<Node>>>> {
            let Some(global) = GlobalId::decode(id) else { return Ok(None) };
            match global.type_name.as_str() {
                $(<<$name as Described>::Table as Resource>::NAME => {
                    let Ok(key) = key_of::<$name>(id) else { return Ok(None) };
                    Ok(projection::object::<$name, Node>(context, key).await?)
                })+
                _ => Ok(None),
            }
        }
    };
}

nodes!(
    Tenant,
    Site,
    Device,
    User,
    AccessToken,
    Project,
    Server,
    Script,
    ScriptRevision,
    ServerRequest,
    Deployment,
    ServerRun,
    Notification,
);

/// How many objects are looked up at once.
const MOST: usize = 100;

/// Looking up.
#[derive(Default)]
pub(super) struct NodeQuery;

#[gated]
#[Object]
impl NodeQuery {
    /// The object with this global id; null for one that does not exist or that the viewer does not see.
    #[signed_in]
    async fn node(&self, context: &Context<'_>, id: ID) -> Result<Option<Read<Node>>> {
        match read(context, &id).await? {
            Some(read) => Ok(read),
            None => Ok(find(context, &id).await?.map(Read::ByResolvers)),
        }
    }

    /// The objects with these global ids, at most 100, each in its place; null where the viewer sees none.
    #[signed_in]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST {
            return Err(AppError::BadRequest(format!("At most {MOST} ids at once.")).into());
        }
        try_join_all(ids.iter().map(|id| find(context, id))).await
    }
}
