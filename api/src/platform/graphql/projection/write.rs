//! Writes rows as a plan says.

use super::plan::{EdgeMember, InfoMember, ListPlan, Member, Object, Step};
use crate::platform::graphql::shape::Cells;
use crate::platform::ids::GlobalId;
use crate::platform::paging::Part;
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

/// A page that was read.
pub(super) struct Found<'p> {
    pub(super) page: &'p Part<QueryResult>,
    /// The cursor of each row, if any is asked for.
    pub(super) cursors: Vec<String>,
    pub(super) total: Option<u64>,
}

/// A connection; none if a row lacks what must be there.
pub(super) fn list(plan: &ListPlan, found: &Found<'_>) -> Result<Option<Value>, DbErr> {
    let rows = &found.page.rows;
    let mut connection = IndexMap::with_capacity(plan.members.len());
    for (key, member) in &plan.members {
        let value = match member {
            Member::TypeName(name) => Some(Value::from(name.as_str())),
            Member::Nodes(nodes) => each(rows.len(), |index| object(nodes, &rows[index]))?,
            Member::Edges(members) => each(rows.len(), |index| edge(members, found, index))?,
            Member::PageInfo(members) => Some(page_info(members, found)),
            Member::Total => Some(found.total.into()),
        };
        let Some(value) = value else { return Ok(None) };
        connection.insert(key.clone(), value);
    }
    Ok(Some(Value::Object(connection)))
}

fn each(count: usize, make: impl Fn(usize) -> Result<Option<Value>, DbErr>) -> Result<Option<Value>, DbErr> {
    let mut list = Vec::with_capacity(count);
    for index in 0..count {
        let Some(value) = make(index)? else { return Ok(None) };
        list.push(value);
    }
    Ok(Some(Value::List(list)))
}

/// An object of a row; none if it lacks what must be there.
pub(super) fn object(plan: &Object, row: &QueryResult) -> Result<Option<Value>, DbErr> {
    let mut members = IndexMap::with_capacity(plan.0.len());
    for (key, step) in &plan.0 {
        let value = match step {
            Step::TypeName(name) => Value::from(*name),
            Step::Id { name, places } => {
                let parts =
                    places.iter().map(|place| row.try_get_by_index(*place)).collect::<Result<Vec<Uuid>, _>>()?;
                Value::String(GlobalId::encode(name, &parts))
            }
            Step::Field { value, places } => value(Cells { row, places })?,
            Step::Link { present, is_optional, object: linked } => {
                match row.try_get_by_index::<Option<Uuid>>(*present)? {
                    Some(_) => match object(linked, row)? {
                        Some(value) => value,
                        None => return Ok(None),
                    },
                    None if *is_optional => Value::Null,
                    None => return Ok(None),
                }
            }
        };
        members.insert(key.clone(), value);
    }
    Ok(Some(Value::Object(members)))
}

fn edge(plan: &[(Name, EdgeMember)], found: &Found<'_>, index: usize) -> Result<Option<Value>, DbErr> {
    let mut members = IndexMap::with_capacity(plan.len());
    for (key, member) in plan {
        let value = match member {
            EdgeMember::TypeName(name) => Value::from(*name),
            EdgeMember::Cursor => cursor(found.cursors.get(index)),
            EdgeMember::Node(node) => match object(node, &found.page.rows[index])? {
                Some(value) => value,
                None => return Ok(None),
            },
        };
        members.insert(key.clone(), value);
    }
    Ok(Some(Value::Object(members)))
}

fn page_info(plan: &[(Name, InfoMember)], found: &Found<'_>) -> Value {
    let member = |member: InfoMember| match member {
        InfoMember::TypeName => Value::from("PageInfo"),
        InfoMember::HasNext => found.page.has_next.into(),
        InfoMember::HasPrevious => found.page.has_previous.into(),
        InfoMember::Start => cursor(found.cursors.first()),
        InfoMember::End => cursor(found.cursors.last()),
    };
    Value::Object(plan.iter().map(|(key, asked)| (key.clone(), member(*asked))).collect())
}

fn cursor(cursor: Option<&String>) -> Value {
    cursor.map_or(Value::Null, |cursor| Value::from(cursor.as_str()))
}
