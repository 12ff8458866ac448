//! Figures about the rows that a viewer sees: counted and ranked by the database, within the scope as every query.

use super::{Scoped, Visible};
use crate::platform::error::AppResult;
use sea_orm::sea_query::{Alias, Expr, IntoColumnRef as _, OverStatement as _, Query, WindowStatement};
use sea_orm::{ColumnTrait as _, ConnectionTrait, FromQueryResult, Order, QuerySelect as _, QueryTrait as _};

/// The name of a row's place among those of its group, from 1.
pub const PLACE: &str = "place";
/// The name of how many rows its group has.
pub const SIZE: &str = "size";

impl<E: Visible, C: ConnectionTrait> Scoped<'_, E, C> {
    /// One row for each group of rows that are equal in `by`: these columns, and figures by name.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn grouped<T: FromQueryResult>(
        self,
        by: &[E::Column],
        figures: impl IntoIterator<Item = (Expr, &'static str)>,
    ) -> AppResult<Vec<T>> {
        let (connection, select) = self.select();
        let mut select = select.select_only().columns(by.iter().copied()).into_query();
        for (figure, name) in figures {
            select.expr_as(figure, name);
        }
        select.group_by_columns(by.iter().map(sea_orm::ColumnTrait::as_column_ref));
        let rows = connection.query_all(&select).await?;
        Ok(rows.iter().map(|row| T::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }

    /// These columns of the rows that `keep` admits by their [`PLACE`] in their group and the [`SIZE`] of that. Groups are
    /// equal in `by`.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn ranked<T: FromQueryResult>(
        self,
        columns: &[E::Column],
        by: &[E::Column],
        order: &[(E::Column, Order)],
        keep: Expr,
    ) -> AppResult<Vec<T>> {
        let mut group = WindowStatement::new();
        for column in by {
            group.add_partition_by(Expr::col(column.as_column_ref()));
        }
        let mut ranking = group.clone();
        for (column, order) in order {
            ranking.order_by(column.as_column_ref(), order.clone());
        }
        let (connection, select) = self.select();
        let mut inner = select.select_only().columns(columns.iter().copied()).into_query();
        inner.expr_window_as(Expr::cust("row_number()"), ranking, PLACE);
        inner.expr_window_as(Expr::cust("count(*)"), group, SIZE);
        let mut outer = Query::select();
        for column in columns {
            outer.column(Alias::new(sea_orm::IdenStatic::as_str(column)));
        }
        outer.columns([PLACE.into_column_ref(), SIZE.into_column_ref()]);
        outer.from_subquery(inner, "ranked").and_where(keep);
        let rows = connection.query_all(&outer).await?;
        Ok(rows.iter().map(|row| T::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }
}
