//! Keyset paging: a page begins after a row's own values, never at an offset, so that it costs the same however
//! deep it lies, and what is inserted meanwhile moves nothing.

use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::Key as _;
use crate::platform::scope::{Resource, Scoped};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{ColumnTrait, ColumnType, ConnectionTrait, ModelTrait as _, Order, QueryResult, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The largest page.
const MOST: u64 = 100;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// At most this many, from the front.
    pub first: Option<i32>,
    /// Only what comes after this cursor.
    pub after: Option<String>,
    /// At most this many, from the back.
    pub last: Option<i32>,
    /// Only what comes before this cursor.
    pub before: Option<String>,
}

/// An order of a list.
pub struct Ranking<C> {
    /// The order's name, which a cursor remembers: another order's cursor means nothing here.
    pub name: &'static str,
    /// By which column.
    pub column: C,
    /// From large to small.
    pub descending: bool,
}

/// A part of a list.
#[derive(Debug)]
pub struct Page<M> {
    /// The rows with their cursors.
    pub rows: Vec<(String, M)>,
    /// Whether more follow.
    pub has_next: bool,
    /// Whether some come before.
    pub has_previous: bool,
    /// How many there are in all, if that was asked.
    pub total: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    #[serde(rename = "o")]
    order: String,
    #[serde(rename = "v")]
    value: Rank,
    #[serde(rename = "i")]
    id: Uuid,
}

#[derive(Serialize, Deserialize)]
enum Rank {
    #[serde(rename = "s")]
    Text(String),
    #[serde(rename = "t")]
    Time(DateTime<Utc>),
    #[serde(rename = "n")]
    Number(i64),
}

impl Rank {
    fn of(value: Value) -> AppResult<Self> {
        match value {
            Value::String(Some(text)) => Ok(Self::Text(text)),
            Value::ChronoDateTimeUtc(Some(time)) => Ok(Self::Time(time)),
            Value::Int(Some(number)) => Ok(Self::Number(number.into())),
            Value::BigInt(Some(number)) => Ok(Self::Number(number)),
            other => Err(AppError::Internal(format!("a list cannot be ordered by {other:?}"))),
        }
    }

    /// Reads one of a column of this type.
    fn read(column: &ColumnType, row: &QueryResult, index: usize) -> AppResult<Self> {
        Ok(match column {
            ColumnType::Timestamp | ColumnType::TimestampWithTimeZone => Self::Time(row.try_get_by_index(index)?),
            ColumnType::Integer => Self::Number(row.try_get_by_index::<i32>(index)?.into()),
            ColumnType::BigInteger => Self::Number(row.try_get_by_index(index)?),
            _ => Self::Text(row.try_get_by_index(index)?),
        })
    }

    /// Whether a column of this type holds such values. A cursor comes from outside.
    const fn fits(&self, column: &ColumnType) -> bool {
        match self {
            Self::Text(_) => matches!(column, ColumnType::String(_) | ColumnType::Text),
            Self::Time(_) => matches!(column, ColumnType::Timestamp | ColumnType::TimestampWithTimeZone),
            Self::Number(_) => matches!(column, ColumnType::Integer | ColumnType::BigInteger),
        }
    }

    fn expression(self) -> SimpleExpr {
        match self {
            Self::Text(text) => Expr::value(text),
            Self::Time(time) => Expr::value(time),
            Self::Number(number) => Expr::value(number),
        }
    }
}

fn wrong(what: &str) -> AppError {
    AppError::BadRequest(what.to_owned())
}

/// How many rows are asked for: none where only the total is.
///
/// # Errors
/// `BAD_REQUEST` for both sizes, or one that is not allowed.
pub fn size(window: &Window) -> AppResult<u64> {
    let asked = match (window.first, window.last) {
        (None, None) => return Ok(0),
        (Some(_), Some(_)) => return Err(wrong("ask for `first` or for `last`, not for both")),
        (Some(asked), None) | (None, Some(asked)) => asked,
    };
    u64::try_from(asked)
        .ok()
        .filter(|count| (1..=MOST).contains(count))
        .ok_or_else(|| AppError::BadRequest(format!("`first` and `last` are between 1 and {MOST}")))
}

