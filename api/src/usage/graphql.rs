//! The counts in the API.

use super::store::field_usage;
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::contains;
use crate::platform::graphql::projection::Read;
use crate::platform::paging::Window;
use crate::platform::scope::everything;
use crate::{descriptor, listed};
use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use sea_orm::ColumnTrait as _;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The fields that are deprecated now, as `Type.field`.
#[derive(Clone)]
pub struct DeprecatedFields(pub Arc<BTreeSet<String>>);

descriptor! {
    /// That a version of a client uses a field of the API.
    FieldUsage(field_usage) {
        fields |row| {
            /// How the client calls itself; empty for clients that do not.
            client: String = row.client.clone();
            /// Its version; empty for clients that give none.
            version: String = row.version.clone();
            /// The field, such as `Device.name`.
            field: String = row.field.clone();
            /// How many operations selected it; 2,147,483,647 stands for so many or more.
            count: i32 = i32::try_from(row.count).unwrap_or(i32::MAX);
            /// When it was first seen to.
            first_used_at: DateTime<Utc> = row.first_used_at;
            /// When it last did, but for the last seconds.
            last_used_at: DateTime<Utc> = row.last_used_at;
        }
        links {}
        resolvers {
            /// Whether the field is deprecated now.
            #[expect(clippy::unused_async, reason = "resolvers are async")]
            async fn is_deprecated(&self, context: &Context<'_>) -> Result<bool> {
                Ok(context.data::<DeprecatedFields>()?.0.contains(&self.0.field))
            }
        }
    }
}

listed! {
    FieldUsage(field_usage) as FieldUsageConnection, FieldUsageEdge;
    where FieldUsageWhere |_viewer| {
        /// With this in the client's name or in the field.
        search: String => |text| contains(&[field_usage::Column::Client, field_usage::Column::Field], &text);
        /// By the client of this name; empty for clients that give none.
        client: String => |name| field_usage::Column::Client.eq(name);
        /// Of this field, such as `Device.name`.
        field: String => |name| field_usage::Column::Field.eq(name);
        /// Of fields that are deprecated now.
        deprecated_only: bool => |_deprecated| everything();
    }
    order FieldUsageOrder by FieldUsageOrderField {
        /// By the client's name.
        Client = Client;
        /// By the field.
        Field = Field;
        /// By how often it was used.
        Count = Count;
        /// By when it was last used.
        LastUsedAt = LastUsedAt;
    }
    usually LastUsedAt Desc
}

/// Reading the counts.
#[derive(Default)]
pub struct UsageQuery;

#[gated]
#[Object]
impl UsageQuery {
    /// Which clients use which fields of the API, of those who sign in.
    #[requires(ViewUsage)]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn field_usage(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<FieldUsageWhere>,
        order_by: Option<FieldUsageOrder>,
    ) -> Result<Read<FieldUsageConnection>> {
        // Which fields are deprecated the database does not know.
        let within = if r#where.as_ref().and_then(|filter| filter.deprecated_only) == Some(true) {
            let deprecated = context.data::<DeprecatedFields>()?.0.iter();
            everything().add(field_usage::Column::Field.is_in(deprecated.cloned()))
        } else {
            everything()
        };
        let window = Window { first, after, last, before };
        list::<FieldUsage>(context, within, window, r#where, order_by).await
    }
}
