//! The queries of scripts.

use crate::deployment::runner::script_files::ScriptFile;
use crate::fleet::create_script::{NewRevision, in_order};
use crate::fleet::model::ScriptVariable;
use crate::fleet::policy::{CreateScript, UpdateScript};
use crate::platform::authority::Authority;
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppError, AppResult, taken};
use crate::platform::granted::{Granted, GrantedRoot, Proof, Tx};
use crate::platform::ids::{ScriptId, ScriptRevisionId};
use crate::platform::scope::{Reader, Visible, everything, nothing};
use crate::resource;
use rookery_entity::fleet::{ScriptKind, script, script_revision};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, Order, QueryFilter as _,
};

resource!(script as "Script", global: ScriptId);
resource!(script_revision as "ScriptRevision", global: ScriptRevisionId);

fn for_staff(authority: &Authority) -> Condition {
    if authority.is_staff() { everything() } else { nothing() }
}

impl Visible for script::Entity {
    fn visible(authority: &Authority) -> Condition {
        for_staff(authority)
    }
}

impl Visible for script_revision::Entity {
    fn visible(authority: &Authority) -> Condition {
        for_staff(authority)
    }
}

const SCRIPT_NAME_TAKEN: &str = "There is a script of this name.";

/// The revisions of a script, newest first.
///
/// # Errors
/// INTERNAL.
pub async fn revisions_of(reader: &Reader<'_>, script: ScriptId) -> AppResult<Vec<script_revision::Model>> {
    reader
        .find::<script_revision::Entity>()
        .filter(script_revision::Column::ScriptId.eq(script))
        .order_by(script_revision::Column::Number, Order::Desc)
        .all()
        .await
}

/// The revisions with these numbers.
///
/// # Errors
/// INTERNAL.
pub async fn numbered_revisions(
    reader: &Reader<'_>,
    numbers: &[(ScriptId, i32)],
) -> AppResult<Vec<script_revision::Model>> {
    let wanted = numbers.iter().fold(Condition::any(), |any, (script, number)| {
        any.add(
            Condition::all()
                .add(script_revision::Column::ScriptId.eq(*script))
                .add(script_revision::Column::Number.eq(*number)),
        )
    });
    reader.find::<script_revision::Entity>().filter(wanted).all().await
}

/// The newest revision of a script.
///
/// # Errors
/// `NOT_FOUND` if the viewer does not see it.
pub async fn current_revision(reader: &Reader<'_>, script: &script::Model) -> AppResult<script_revision::Model> {
    let found = numbered_revisions(reader, &[(script.id, script.current_revision)]).await?;
    found.into_iter().next().ok_or(AppError::NotFound)
}

/// What a revision declares.
///
/// # Errors
/// INTERNAL, if the row does not hold declarations.
pub fn declared(revision: &script_revision::Model) -> AppResult<Vec<ScriptVariable>> {
    serde_json::from_value(revision.variables.clone()).map_err(AppError::unreadable("what a script declares"))
}

/// The files beside a revision's playbook, by path.
///
/// # Errors
/// INTERNAL, if the row does not hold files.
pub fn files_of(revision: &script_revision::Model) -> AppResult<Vec<ScriptFile>> {
    serde_json::from_value(revision.files.clone()).map_err(AppError::unreadable("the files of a script"))
}

/// Inserts a script with its first revision.
///
/// # Errors
/// TAKEN if there is one of that name.
pub async fn insert_script(
    tx: &Tx,
    proof: &GrantedRoot<'_, CreateScript>,
    name: String,
    description: String,
    kind: ScriptKind,
    requires_root: bool,
) -> AppResult<script::Model> {
    let row = script::ActiveModel {
        id: Set(ScriptId(tx.uuid())),
        name: Set(name),
        description: Set(description),
        kind: Set(kind),
        requires_root: Set(requires_root),
        current_revision: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.write(proof)).await.map_err(taken("name", SCRIPT_NAME_TAKEN))
}

/// Inserts a revision.
///
/// # Errors
/// INTERNAL.
pub async fn insert_revision(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    script: ScriptId,
    number: i32,
    new: NewRevision,
) -> AppResult<script_revision::Model> {
    let row = script_revision::ActiveModel {
        id: Set(ScriptRevisionId(tx.uuid())),
        script_id: Set(script),
        number: Set(number),
        digest: Set(sha256_hex(&new.content)),
        content: Set(new.content),
        files: Set(serde_json::to_value(in_order(new.files)).map_err(AppError::internal)?),
        variables: Set(serde_json::to_value(&new.variables).map_err(AppError::internal)?),
        created_by: Set(tx.viewer().person().map(|person| person.user)),
        created_at: Set(tx.now()),
    };
    Ok(row.insert(tx.write(proof)).await?)
}

/// Changes what is said of a script, and which revision is its newest; the script must still be at `base`.
///
/// # Errors
/// CONFLICT if somebody was faster; TAKEN if another script has the name.
pub async fn update_script(
    tx: &Tx,
    proof: &Granted<'_, UpdateScript>,
    base: i32,
    new: (String, String, bool, i32),
) -> AppResult<script::Model> {
    let (name, description, requires_root, number) = new;
    let changed = script::Entity::update_many()
        .col_expr(script::Column::Name, Expr::value(name))
        .col_expr(script::Column::Description, Expr::value(description))
        .col_expr(script::Column::RequiresRoot, Expr::value(requires_root))
        .col_expr(script::Column::CurrentRevision, Expr::value(number))
        .col_expr(script::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(script::Column::Id.eq(proof.id))
        .filter(script::Column::CurrentRevision.eq(base))
        .exec(tx.write(proof))
        .await
        .map_err(taken("name", SCRIPT_NAME_TAKEN))?;
    if changed.rows_affected == 0 {
        return Err(AppError::conflict("Somebody saved another revision meanwhile. Reload, then save again."));
    }
    tx.get::<script::Entity>(proof.id).await
}