/// Rows of a list, and where they lie in it.
pub struct Part<R> {
    /// The rows, in the list's order.
    pub rows: Vec<R>,
    /// Whether more follow.
    pub has_next: bool,
    /// Whether some come before.
    pub has_previous: bool,
}

/// Narrows `query` to the `count` rows that `window` asks for, and one more, by which [`cut`] knows whether there are more;
/// none if no row is asked for.
///
/// # Errors
/// `BAD_REQUEST` for a cursor that means nothing here.
pub fn bounded<'c, E, C>(
    mut query: Scoped<'c, E, C>,
    ranking: &Ranking<E::Column>,
    window: &Window,
    count: u64,
) -> AppResult<Option<Scoped<'c, E, C>>>
where
    E: Resource,
    C: ConnectionTrait + 'c,
{
    let id = E::id_column();
    for (cursor, after) in [(&window.after, true), (&window.before, false)] {
        if let Some(cursor) = cursor {
            let (value, key) = decode(cursor, ranking.name)?;
            if !value.fits(ranking.column.def().get_column_type()) {
                return Err(wrong("this is not a cursor"));
            }
            let place = Expr::tuple([Expr::col(ranking.column.as_column_ref()), Expr::col(id.as_column_ref())]);
            let bound = Expr::tuple([value.expression(), Expr::value(key)]);
            let larger = after != ranking.descending;
            query = query.filter(if larger { place.gt(bound) } else { place.lt(bound) });
        }
    }
    let order = if ranking.descending == window.last.is_some() { Order::Asc } else { Order::Desc };
    let query = query.order_by(ranking.column, order.clone()).order_by(id, order).limit(count + 1);
    Ok((count > 0).then_some(query))
}

/// What was found by a [`bounded`] query, as the part of the list that was asked for.
#[must_use]
pub fn cut<R>(mut rows: Vec<R>, window: &Window, count: u64) -> Part<R> {
    let more = rows.len() as u64 > count;
    rows.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    let (has_next, has_previous) = if window.last.is_some() {
        rows.reverse();
        (window.before.is_some(), more)
    } else {
        (more, window.after.is_some())
    };
    Part { rows, has_next, has_previous }
}

/// Reads the part of `rows` that `window` asks for.
///
/// # Errors
/// `BAD_REQUEST` for a window that means nothing.
pub async fn page<'c, E, C>(
    rows: impl Fn() -> Scoped<'c, E, C>,
    ranking: &Ranking<E::Column>,
    window: &Window,
    with_total: bool,
) -> AppResult<Page<E::Model>>
where
    E: Resource,
    E::Model: Send + Sync,
    C: ConnectionTrait + 'c,
{
    let count = size(window)?;
    let found = match bounded(rows(), ranking, window, count)? {
        Some(query) => query.all().await?,
        None => Vec::new(),
    };
    let Part { rows: found, has_next, has_previous } = cut(found, window, count);
    let total = if with_total { Some(rows().count().await?) } else { None };
    let with_cursor = |row: E::Model| {
        let id = E::key(&row).parts().last().copied().unwrap_or_default();
        Ok((encode(ranking.name, Rank::of(row.get(ranking.column))?, id)?, row))
    };
    let rows = found.into_iter().map(with_cursor).collect::<AppResult<Vec<_>>>()?;
    Ok(Page { rows, has_next, has_previous, total })
}

impl<C: ColumnTrait> Ranking<C> {
    /// The cursor of a row that has the order's column and the id's at these places.
    ///
    /// # Errors
    /// INTERNAL if the database holds something else there.
    pub fn cursor(&self, row: &QueryResult, [value, id]: [usize; 2]) -> AppResult<String> {
        encode(self.name, Rank::read(self.column.def().get_column_type(), row, value)?, row.try_get_by_index(id)?)
    }
}

fn encode(order: &str, value: Rank, id: Uuid) -> AppResult<String> {
    let cursor = Cursor { order: order.to_owned(), value, id };
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).map_err(AppError::internal)?))
}

fn decode(text: &str, order: &str) -> AppResult<(Rank, Uuid)> {
    let cursor: Cursor = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| wrong("this is not a cursor"))?;
    if cursor.order != order {
        return Err(wrong("this cursor belongs to another order of the list"));
    }
    Ok((cursor.value, cursor.id))
}
