//! State as one run sees it: a snapshot plus its own writes. What it wrote is
//! handed to the caller, who applies it with the outcome.

use super::{Fault, StateDoor, StateEntry, StateWrite};
use crate::limits::LimitName;
use std::{collections::BTreeMap, sync::Arc};

/// The longest key, in bytes.
const KEY_BYTES_MAX: usize = 256;
/// The longest value, in bytes.
const VALUE_BYTES_MAX: usize = 256 * 1024;
/// The most keys an installation may keep.
const KEYS_MAX: u64 = 10_000;
/// The most keys one listing gives.
const LIST_MAX: u32 = 1_000;

pub(crate) struct StateView {
    door: Arc<dyn StateDoor>,
    bytes_max: u64,
    /// What was read, and stays as it was read.
    snapshot: BTreeMap<String, Option<StateEntry>>,
    writes: BTreeMap<String, Option<Vec<u8>>>,
    usage: Option<(u64, u64)>,
}

impl StateView {
    pub(crate) fn new(door: Arc<dyn StateDoor>, bytes_max: u64) -> Self {
        Self { door, bytes_max, snapshot: BTreeMap::new(), writes: BTreeMap::new(), usage: None }
    }

    pub(crate) async fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        check_key(key)?;
        if let Some(written) = self.writes.get(key) {
            return Ok(written.clone());
        }
        Ok(self.read(key).await?.map(|entry| entry.value))
    }

    pub(crate) async fn keys(&mut self, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Fault> {
        let limit = limit.clamp(1, LIST_MAX);
        let in_range = |key: &str| key.starts_with(prefix) && after.is_none_or(|a| key > a);
        let deleted = self.writes.iter().filter(|(k, v)| v.is_none() && in_range(k)).count();
        let ask = limit.saturating_add(u32::try_from(deleted).unwrap_or(LIST_MAX));
        let mut keys: Vec<String> = self.door.keys(prefix, after, ask).await?;
        keys.retain(|key| in_range(key) && !matches!(self.writes.get(key), Some(None)));
        for (key, value) in &self.writes {
            if value.is_some() && in_range(key) && !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        keys.sort_unstable();
        keys.truncate(limit as usize);
        Ok(keys)
    }

    pub(crate) async fn put(&mut self, key: &str, value: Option<Vec<u8>>) -> Result<(), Fault> {
        check_key(key)?;
        if let Some(value) = &value {
            check_value(value)?;
        }
        self.charge(key, value.as_deref()).await?;
        self.writes.insert(key.to_owned(), value);
        Ok(())
    }

    pub(crate) async fn put_now(&mut self, key: &str, value: Vec<u8>) -> Result<(), Fault> {
        check_key(key)?;
        check_value(&value)?;
        self.charge(key, Some(&value)).await?;
        let version = self.door.put_now(key, &value).await?;
        self.writes.remove(key);
        self.snapshot.insert(key.to_owned(), Some(StateEntry { value, version }));
        Ok(())
    }

    /// What is to be applied, with the versions it was based on.
    pub(crate) fn take_writes(&mut self) -> Vec<StateWrite> {
        std::mem::take(&mut self.writes)
            .into_iter()
            .map(|(key, value)| {
                let expected = self.snapshot.get(&key).and_then(|e| e.as_ref()).map(|e| e.version);
                StateWrite { key, value, expected }
            })
            .filter(|write| write.value.is_some() || write.expected.is_some())
            .collect()
    }

    async fn read(&mut self, key: &str) -> Result<Option<StateEntry>, Fault> {
        if let Some(seen) = self.snapshot.get(key) {
            return Ok(seen.clone());
        }
        let entry = self.door.get(key).await?;
        self.snapshot.insert(key.to_owned(), entry.clone());
        Ok(entry)
    }

    /// Count the change against the quota, or refuse it.
    async fn charge(&mut self, key: &str, value: Option<&[u8]>) -> Result<(), Fault> {
        let before = match self.writes.get(key) {
            Some(written) => written.as_ref().map(Vec::len),
            None => self.read(key).await?.map(|entry| entry.value.len()),
        };
        let (keys, bytes) = match self.usage {
            Some(usage) => usage,
            None => {
                let usage = self.door.usage().await?;
                (usage.keys, usage.bytes)
            }
        };
        let cost = |len: Option<usize>| len.map_or(0, |len| (len + key.len()) as u64);
        let keys = (keys + u64::from(value.is_some())).saturating_sub(u64::from(before.is_some()));
        let bytes = (bytes + cost(value.map(<[u8]>::len))).saturating_sub(cost(before));
        let grows = cost(value.map(<[u8]>::len)) > cost(before);
        if grows && bytes > self.bytes_max {
            return Err(Fault::limit(LimitName::StateBytes, self.bytes_max));
        }
        if grows && keys > KEYS_MAX {
            return Err(Fault::limit(LimitName::StateKeys, KEYS_MAX));
        }
        self.usage = Some((keys, bytes));
        Ok(())
    }
}

fn check_key(key: &str) -> Result<(), Fault> {
    if key.is_empty() || key.len() > KEY_BYTES_MAX || key.chars().any(char::is_control) {
        return Err(Fault::invalid(format!("a key has 1 to {KEY_BYTES_MAX} bytes and no control characters")));
    }
    Ok(())
}

fn check_value(value: &[u8]) -> Result<(), Fault> {
    if value.len() > VALUE_BYTES_MAX {
        return Err(Fault::invalid(format!("a value has at most {VALUE_BYTES_MAX} bytes")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::StateUsage, *};
    use std::sync::Mutex;

    /// A store in memory that others may change meanwhile.
    #[derive(Default)]
    struct Shelf(Mutex<BTreeMap<String, StateEntry>>);

    #[async_trait::async_trait]
    impl StateDoor for Shelf {
        async fn get(&self, key: &str) -> Result<Option<StateEntry>, Fault> {
            Ok(self.0.lock().unwrap().get(key).cloned())
        }
        async fn keys(&self, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Fault> {
            let shelf = self.0.lock().unwrap();
            let keys = shelf.keys().filter(|k| k.starts_with(prefix) && after.is_none_or(|a| k.as_str() > a));
            Ok(keys.take(limit as usize).cloned().collect())
        }
        async fn usage(&self) -> Result<StateUsage, Fault> {
            let shelf = self.0.lock().unwrap();
            let bytes = shelf.iter().map(|(k, e)| (k.len() + e.value.len()) as u64).sum();
            Ok(StateUsage { keys: shelf.len() as u64, bytes })
        }
        async fn put_now(&self, key: &str, value: &[u8]) -> Result<u64, Fault> {
            let mut shelf = self.0.lock().unwrap();
            let version = shelf.get(key).map_or(1, |e| e.version + 1);
            shelf.insert(key.to_owned(), StateEntry { value: value.to_vec(), version });
            Ok(version)
        }
    }

    #[tokio::test]
    async fn a_run_sees_its_snapshot_and_its_own_writes() {
        let shelf = Arc::new(Shelf::default());
        shelf.put_now("a/1", b"old").await.unwrap();
        let mut view = StateView::new(shelf.clone(), 1_000);
        assert_eq!(view.get("a/1").await.unwrap().unwrap(), b"old");
        shelf.put_now("a/1", b"changed by another run").await.unwrap();
        assert_eq!(view.get("a/1").await.unwrap().unwrap(), b"old");
        view.put("a/2", Some(b"mine".to_vec())).await.unwrap();
        assert_eq!(view.keys("a/", None, 10).await.unwrap(), ["a/1", "a/2"]);
        view.put("a/1", None).await.unwrap();
        assert_eq!(view.keys("a/", None, 10).await.unwrap(), ["a/2"]);
        assert_eq!(
            view.take_writes(),
            [
                StateWrite { key: "a/1".into(), value: None, expected: Some(1) },
                StateWrite { key: "a/2".into(), value: Some(b"mine".to_vec()), expected: None },
            ]
        );
    }

    #[tokio::test]
    async fn the_quota_counts_what_is_kept_already() {
        let shelf = Arc::new(Shelf::default());
        shelf.put_now("k", &[0; 89]).await.unwrap();
        let mut view = StateView::new(shelf, 100);
        let fault = view.put("l", Some(vec![0; 10])).await.unwrap_err();
        assert_eq!(fault.code, "limit");
        view.put("l", Some(vec![0; 9])).await.unwrap();
        view.put("l", Some(vec![0; 8])).await.unwrap();
        view.put("k", None).await.unwrap();
        view.put("m", Some(vec![0; 80])).await.unwrap();
        assert!(view.put("n", Some(vec![0; 80])).await.is_err());
        assert!(view.put("../x\n", Some(vec![])).await.is_err());
        assert!(view.put("x", Some(vec![0; VALUE_BYTES_MAX + 1])).await.is_err());
    }
}
