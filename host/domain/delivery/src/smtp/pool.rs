//! Connections to the mail servers of this host, bounded for each server and
//! kept open between mails. In memory only: the ledger is the truth.

use super::{Connection, Fate, Mail, Server};
use rialto_kernel::Id;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// The longest a server that cannot be reached is left alone.
const AWAY_MAX: Duration = Duration::from_secs(60);
/// Pools kept before those nobody uses are let go.
const POOLS_MAX: usize = 64;

/// The pools of this host, one a mail server.
#[derive(Default)]
pub(crate) struct Pools(Mutex<HashMap<Id, Arc<Pool>>>);

impl Pools {
    /// The pool of a server as it is set up now.
    pub(crate) fn of(&self, server: &Server) -> Arc<Pool> {
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(&server.id)
            && pool.server.version == server.version
        {
            return Arc::clone(pool);
        }
        if pools.len() >= POOLS_MAX {
            pools.retain(|_, pool| Arc::strong_count(pool) > 1);
        }
        let pool = Arc::new(Pool::new(server.clone()));
        pools.insert(server.id, Arc::clone(&pool));
        pool
    }
}

/// The connections to one server.
pub(crate) struct Pool {
    server: Server,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
    pace: Mutex<Pace>,
    /// Times in a row that the server could not be reached.
    away: AtomicU32,
}

impl Pool {
    fn new(server: Server) -> Self {
        let pace = Mutex::new(Pace::new(server.rate_per_second, Instant::now()));
        Self {
            permits: Semaphore::new(server.connections.max(1)),
            idle: Mutex::default(),
            pace,
            away: AtomicU32::new(0),
            server,
        }
    }

    /// The server.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// How many mails may be under way at once.
    pub(crate) fn width(&self) -> usize {
        self.server.connections.max(1)
    }

    /// How many of `wanted` mails may begin now, by the rate.
    pub(crate) fn allow(&self, wanted: usize) -> usize {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).take(wanted, Instant::now())
    }

    /// How long until the rate allows another.
    pub(crate) fn wait(&self) -> Duration {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).wait()
    }

    /// How long to leave a server alone that could not be reached.
    pub(crate) fn rest(&self) -> Duration {
        let times = self.away.load(Ordering::Relaxed).min(6);
        AWAY_MAX.min(Duration::from_millis(500) * 2_u32.pow(times))
    }

    /// Carry one mail.
    pub(crate) async fn send(&self, mail: &Mail) -> Fate {
        let Ok(_permit) = self.permits.acquire().await else {
            return Fate::Untouched { text: "the pool is closed".to_owned(), server: true };
        };
        let mut connection = match self.take().await {
            Ok(connection) => connection,
            Err(fate) => return fate,
        };
        let reused = connection.used();
        let mut fate = connection.send(mail).await;
        if reused && matches!(fate, Fate::Untouched { .. }) {
            // An idle connection that the server had closed: not the mail's fault.
            connection = match self.open().await {
                Ok(connection) => connection,
                Err(fate) => return fate,
            };
            fate = connection.send(mail).await;
        }
        self.keep(connection).await;
        fate
    }

    async fn take(&self) -> Result<Connection, Fate> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match kept {
            Some(connection) if connection.reusable() => Ok(connection),
            Some(stale) => {
                stale.quit().await;
                self.open().await
            }
            None => self.open().await,
        }
    }

    async fn open(&self) -> Result<Connection, Fate> {
        match Connection::open(&self.server).await {
            Ok(connection) => {
                self.away.store(0, Ordering::Relaxed);
                Ok(connection)
            }
            Err(text) => {
                self.away.fetch_add(1, Ordering::Relaxed);
                Err(Fate::Untouched { text, server: true })
            }
        }
    }

    async fn keep(&self, connection: Connection) {
        if connection.reusable() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        } else {
            connection.quit().await;
        }
    }
}

/// A token bucket: `rate` a second, a tenth of a second's worth at once.
struct Pace {
    rate: Option<f64>,
    tokens: f64,
    at: Instant,
}

impl Pace {
    fn new(rate: Option<u32>, now: Instant) -> Self {
        let rate = rate.filter(|rate| *rate > 0).map(f64::from);
        Self { rate, tokens: 1.0, at: now }
    }

    fn take(&mut self, wanted: usize, now: Instant) -> usize {
        let Some(rate) = self.rate else { return wanted };
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * rate;
        self.tokens = (self.tokens + gained).min((rate / 10.0).max(1.0));
        self.at = now;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "floor of a small positive number")]
        let whole = self.tokens.floor() as usize;
        let taken = whole.min(wanted);
        #[allow(clippy::cast_precision_loss, reason = "a small number")]
        let spent = taken as f64;
        self.tokens -= spent;
        taken
    }

    fn wait(&self) -> Duration {
        match self.rate {
            Some(rate) => Duration::from_secs_f64(((1.0 - self.tokens) / rate).clamp(0.001, 1.0)),
            None => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::time::{Duration, Instant};

    #[test]
    fn the_pace_is_kept_over_any_second() {
        let start = Instant::now();
        let mut pace = Pace::new(Some(50), start);
        let mut sent = 0;
        for step in 0..=100_u64 {
            sent += pace.take(1_000, start + Duration::from_millis(step * 10));
        }
        assert!((45..=56).contains(&sent), "{sent} in a second at 50 a second");
        assert_eq!(Pace::new(None, start).take(1_000, start), 1_000);
    }
}
