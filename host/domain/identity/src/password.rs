//! Passwords: Argon2id with 19 MiB, two passes, one lane, at most four at once.
//! A password is never logged, never kept, and takes the same time to check
//! whether or not the account exists.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use rialto_kernel::{Problem, SharedRandom};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// The shortest password.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// The longest password, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Passwords hashed at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 4;

static ROOM: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(AT_ONCE));

/// A hash no password has, checked where there is no account.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody's password", &[0; 16]).unwrap_or_default());

/// Refuse a password that is too short or too long.
pub(crate) fn check(field: &str, password: &str, email: &str) -> Result<(), Problem> {
    if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
        let bounds = format!("needs at least {PASSWORD_CHARS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes");
        return Err(Problem::invalid(field, bounds));
    }
    if password.eq_ignore_ascii_case(email) {
        return Err(Problem::invalid(field, "must not be the e-mail address"));
    }
    Ok(())
}

/// Hash a password with a new salt.
pub(crate) async fn hash(password: String, random: &SharedRandom) -> Result<String, Problem> {
    let mut salt = [0_u8; 16];
    random.fill(&mut salt);
    in_turn(move || hash_now(&password, &salt)).await?.ok_or_else(|| Problem::internal("a password was not hashed"))
}

/// Whether a password has this hash; with none, takes as long and says no.
pub(crate) async fn verify(password: String, kept: Option<String>) -> Result<bool, Problem> {
    in_turn(move || {
        let known = kept.as_deref().filter(|kept| !kept.is_empty());
        let hash = PasswordHash::new(known.unwrap_or(&NOBODY));
        let fits = hash.is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known.is_some()
    })
    .await
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let failed = || Problem::internal("passwords cannot be checked now");
    let _turn = ROOM.acquire().await.map_err(|_| failed())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| failed())
}

fn hash_now(password: &str, salt: &[u8]) -> Option<String> {
    hasher().hash_password_with_salt(password.as_bytes(), salt).ok().map(|hash: PasswordHash| hash.to_string())
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::SeededRandom;
    use std::sync::Arc;

    #[tokio::test]
    async fn only_the_password_itself_fits() {
        let random: SharedRandom = Arc::new(SeededRandom::new(3));
        let kept = hash("correct horse".to_owned(), &random).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("correct horse".to_owned(), Some(kept.clone())).await.unwrap());
        assert!(!verify("correct hors".to_owned(), Some(kept)).await.unwrap());
        assert!(!verify("nobody's password".to_owned(), None).await.unwrap());
        assert!(!verify("nobody's password".to_owned(), Some(String::new())).await.unwrap());
        assert!(check("password", "short", "a@b").is_err());
        assert!(check("password", "Anna@Example.com", "anna@example.com").is_err());
    }
}
