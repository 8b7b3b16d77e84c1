//! A hash table from numbers to numbers: open addressing, one flat list.
//!
//! The standard map would draw a random seed, which a sandboxed run has no need
//! of; insertion order is kept beside it, so that a walk over the entries is
//! the same on every run.

const EMPTY: u32 = u32::MAX;

/// Keys in the order they came, found by hash.
#[derive(Debug, Clone, Default)]
pub struct Table {
    keys: Vec<u64>,
    slots: Vec<u32>,
}

impl Table {
    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys in the order they came; a key's place is its number.
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// The number of a key, and whether it is new.
    #[inline]
    pub fn number(&mut self, key: u64) -> (usize, bool) {
        if self.keys.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let slot = self.slot(key);
        match self.slots[slot] {
            EMPTY => {
                let number = self.keys.len();
                self.slots[slot] = number as u32;
                self.keys.push(key);
                (number, true)
            }
            number => (number as usize, false),
        }
    }

    /// The slot that holds the key, or the empty one where it belongs. The
    /// table is never more than half full, so there is one.
    #[inline]
    fn slot(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.slots[slot] != EMPTY && self.keys[self.slots[slot] as usize] != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots = vec![EMPTY; size];
        for number in 0..self.keys.len() {
            let slot = self.slot(self.keys[number]);
            self.slots[slot] = number as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_arrival() {
        let mut table = Table::default();
        let keys: Vec<u64> = (0..10_000).map(|n: u64| n.wrapping_mul(n) << 16).collect();
        let first: Vec<usize> = keys.iter().map(|&key| table.number(key).0).collect();
        let again: Vec<usize> = keys.iter().map(|&key| table.number(key).0).collect();
        assert_eq!(first, again);
        assert_eq!(table.keys(), keys, "squares of distinct numbers are distinct");
    }
}
