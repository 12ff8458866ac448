//! Makes the operator's tenant, at every start, unless it is there.

use super::create_tenant::{NewTenant, create_tenant};
use super::store::{TenantStatus, TenantType, tenant};
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::OPERATOR;
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;

/// Makes the reserved tenant of the company that runs Rookery, under `name`; one that exists keeps its name.
///
/// # Errors
/// INTERNAL.
pub async fn ensure_operator(kernel: &Kernel, name: &str) -> AppResult<()> {
    let system = Viewer::system(kernel, "making the operator's tenant");
    let exists = async || match system.reader().get::<tenant::Entity>(OPERATOR).await {
        Ok(_) => Ok(true),
        Err(AppError::NotFound) => Ok(false),
        Err(error) => Err(error),
    };
    if exists().await? {
        return Ok(());
    }
    let new = NewTenant {
        id: Some(OPERATOR),
        slug: "operator".into(),
        name: name.into(),
        r#type: TenantType::Enterprise,
        status: TenantStatus::Active,
    };
    match create_tenant(&system, new).await {
        // Another server that starts at the same time may have been first.
        Err(AppError::User(_)) if exists().await? => Ok(()),
        outcome => outcome.map(|_| ()),
    }
}
