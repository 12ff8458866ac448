//! The log of whose rights changed. A transaction that changes some writes it, and servers that keep what they read
//! of people's rights read it ([`KnownRights`](crate::platform::known_rights::KnownRights)).

use crate::platform::database::Database;
use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::UserId;
use chrono::{DateTime, Utc};
use rookery_entity::platform::rights_change;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _, Statement};
use std::collections::HashSet;

/// The topic that tells servers of a change sooner than they would look.
pub const TOPIC: &str = "rights";
/// How many rows are inserted by one statement.
const AT_ONCE: usize = 1_000;
/// Whoever would have to read more than this begins anew instead.
const READ_MOST: usize = 1_000;

/// What a reader learns.
#[derive(Debug)]
pub(in crate::platform) struct News {
    /// How far it has read now.
    pub(in crate::platform) position: i64,
    /// Whose rights changed since.
    pub(in crate::platform) of: Whose,
}

/// Whose rights changed.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::platform) enum Whose {
    /// Those of these people.
    Of(HashSet<UserId>),
    /// Anybody's: what would tell it is no longer kept, or too much.
    Anybodys,
}

impl Whose {
    /// Whether nothing changed.
    pub(in crate::platform) fn is_nobodys(&self) -> bool {
        matches!(self, Self::Of(people) if people.is_empty())
    }

    /// Whether those of `user` may have changed.
    pub(in crate::platform) fn includes(&self, user: UserId) -> bool {
        match self {
            Self::Of(people) => people.contains(&user),
            Self::Anybodys => true,
        }
    }
}

/// Notes that a transaction changes the rights of these people.
///
/// The row that numbers is held until the transaction ends, so that one at a time changes rights: who reads a place has
/// seen everything up to it. It is taken right after the rows of the accounts and before all else, and is waited for by
/// nobody who holds anything else that others wait for: nobody waits in a circle.
///
/// # Errors
/// INTERNAL.
pub(in crate::platform) async fn write(
    db: &impl ConnectionTrait,
    people: &[UserId],
    at: DateTime<Utc>,
) -> AppResult<()> {
    let people: HashSet<UserId> = people.iter().copied().collect();
    if people.is_empty() {
        return Ok(());
    }
    let next = "update rights_position set position = position + 1 returning position";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), next)).await?;
    let row = row.ok_or_else(|| AppError::Internal("the row that numbers changes of rights is gone".into()))?;
    let position: i64 = row.try_get("", "position")?;
    let rows: Vec<_> = people
        .into_iter()
        .map(|user| rights_change::ActiveModel { position: Set(position), user_id: Set(user), at: Set(at) })
        .collect();
    for some in rows.chunks(AT_ONCE) {
        rights_change::Entity::insert_many(some.to_vec()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// What changed since a reader had read up to `after`; for its first time, none.
///
/// # Errors
/// The driver's message.
pub(in crate::platform) async fn read(database: &Database, after: Option<i64>) -> Result<News, DbErr> {
    // One statement: the two tables as they were at one moment.
    let news = format!(
        "select newest.position as newest, change.position as position, change.user_id as user_id
        from rights_position as newest left join rights_change as change on change.position > $1
        order by change.position limit {}",
        READ_MOST + 1
    );
    let db = database.read();
    let after = after.unwrap_or(i64::MAX);
    let news = Statement::from_sql_and_values(db.get_database_backend(), news, [after.into()]);
    let rows = db.query_all_raw(news).await?;
    let newest = rows.first().ok_or_else(|| DbErr::RecordNotFound("the row that numbers changes of rights".into()))?;
    let newest: i64 = newest.try_get("", "newest")?;
    let changes = rows.iter().map(|row| Ok((row.try_get("", "position")?, row.try_get("", "user_id")?)));
    let changes: Vec<(Option<i64>, Option<UserId>)> = changes.collect::<Result<_, DbErr>>()?;
    let changes: Vec<(i64, UserId)> = changes.into_iter().filter_map(|(position, user)| position.zip(user)).collect();
    Ok(News { position: newest, of: whose(after, newest, &changes) })
}

/// Whose rights changed after a place, if all changes up to the newest are there: every transaction has the next number.
fn whose(after: i64, newest: i64, changes: &[(i64, UserId)]) -> Whose {
    let mut known = after;
    for (position, _) in changes {
        if position.saturating_sub(known) > 1 {
            return Whose::Anybodys;
        }
        known = *position;
    }
    // A database that was restored may know less than its reader.
    let is_whole = known == newest && changes.len() <= READ_MOST;
    if is_whole { Whose::Of(changes.iter().map(|(_, user)| *user).collect()) } else { Whose::Anybodys }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn who_misses_a_part_of_the_log_begins_anew() {
        let user = |number| UserId(Uuid::from_u128(number));
        let of = |users: &[u128]| Whose::Of(users.iter().map(|number| user(*number)).collect());
        assert_eq!(whose(7, 7, &[]), of(&[]));
        assert_eq!(whose(7, 9, &[(8, user(1)), (8, user(2)), (9, user(1))]), of(&[1, 2]));
        // Removed by now: the first of them, one in between, or all.
        assert_eq!(whose(7, 10, &[(9, user(1)), (10, user(2))]), Whose::Anybodys);
        assert_eq!(whose(7, 10, &[(8, user(1)), (10, user(2))]), Whose::Anybodys);
        assert_eq!(whose(7, 9, &[]), Whose::Anybodys);
        // An older database; a reader's first time; more than is read at once.
        assert_eq!(whose(7, 5, &[]), Whose::Anybodys);
        assert_eq!(whose(i64::MAX, 5, &[]), Whose::Anybodys);
        let many: Vec<_> = (8..).zip([user(1); READ_MOST + 1]).collect();
        let newest = many[READ_MOST].0;
        assert_eq!(whose(7, newest, &many), Whose::Anybodys);
        assert_eq!(whose(8, newest, &many[1..]), of(&[1]));
    }
}
