//! Work that is done one step ahead of whoever waits for it.

use rialto_plugin_host::RunError;
use tokio::task::{JoinHandle, spawn_blocking};

type Step<I> = (I, Option<<I as Iterator>::Item>);

/// An iterator whose next item is made on a thread for blocking work while the
/// one before is used: while a plugin works on a batch, the next is read, cut,
/// checked and hashed.
pub struct Ahead<I: Iterator>(JoinHandle<Step<I>>);

impl<I: Iterator> std::fmt::Debug for Ahead<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ahead").finish_non_exhaustive()
    }
}

impl<I> Ahead<I>
where
    I: Iterator + Send + 'static,
    I::Item: Send + 'static,
{
    /// Begin with the first item.
    #[must_use]
    pub fn new(items: I) -> Self {
        Self(step(items))
    }

    /// The next item; nothing after the last.
    ///
    /// # Errors
    /// [`RunError::Host`] when making it panicked.
    pub async fn next(&mut self) -> Result<Option<I::Item>, RunError> {
        let (items, item) = (&mut self.0)
            .await
            .map_err(|why| RunError::Host { entry: "prepare".to_owned(), detail: why.to_string() })?;
        self.0 = step(items);
        Ok(item)
    }
}

fn step<I>(mut items: I) -> JoinHandle<Step<I>>
where
    I: Iterator + Send + 'static,
    I::Item: Send + 'static,
{
    spawn_blocking(move || {
        let item = items.next();
        (items, item)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn items_come_in_order_and_a_panic_is_told() {
        let mut ahead = Ahead::new((0..3).map(|n| 10 / (2 - n)));
        assert_eq!(ahead.next().await.unwrap(), Some(5));
        assert_eq!(ahead.next().await.unwrap(), Some(10));
        assert!(ahead.next().await.unwrap_err().to_string().contains("prepare"));
        let mut none = Ahead::new(std::iter::empty::<u8>());
        assert_eq!(none.next().await.unwrap(), None);
    }
}
