//! Server-sent events: a thing that is being worked on, told to whoever
//! watches each time it changes, until it is over.

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::Stream;
use rialto_kernel::Problem;
use serde::Serialize;
use std::{
    convert::Infallible,
    future::Future,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// The longest one stream lives; a browser connects again by itself.
pub const STREAM_TIME_MAX: Duration = Duration::from_secs(60 * 60);

/// Ends when the host stops, so that no stream holds it up.
#[derive(Debug, Clone, Default)]
pub struct Stopping(pub CancellationToken);

impl<S: Send + Sync> FromRequestParts<S> for Stopping {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// What a look at the thing showed.
#[derive(Debug, Clone)]
pub struct Look<T> {
    /// How it stands.
    pub value: T,
    /// Whether it will not change any more.
    pub over: bool,
}

struct Watch<F> {
    look: F,
    every: Duration,
    until: Instant,
    stopping: CancellationToken,
    shown: Option<String>,
    over: bool,
}

/// Look again and again; send an event `change` with the thing as JSON whenever
/// it differs, and end after the last. A failure is sent as an event `problem`.
pub fn watch<T, F, Fut>(
    stopping: Stopping,
    every: Duration,
    look: F,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + Send + 'static>
where
    T: Serialize + Send + 'static,
    F: FnMut() -> Fut + Send + 'static,
    Fut: Future<Output = Result<Look<T>, Problem>> + Send + 'static,
{
    let until = Instant::now() + STREAM_TIME_MAX;
    let watch = Watch { look, every, until, stopping: stopping.0, shown: None, over: false };
    let stream = futures::stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok(event), watch))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

impl<F> Watch<F> {
    async fn next<T, Fut>(&mut self) -> Option<Event>
    where
        T: Serialize,
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Look<T>, Problem>>,
    {
        while !self.over && Instant::now() < self.until {
            if self.shown.is_some() {
                tokio::select! {
                    () = self.stopping.cancelled() => return None,
                    () = tokio::time::sleep(self.every) => {}
                }
            }
            match (self.look)().await {
                Ok(look) => {
                    self.over = look.over;
                    let text = serde_json::to_string(&look.value).unwrap_or_default();
                    if self.shown.as_ref() != Some(&text) {
                        self.shown = Some(text.clone());
                        return Some(Event::default().event("change").data(text));
                    }
                }
                Err(problem) => {
                    self.over = true;
                    let text = serde_json::to_string(&problem).unwrap_or_default();
                    return Some(Event::default().event("problem").data(text));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_changes_are_told_and_the_last_ends_it() {
        let mut steps = [(1, false), (1, false), (2, false), (3, true), (4, true)].into_iter();
        let mut watch = Watch {
            look: move || {
                let (value, over) = steps.next().unwrap();
                async move { Ok(Look { value, over }) }
            },
            every: Duration::from_millis(1),
            until: Instant::now() + Duration::from_secs(60),
            stopping: CancellationToken::new(),
            shown: None,
            over: false,
        };
        let mut seen = 0;
        while watch.next::<i32, _>().await.is_some() {
            seen += 1;
        }
        assert_eq!((seen, watch.shown.as_deref()), (3, Some("3")));
    }
}
