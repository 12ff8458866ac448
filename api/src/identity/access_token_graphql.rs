//! Access tokens in the API.

use super::create_access_token::{self, NewAccessToken};
use super::graphql::User;
use super::revoke_access_token;
use super::store::access_tokens::{access_token, of_user, usable};
use super::store::trusted_documents::{self, trusted_document};
use super::trusted_documents::checked;
use crate::platform::error::AppError;
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::{contains, key_of};
use crate::platform::graphql::document_check::DocumentCheck;
use crate::platform::graphql::errors::payload;
use crate::platform::graphql::loader::{Loaders, Yield};
use crate::platform::graphql::projection::Read;
use crate::platform::graphql::{UserErrorObject, viewer};
use crate::platform::ids::{AccessTokenId, UserId};
use crate::platform::paging::Window;
use crate::platform::scope::nothing;
use crate::platform::viewer::Viewer;
use crate::{descriptor, listed, payload as payload_type};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use secrecy::ExposeSecret as _;
use std::collections::HashMap;
use std::sync::Arc;

descriptor! {
    /// By which a program acts with a person's rights, until it expires or is revoked.
    AccessToken(access_token) {
        fields |row| {
            /// What it is for.
            name: String = row.name.clone();
            /// How its secret begins; the whole of it was shown when it was created.
            secret_start: String = row.secret_start.clone();
            /// Whether it carries out no mutation.
            read_only: bool = row.is_read_only;
            /// Whether it carries out the documents that it was created with, and no others.
            confined: bool = row.is_confined;
            /// When it was created.
            created_at: DateTime<Utc> = row.created_at;
            /// Until when it lasts.
            expires_at: DateTime<Utc> = row.expires_at;
            /// When it was last used, to the minute; null if it never was.
            last_used_at: Option<DateTime<Utc>> = row.last_used_at;
            /// When it was revoked; null if it was not.
            revoked_at: Option<DateTime<Utc>> = row.revoked_at;
        }
        links {
            /// With whose rights it acts.
            user: User = (user_id);
        }
        resolvers {
            /// The only documents that it carries out; null if it carries out any.
            async fn documents(&self, context: &Context<'_>) -> Result<Option<Vec<TrustedDocument>>> {
                if !self.0.is_confined {
                    return Ok(None);
                }
                documents_of(context, self.0.id).await.map(Some)
            }
        }
    }
}

/// A document that an access token may have carried out.
#[derive(SimpleObject, Clone)]
pub struct TrustedDocument {
    /// `sha256:` and the hash of its text: what a request has as `documentId`.
    id: String,
    /// The text.
    text: String,
}

struct Documents(Viewer);

impl Loader<AccessTokenId> for Documents {
    type Value = Vec<TrustedDocument>;
    type Error = Arc<AppError>;

    async fn load(
        &self,
        keys: &[AccessTokenId],
    ) -> std::result::Result<HashMap<AccessTokenId, Self::Value>, Self::Error> {
        let found = trusted_documents::documents_of(&self.0.reader(), keys).await.map_err(Arc::new)?;
        let document =
            |row: trusted_document::Model| TrustedDocument { id: format!("sha256:{}", row.sha256), text: row.text };
        Ok(found.into_iter().map(|(token, rows)| (token, rows.into_iter().map(document).collect())).collect())
    }
}

async fn documents_of(context: &Context<'_>, token: AccessTokenId) -> Result<Vec<TrustedDocument>> {
    let loader = context.data::<Loaders>()?.table(|viewer| {
        let spawner = async_graphql::runtime::TokioSpawner::current();
        DataLoader::with_cache(Documents(viewer), spawner, Yield, HashMapCache::default())
    });
    let documents = loader.load_one(token).await.map_err(|error| AppError::Internal(error.for_log()))?;
    Ok(documents.unwrap_or_default())
}

