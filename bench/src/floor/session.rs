//! Who asks: the token is verified each time, its session's verdict is read from the database and trusted for a moment.

use super::Shared;
use super::pool::{Pool, on};
use super::problem::Problem;
use crate::{Failure, clock};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use sqlx::types::Json;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long a verdict is trusted.
const TRUSTED: Duration = Duration::from_millis(750);

/// Who has signed in, with what decides which rows they see.
pub(super) struct Person {
    pub(super) user: Uuid,
    pub(super) session: Uuid,
    pub(super) name: String,
    pub(super) level: String,
    pub(super) tenants: Vec<Uuid>,
}

/// Whoever sends a request.
pub(super) struct Sender(pub(super) Arc<Person>);

/// What tokens are verified with, and the verdicts on their sessions.
pub(super) struct Sessions {
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
    verdicts: RwLock<HashMap<String, (Instant, Arc<Person>)>>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
}

#[derive(Deserialize)]
struct PublicKey {
    n: String,
    e: String,
}

const PERSON: &str = r#"select s.id, s.expires_at, u.id, u.name, u.level, t.id
    from session s
    join "user" u on u.id = s.user_id and u.status = 'active'
    left join membership m on m.user_id = u.id and m.status = 'active'
    left join tenant t on t.id = m.tenant_id and t.status = 'active'
    where s.jti = $1 and s.revoked_at is null"#;

type PersonRow = (Uuid, DateTime<Utc>, Uuid, String, String, Option<Uuid>);

impl Person {
    /// Whether they see the rows of every tenant.
    pub(super) fn is_staff(&self) -> bool {
        self.level != "client"
    }

    /// Whether they see the rows of this tenant.
    pub(super) fn sees(&self, tenant: Uuid) -> bool {
        self.is_staff() || self.tenants.contains(&tenant)
    }
}

impl Sessions {
    /// Reads the public keys.
    ///
    /// # Errors
    /// If the database does not answer, or a key is none.
    pub(super) async fn load(pool: &Pool, issuer: &str) -> Result<Self, Failure> {
        const KEYS: &str = "select kid, public_jwk from signing_key";
        let rows: Vec<(String, Json<PublicKey>)> = on!(*pool, pool => sqlx::query_as(KEYS).fetch_all(pool).await)?;
        let key = |Json(key): Json<PublicKey>| DecodingKey::from_rsa_components(&key.n, &key.e);
        let keys = rows.into_iter().map(|(kid, jwk)| Ok((kid, key(jwk)?))).collect::<Result<_, Failure>>()?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = 0;
        validation.validate_aud = false;
        validation.set_issuer(&[issuer]);
        Ok(Self { keys, validation, verdicts: RwLock::default() })
    }

    fn verified(&self, token: &str) -> Option<Claims> {
        let key = self.keys.get(&jsonwebtoken::decode_header(token).ok()?.kid?)?;
        jsonwebtoken::decode(token, key, &self.validation).ok().map(|token| token.claims)
    }

    fn trusted(&self, jti: &str) -> Option<Arc<Person>> {
        let verdicts = self.verdicts.read().unwrap_or_else(PoisonError::into_inner);
        let (since, person) = verdicts.get(jti)?;
        (since.elapsed() < TRUSTED).then(|| person.clone())
    }

    async fn person(&self, pool: &Pool, token: &str) -> Result<Arc<Person>, Problem> {
        let claims = self.verified(token).ok_or(Problem::Unauthenticated)?;
        if let Some(person) = self.trusted(&claims.jti) {
            return Ok(person);
        }
        // The verdict is as old as the question, not as its answer.
        let asked = Instant::now();
        let rows: Vec<PersonRow> = on!(*pool, pool => sqlx::query_as(PERSON).bind(&claims.jti).fetch_all(pool).await)?;
        let (session, expires_at, user, name, level, _) = rows.first().cloned().ok_or(Problem::Unauthenticated)?;
        if expires_at <= clock::now() {
            return Err(Problem::Unauthenticated);
        }
        let tenants = rows.into_iter().filter_map(|row| row.5).collect();
        let person = Arc::new(Person { user, session, name, level, tenants });
        let mut verdicts = self.verdicts.write().unwrap_or_else(PoisonError::into_inner);
        verdicts.insert(claims.jti, (asked, person.clone()));
        Ok(person)
    }
}

impl FromRequestParts<Shared> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, floor: &Shared) -> Result<Self, Problem> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Problem::Unauthenticated)?;
        floor.sessions.person(&floor.pool, token).await.map(Self)
    }
}
