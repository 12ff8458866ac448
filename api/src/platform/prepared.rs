//! The beginning of a query, written once for who asks for the same again: which columns of which rows, and the scope.
//!
//! Building a query and writing it takes longer than what a database needs to find a row. What is kept here ends with
//! the scope of the viewer for whom it was written, and is used for that very viewer alone; what each request adds can
//! only narrow it.

use crate::platform::viewer::Who;
use sea_orm::sea_query::{
    PostgresQueryBuilder, QueryBuilder, SelectStatement, SqlWriter, SqlWriterValues, SqliteQueryBuilder, Value,
};
use sea_orm::{Condition, DbBackend, Statement};
use std::fmt::{self, Write};

/// See the module.
pub struct Prepared {
    pieces: Pieces,
    table: &'static str,
    who: Who,
}

/// What follows the scope.
pub(in crate::platform) struct Rest {
    /// What narrows it.
    pub(in crate::platform) conditions: Condition,
    /// The columns of the order, and whether each goes from large to small.
    pub(in crate::platform) order: Vec<(&'static str, bool)>,
    /// At most so many rows.
    pub(in crate::platform) most: Option<u64>,
}

impl Prepared {
    /// `select`, which has no condition yet, of those rows of `table` that are in `scope`, which is that of `who`.
    pub(in crate::platform) fn new(
        backend: DbBackend,
        select: &SelectStatement,
        (table, who, scope): (&'static str, &Who, Condition),
    ) -> Self {
        let mut pieces = Pieces::default();
        match backend {
            DbBackend::Postgres => pieces.begin(&PostgresQueryBuilder, select, scope),
            _ => pieces.begin(&SqliteQueryBuilder, select, scope),
        }
        Self { pieces, table, who: who.clone() }
    }

    /// Whether it was written for these rows and this very viewer.
    pub(in crate::platform) fn is_for(&self, table: &str, who: &Who) -> bool {
        self.table == table && self.who.has_rights_of(who)
    }

    /// The whole query.
    pub(in crate::platform) fn finish(&self, backend: DbBackend, rest: Rest) -> Statement {
        let (sql, values) = match backend {
            DbBackend::Postgres => self.pieces.finish(&PostgresQueryBuilder, self.table, rest),
            _ => self.pieces.finish(&SqliteQueryBuilder, self.table, rest),
        };
        Statement { sql, values: Some(values), db_backend: backend }
    }
}

/// SQL, cut where a value belongs.
#[derive(Default)]
struct Pieces {
    texts: Vec<(String, Value)>,
    last: String,
}

impl Pieces {
    fn begin<B: QueryBuilder>(&mut self, builder: &B, select: &SelectStatement, scope: Condition) {
        builder.prepare_select_statement(select, self);
        self.last.push_str(" WHERE (");
        builder.prepare_expr(&scope.into(), self);
        self.last.push(')');
    }

    fn finish<B: QueryBuilder>(&self, builder: &B, table: &str, rest: Rest) -> (String, sea_orm::sea_query::Values) {
        let (placeholder, is_numbered) = builder.placeholder();
        let mut sql = SqlWriterValues::new(placeholder, is_numbered);
        // What is written to memory is written.
        for (text, value) in &self.texts {
            _ = sql.write_str(text);
            sql.push_param(value.clone(), builder);
        }
        _ = sql.write_str(&self.last);
        if !rest.conditions.is_empty() {
            _ = sql.write_str(" AND (");
            builder.prepare_expr(&rest.conditions.into(), &mut sql);
            _ = sql.write_str(")");
        }
        for (index, (column, is_descending)) in rest.order.into_iter().enumerate() {
            let (word, direction) =
                (if index == 0 { " ORDER BY" } else { "," }, if is_descending { "DESC" } else { "ASC" });
            _ = write!(sql, r#"{word} "{table}"."{column}" {direction}"#);
        }
        if let Some(most) = rest.most {
            // Not as a value: of a limit that a plan does not know PostgreSQL expects a tenth of all rows, and sorts them.
            _ = write!(sql, " LIMIT {most}");
        }
        sql.into_parts()
    }
}

impl Write for Pieces {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.last.write_str(text)
    }
}

impl fmt::Display for Pieces {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.texts.iter().try_for_each(|(text, _)| formatter.write_str(text))?;
        formatter.write_str(&self.last)
    }
}

impl SqlWriter for Pieces {
    fn push_param<B: QueryBuilder>(&mut self, value: Value, _: &B) {
        self.texts.push((std::mem::take(&mut self.last), value));
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::sea_query::{Expr, ExprTrait as _, Query};

    fn query(backend: DbBackend, scope: Condition, rest: Condition) -> Statement {
        let select = Query::select().column("id").from("t").take();
        let prepared = Prepared::new(backend, &select, ("t", &Who::Anonymous, scope));
        prepared.finish(backend, Rest { conditions: rest, order: vec![("a", true), ("id", false)], most: Some(3) })
    }

    #[test]
    fn what_follows_a_scope_only_narrows_it() {
        let either = || Condition::any().add(Expr::col("a").eq(1)).add(Expr::col("b").eq("x"));
        let rest = Condition::all().add(Condition::any().add(Expr::col("c").eq(2)).add(Expr::col("d").eq(3)));
        let statement = query(DbBackend::Postgres, either(), rest.clone());
        assert_eq!(
            statement.sql,
            r#"SELECT "id" FROM "t" WHERE ("a" = $1 OR "b" = $2) AND ("c" = $3 OR "d" = $4) ORDER BY "t"."a" DESC, "t"."id" ASC LIMIT 3"#
        );
        assert_eq!(statement.values.map(|values| values.0.len()), Some(4));
        let sqlite = query(DbBackend::Sqlite, either(), Condition::all());
        let beginning = r#"SELECT "id" FROM "t" WHERE ("a" = ? OR "b" = ?) ORDER BY"#;
        assert!(sqlite.sql.starts_with(beginning), "{}", sqlite.sql);
        let everything = query(DbBackend::Sqlite, Condition::all(), rest);
        // Alternatives of which there is none are met by no row.
        let none = query(DbBackend::Sqlite, Condition::any(), Condition::all());
        assert!(none.sql.contains("WHERE (FALSE)"), "{}", none.sql);
        assert!(everything.sql.contains(r#"WHERE (TRUE) AND ("c" = ? OR "d" = ?)"#), "{}", everything.sql);
    }

    #[test]
    fn it_is_for_one_viewer_alone() {
        let of = |who: &Who| {
            let select = Query::select().column("id").from("t").take();
            Prepared::new(DbBackend::Sqlite, &select, ("t", who, Condition::all()))
        };
        let (nobody, system) = (Who::Anonymous, Who::System("a test"));
        assert!(of(&nobody).is_for("t", &nobody) && of(&system).is_for("t", &system));
        assert!(!of(&nobody).is_for("t", &system) && !of(&system).is_for("t", &nobody));
        assert!(!of(&nobody).is_for("other", &nobody));
    }
}
