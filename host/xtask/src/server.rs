//! A program in the background, which ends when its holder does.

use std::{
    process::{Child, Command},
    time::{Duration, Instant},
};

/// How long a program may take to stop in good order.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program that ends when this is dropped.
pub struct Server(Child);

impl Server {
    /// The holder of a program that was started.
    pub fn of(child: Child) -> Self {
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked first, so that a host stops as it should.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
