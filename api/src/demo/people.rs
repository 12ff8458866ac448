//! The demo's people. Their passwords are public, which is why a demo listens on loopback only.

use crate::identity::Identity;
use crate::identity::create_user::NewUser;
use crate::identity::policy::CreateUser;
use crate::identity::store::{self, PermissionLevel, UserType};
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::Tx;
use crate::platform::ids::UserId;
use secrecy::SecretString;
use std::collections::HashMap;

struct Person {
    name: &'static str,
    email: &'static str,
    username: Option<&'static str>,
    password: &'static str,
    user_type: UserType,
    level: PermissionLevel,
}

const fn staff(
    name: &'static str,
    email: &'static str,
    username: &'static str,
    password: &'static str,
    level: PermissionLevel,
) -> Person {
    Person { name, email, username: Some(username), password, user_type: UserType::RegularUser, level }
}

const fn client(name: &'static str, email: &'static str, user_type: UserType) -> Person {
    Person { name, email, username: None, password: TENANT_PASSWORD, user_type, level: PermissionLevel::Client }
}

const TENANT_PASSWORD: &str = "demo-password";

const PEOPLE: [Person; 11] = [
    Person {
        name: "System Administrator",
        email: "admin@system.local",
        username: Some("admin"),
        password: "admin123",
        user_type: UserType::SystemAdmin,
        level: PermissionLevel::Admin,
    },
    staff("Technical Agent", "tech_agent@system.local", "tech_agent", "tech123", PermissionLevel::Technician),
    staff("Sales Agent", "sales_agent@system.local", "sales_agent", "sales123", PermissionLevel::Billing),
    staff("Sohila", "sohila@system.local", "sohila", "sohila123", PermissionLevel::Technician),
    client("John Smith", "admin@acme.example.com", UserType::TenantAdmin),
    client("Sarah Johnson", "manager@acme.example.com", UserType::TenantAdmin),
    client("Mike Wilson", "operator@acme.example.com", UserType::RegularUser),
    client("Lisa Chen", "admin@techstart.com", UserType::TenantAdmin),
    client("David Park", "user@techstart.com", UserType::RegularUser),
    client("Maria Garcia", "admin@beta-solutions.com", UserType::TenantAdmin),
    client("Alex Thompson", "consultant@external.com", UserType::RegularUser),
];

/// The hashes of the demo's passwords. Each differs from installation to installation.
pub(super) async fn hash_passwords(identity: &Identity) -> AppResult<HashMap<&'static str, String>> {
    let mut different: Vec<_> = PEOPLE.iter().map(|person| person.password).collect();
    different.sort_unstable();
    different.dedup();
    let hashes = different.into_iter().map(async |password| {
        let hash = identity.passwords.hash(&SecretString::from(password)).await?;
        Ok::<_, AppError>((password, hash))
    });
    futures::future::try_join_all(hashes).await.map(|pairs| pairs.into_iter().collect())
}

/// Inserts the people; answers their ids by login.
pub(super) async fn fill(
    tx: &Tx,
    passwords: &HashMap<&'static str, String>,
) -> AppResult<HashMap<&'static str, UserId>> {
    let proof = tx.grant_root::<CreateUser>()?;
    let mut ids = HashMap::new();
    for person in PEOPLE {
        let new = NewUser {
            name: person.name.to_owned(),
            email: person.email.to_owned(),
            username: person.username.map(str::to_owned),
            password_hash: passwords.get(person.password).cloned(),
            user_type: person.user_type,
            level: person.level,
            is_manager: false,
        };
        let row = store::insert_user(tx, &proof, new).await?;
        ids.insert(person.username.unwrap_or(person.email), row.id);
    }
    Ok(ids)
}
