//! Writes rows as a plan says.

use super::plan::{EdgeMember, InfoMember, ListPlan, Member, Object, Step};
use crate::platform::graphql::shape::Cells;
use crate::platform::graphql::text::{Members, Text};
use crate::platform::paging::Part;
use async_graphql::Name;
use sea_orm::sqlx::Row as _;
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

/// A page that was read.
pub(super) struct Found<'p> {
    pub(super) page: &'p Part<QueryResult>,
    /// The cursor of each row, if any is asked for.
    pub(super) cursors: Vec<String>,
    pub(super) total: Option<u64>,
}

/// Why nothing is written.
pub(super) enum Unwritten {
    /// A row lacks what must be there.
    Missing,
    /// The database holds something else.
    Failed(DbErr),
}

impl From<DbErr> for Unwritten {
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

type Written = Result<(), Unwritten>;

/// A connection.
pub(super) fn list(plan: &ListPlan, found: &Found<'_>, text: &mut Text) -> Written {
    let rows = &found.page.rows;
    text.object(|connection| {
        for (key, member) in &plan.members {
            let text = connection.member(key);
            match member {
                Member::TypeName(name) => text.string(name),
                Member::Nodes(nodes) => text.list(rows, |text, row| object(nodes, row, text))?,
                Member::Edges(members) => text.list(0..rows.len(), |text, row| edge(members, found, row, text))?,
                Member::PageInfo(members) => page_info(members, found, text)?,
                Member::Total => match found.total.and_then(|total| i64::try_from(total).ok()) {
                    Some(total) => text.integer(total),
                    None => text.null(),
                },
            }
        }
        Ok(())
    })
}

/// An object of a row.
pub(super) fn object(plan: &Object, row: &QueryResult, text: &mut Text) -> Written {
    text.object(|members| plan.0.iter().try_for_each(|(key, step)| member(key, step, row, members)))
}

fn member(key: &Name, step: &Step, row: &QueryResult, members: &mut Members<'_>) -> Written {
    let text = members.member(key);
    match step {
        Step::TypeName(name) => text.string(name),
        Step::Id { name, places } => {
            let part = |place: &usize| key_part(row, *place)?.ok_or(Unwritten::Missing);
            text.id(name, places.iter().map(part))?;
        }
        Step::Field { write, places } => write(Cells { row, places }, text)?,
        Step::Link { present, is_optional, object: linked } => match key_part(row, *present)? {
            Some(_) => object(linked, row, text)?,
            None if *is_optional => text.null(),
            None => return Err(Unwritten::Missing),
        },
    }
    Ok(())
}

/// A part of a row's key. What PostgreSQL sends of one is its bytes: of many rows those are taken as they are.
fn key_part(row: &QueryResult, place: usize) -> Result<Option<Uuid>, DbErr> {
    let sent = row.try_as_pg_row().and_then(|row| row.try_get_raw(place).ok()).and_then(|value| value.as_bytes().ok());
    match sent.map(Uuid::from_slice) {
        Some(Ok(key)) => Ok(Some(key)),
        Some(Err(_)) | None => row.try_get_by_index(place),
    }
}

fn edge(plan: &[(Name, EdgeMember)], found: &Found<'_>, index: usize, text: &mut Text) -> Written {
    text.object(|members| {
        for (key, member) in plan {
            let text = members.member(key);
            match member {
                EdgeMember::TypeName(name) => text.string(name),
                EdgeMember::Cursor => cursor(found.cursors.get(index), text),
                EdgeMember::Node(node) => object(node, &found.page.rows[index], text)?,
            }
        }
        Ok(())
    })
}

fn page_info(plan: &[(Name, InfoMember)], found: &Found<'_>, text: &mut Text) -> Written {
    text.object(|members| {
        for (key, asked) in plan {
            let text = members.member(key);
            match asked {
                InfoMember::TypeName => text.string("PageInfo"),
                InfoMember::HasNext => text.boolean(found.page.has_next),
                InfoMember::HasPrevious => text.boolean(found.page.has_previous),
                InfoMember::Start => cursor(found.cursors.first(), text),
                InfoMember::End => cursor(found.cursors.last(), text),
            }
        }
        Ok(())
    })
}

fn cursor(cursor: Option<&String>, text: &mut Text) {
    match cursor {
        Some(cursor) => text.string(cursor),
        None => text.null(),
    }
}