listed! {
    AccessToken(access_token) as AccessTokenConnection, AccessTokenEdge;
    where AccessTokenWhere |viewer| {
        /// With this in the name.
        search: String => |text| contains(&[access_token::Column::Name], &text);
        /// Those that can be used, or those that have expired or were revoked.
        active: bool => |active| {
            let usable = usable(viewer.kernel().source.now());
            if active { usable } else { usable.not() }
        };
    }
    order AccessTokenOrder by AccessTokenOrderField {
        /// By name.
        Name = Name;
        /// By when it was created.
        CreatedAt = CreatedAt;
        /// By when it expires.
        ExpiresAt = ExpiresAt;
    }
    usually CreatedAt Desc
}

/// The tokens of one person, if there is one.
pub(super) async fn access_tokens_of(
    context: &Context<'_>,
    user: Option<UserId>,
    window: Window,
    filter: Option<AccessTokenWhere>,
    order: Option<AccessTokenOrder>,
) -> Result<Read<AccessTokenConnection>> {
    let within = user.map_or_else(nothing, of_user);
    list::<AccessToken>(context, within, window, filter, order).await
}

/// A new access token of the viewer's.
#[derive(InputObject)]
pub struct CreateAccessTokenInput {
    /// What it is for, 1 to 100 characters.
    name: String,
    /// Until when it lasts, at most 366 days from now; 90 days unless said otherwise.
    expires_at: Option<DateTime<Utc>>,
    /// Whether it carries out no mutation.
    #[graphql(default)]
    read_only: bool,
    /// The only documents that it carries out, by their ids or the same texts: 1 to 200, each of at most 16 KiB and
    /// right by the schema. It carries out any if this is left out.
    documents: Option<Vec<String>>,
}

/// The new access token, with its secret.
#[derive(SimpleObject)]
pub struct CreateAccessTokenPayload {
    /// The token.
    access_token: Option<AccessToken>,
    /// For `Authorization: Bearer …`. It is shown this once: only its hash is kept.
    secret: Option<String>,
    /// What was wrong; empty when it was done.
    user_errors: Vec<UserErrorObject>,
}

/// An access token to end.
#[derive(InputObject)]
pub struct RevokeAccessTokenInput {
    /// Which.
    id: ID,
}

payload_type! {
    /// The access token that has ended.
    RevokeAccessTokenPayload {
        /// The token.
        access_token: AccessToken
    }
}

/// Keeping access tokens.
#[derive(Default)]
pub struct AccessTokenMutation;

#[gated]
#[Object]
impl AccessTokenMutation {
    /// Creates an access token for a program that acts with the viewer's rights. Who acts by one creates none.
    #[signed_in]
    async fn create_access_token(
        &self,
        context: &Context<'_>,
        input: CreateAccessTokenInput,
    ) -> Result<CreateAccessTokenPayload> {
        let viewer = viewer(context)?;
        let documents = match input.documents {
            Some(documents) => payload(checked(context.data::<DocumentCheck>()?, documents).await)?,
            None => (None, Vec::new()),
        };
        let (documents, user_errors) = documents;
        if !user_errors.is_empty() {
            return Ok(CreateAccessTokenPayload { access_token: None, secret: None, user_errors });
        }
        let new = NewAccessToken {
            name: input.name.trim().to_owned(),
            expires_at: input.expires_at,
            is_read_only: input.read_only,
            documents,
        };
        let (created, user_errors) = payload(create_access_token::create_access_token(viewer, new).await)?;
        let (access_token, secret) =
            created.map(|(row, secret)| (row.into(), secret.expose_secret().to_owned())).unzip();
        Ok(CreateAccessTokenPayload { access_token, secret, user_errors })
    }

    /// Revokes an access token: one's own, or as an administrator anybody's. Requests are refused and sockets closed
    /// at once.
    #[signed_in]
    async fn revoke_access_token(
        &self,
        context: &Context<'_>,
        input: RevokeAccessTokenInput,
    ) -> Result<RevokeAccessTokenPayload> {
        let id = key_of::<AccessToken>(&input.id)?;
        RevokeAccessTokenPayload::of(revoke_access_token::revoke_access_token(viewer(context)?, id).await)
    }
}
