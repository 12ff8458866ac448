//! What a selection asks for, as columns, joins and steps; or nothing, if it takes resolvers.

use crate::platform::graphql::connection::Described;
use crate::platform::graphql::connection::Listed;
use crate::platform::graphql::policy::Requires;
use crate::platform::graphql::shape::{Cells, Link, Shape};
use crate::platform::graphql::text::Text;
use crate::platform::paging::Ranking;
use crate::platform::scope::Resource as _;
use crate::platform::viewer::Viewer;
use async_graphql::parser::types::{Selection, SelectionSet};
use async_graphql::{Context, Name, OutputType as _};
use sea_orm::{DbErr, EntityTrait, IdenStatic as _};

/// The sources of columns: the table itself, then the links that are followed. A plan with more takes resolvers.
pub(super) const SOURCES: [&str; 9] = ["", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8"];

/// What is read of a table and of the rows that its links lead to.
#[derive(Default)]
pub(super) struct Reading {
    /// Which columns, of which source.
    pub(super) columns: Vec<(usize, &'static str)>,
    /// The links.
    pub(super) joins: Vec<Join>,
}

/// A link that is followed.
pub(super) struct Join {
    pub(super) from: usize,
    pub(super) columns: &'static [&'static str],
    pub(super) shape: &'static Shape,
}

/// An object of an answer.
pub(super) struct Object(pub(super) Vec<(Name, Step)>);

/// A member of an object.
pub(super) enum Step {
    /// The type's name.
    TypeName(&'static str),
    /// The global id, of these columns.
    Id { name: &'static str, places: Vec<usize> },
    /// A field, of these columns.
    Field { write: fn(Cells<'_>, &mut Text) -> Result<(), DbErr>, places: Vec<usize> },
    /// What a link leads to; its last key column tells whether there is a row.
    Link { present: usize, is_optional: bool, object: Object },
}

/// A page of a list.
pub(super) struct ListPlan {
    pub(super) reading: Reading,
    pub(super) members: Vec<(Name, Member)>,
    /// The columns of a cursor, if one is asked for: the order's and the id's.
    pub(super) cursor: Option<[usize; 2]>,
    pub(super) has_total: bool,
}

/// A member of a connection.
pub(super) enum Member {
    TypeName(String),
    Nodes(Object),
    Edges(Vec<(Name, EdgeMember)>),
    PageInfo(Vec<(Name, InfoMember)>),
    Total,
}

/// A member of an edge.
pub(super) enum EdgeMember {
    TypeName(&'static str),
    Cursor,
    Node(Object),
}

/// A member of `PageInfo`.
#[derive(Clone, Copy)]
pub(super) enum InfoMember {
    TypeName,
    HasNext,
    HasPrevious,
    Start,
    End,
}

/// One object.
pub(super) struct ObjectPlan {
    pub(super) reading: Reading,
    pub(super) object: Object,
}

impl ObjectPlan {
    pub(super) fn of<T: Described>(context: &Context<'_>, viewer: &Viewer) -> Option<Self> {
        let mut planner = Planner::new(context, viewer);
        let object = planner.object(T::shape(), 0, &[&context.item.node.selection_set.node])?;
        Some(Self { reading: planner.reading, object })
    }
}

impl ListPlan {
    pub(super) fn of<T: Listed>(
        context: &Context<'_>,
        viewer: &Viewer,
        ranking: &Ranking<<T::Table as EntityTrait>::Column>,
    ) -> Option<Self> {
        let mut planner = Planner::new(context, viewer);
        let (mut members, mut needs_cursor, mut has_total) = (Vec::new(), false, false);
        let connection = T::Connection::type_name();
        for asked in planner.asked(&connection, &[&context.item.node.selection_set.node])? {
            let member = match asked.field {
                "__typename" => Member::TypeName(connection.to_string()),
                "nodes" => Member::Nodes(planner.object(T::shape(), 0, &asked.sets)?),
                "edges" => {
                    let edges = planner.edges(T::EDGE, T::shape(), &asked.sets)?;
                    needs_cursor |= edges.iter().any(|(_, member)| matches!(member, EdgeMember::Cursor));
                    Member::Edges(edges)
                }
                "pageInfo" => {
                    let info = planner.page_info(&asked.sets)?;
                    let has_cursor =
                        |(_, member): &(Name, InfoMember)| matches!(member, InfoMember::Start | InfoMember::End);
                    needs_cursor |= info.iter().any(has_cursor);
                    Member::PageInfo(info)
                }
                "totalCount" => {
                    has_total = true;
                    Member::Total
                }
                _ => return None,
            };
            members.push((asked.key.clone(), member));
        }
        let cursor = needs_cursor.then(|| {
            let columns = [ranking.column.as_str(), T::Table::id_column().as_str()];
            columns.map(|column| planner.reading.column(0, column))
        });
        Some(Self { reading: planner.reading, members, cursor, has_total })
    }
}

impl Reading {
    /// Where a column will be in a row.
    fn column(&mut self, source: usize, column: &'static str) -> usize {
        let (source, column) = self.origin(source, column);
        let known = self.columns.iter().position(|known| *known == (source, column));
        known.unwrap_or_else(|| {
            self.columns.push((source, column));
            self.columns.len() - 1
        })
    }

    /// Where a column is read. What a link is found by is read where it leads from; but for the last part of the key, which
    /// tells whether it leads anywhere.
    fn origin(&self, source: usize, column: &'static str) -> (usize, &'static str) {
        let Some(join) = source.checked_sub(1).and_then(|index| self.joins.get(index)) else { return (source, column) };
        match join.shape.key.iter().position(|key| *key == column) {
            Some(index) if index + 1 < join.shape.key.len() => self.origin(join.from, join.columns[index]),
            _ => (source, column),
        }
    }

    fn places(&mut self, source: usize, columns: &[&'static str]) -> Vec<usize> {
        columns.iter().map(|column| self.column(source, column)).collect()
    }

    /// The source of what a link leads to.
    fn join(&mut self, from: usize, link: &'static Link) -> Option<usize> {
        let shape = (link.shape)();
        let known = |join: &Join| join.from == from && join.columns == link.columns && join.shape.name == shape.name;
        if let Some(known) = self.joins.iter().position(known) {
            return Some(known + 1);
        }
        self.joins.push(Join { from, columns: &link.columns, shape });
        (self.joins.len() < SOURCES.len()).then_some(self.joins.len())
    }
}

/// A field as it is selected, wherever in the selection it stands.
struct Asked<'a> {
    key: &'a Name,
    field: &'a str,
    sets: Vec<&'a SelectionSet>,
}

struct Planner<'c> {
    context: &'c Context<'c>,
    viewer: &'c Viewer,
    reading: Reading,
}

impl<'c> Planner<'c> {
    fn new(context: &'c Context<'_>, viewer: &'c Viewer) -> Self {
        Self { context, viewer, reading: Reading::default() }
    }

    /// The fields of an object of `type_name`, each once, in their order. What `@skip` and `@include` drop is gone by now.
    fn asked<'s>(&self, type_name: &str, sets: &[&'s SelectionSet]) -> Option<Vec<Asked<'s>>>
    where
        'c: 's,
    {
        let mut all = Vec::new();
        sets.iter().try_for_each(|set| self.gather(type_name, set, &mut all))?;
        Some(all)
    }

    fn gather<'s>(&self, type_name: &str, set: &'s SelectionSet, all: &mut Vec<Asked<'s>>) -> Option<()>
    where
        'c: 's,
    {
        for selection in &set.items {
            let (condition, set) = match &selection.node {
                Selection::Field(field) => {
                    let (field, key) = (&field.node, &field.node.response_key().node);
                    let set = &field.selection_set.node;
                    match all.iter_mut().find(|asked| asked.key == key) {
                        Some(asked) => asked.sets.push(set),
                        None => all.push(Asked { key, field: field.name.node.as_str(), sets: vec![set] }),
                    }
                    continue;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.context.query_env.fragments.get(&spread.node.fragment_name.node)?.node;
                    (Some(&fragment.type_condition), &fragment.selection_set.node)
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.node.type_condition.as_ref(), &fragment.node.selection_set.node)
                }
            };
            if condition.is_none_or(|condition| self.is(type_name, &condition.node.on.node)) {
                self.gather(type_name, set, all)?;
            }
        }
        Some(())
    }

    /// Whether an object of `type_name` meets a type condition.
    fn is(&self, type_name: &str, condition: &str) -> bool {
        let interfaces = self.context.schema_env.registry.implements.get(type_name);
        type_name == condition || interfaces.is_some_and(|interfaces| interfaces.contains(condition))
    }

    fn may(&self, guard: Option<&Requires>) -> Option<()> {
        guard.is_none_or(|guard| guard.admits(self.viewer).is_ok()).then_some(())
    }

    fn object(&mut self, shape: &'static Shape, source: usize, sets: &[&SelectionSet]) -> Option<Object> {
        let asked = self.asked(shape.name, sets)?;
        let mut steps = Vec::with_capacity(asked.len());
        for asked in asked {
            let step = if asked.field == "__typename" {
                Step::TypeName(shape.name)
            } else if asked.field == "id" {
                Step::Id { name: shape.name, places: self.reading.places(source, &shape.key) }
            } else if let Some(field) = shape.fields.iter().find(|field| field.name == asked.field) {
                self.may(field.guard.as_ref())?;
                Step::Field { write: field.write, places: self.reading.places(source, &field.columns) }
            } else {
                let link = shape.links.iter().find(|link| link.name == asked.field)?;
                self.may(link.guard.as_ref())?;
                let (joined, target) = (self.reading.join(source, link)?, (link.shape)());
                let present = self.reading.places(joined, &target.key).last().copied()?;
                let object = self.object(target, joined, &asked.sets)?;
                Step::Link { present, is_optional: link.is_optional, object }
            };
            steps.push((asked.key.clone(), step));
        }
        Some(Object(steps))
    }

    fn edges(
        &mut self,
        edge: &'static str,
        shape: &'static Shape,
        sets: &[&SelectionSet],
    ) -> Option<Vec<(Name, EdgeMember)>> {
        let mut members = Vec::new();
        for asked in self.asked(edge, sets)? {
            let member = match asked.field {
                "__typename" => EdgeMember::TypeName(edge),
                "cursor" => EdgeMember::Cursor,
                "node" => EdgeMember::Node(self.object(shape, 0, &asked.sets)?),
                _ => return None,
            };
            members.push((asked.key.clone(), member));
        }
        Some(members)
    }

    fn page_info(&self, sets: &[&SelectionSet]) -> Option<Vec<(Name, InfoMember)>> {
        let member = |asked: Asked<'_>| {
            let member = match asked.field {
                "__typename" => InfoMember::TypeName,
                "hasNextPage" => InfoMember::HasNext,
                "hasPreviousPage" => InfoMember::HasPrevious,
                "startCursor" => InfoMember::Start,
                "endCursor" => InfoMember::End,
                _ => return None,
            };
            Some((asked.key.clone(), member))
        };
        self.asked("PageInfo", sets)?.into_iter().map(member).collect()
    }
}
