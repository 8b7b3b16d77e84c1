//! The queue: turns, bounds, and those who lose patience.

use super::*;
use std::{future::Future, pin::Pin, task::Poll};

fn workspace(n: u128) -> WorkspaceId {
    WorkspaceId(id(n))
}

fn id(n: u128) -> Id {
    Id::from_u128(n)
}

fn places(all: usize, per_workspace: usize, per_installation: usize) -> Places {
    Places { all, per_workspace, per_installation, queue: 100, queue_per_installation: 50 }
}

type Entering = Pin<Box<dyn Future<Output = Result<Place, RunError>>>>;

fn entering(queue: &Arc<Queue>, ws: u128, installation: u128) -> Entering {
    let queue = queue.clone();
    Box::pin(async move { queue.enter(workspace(ws), id(installation)).await })
}

fn poll(entering: &mut Entering) -> Option<Result<Place, RunError>> {
    match entering.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

fn empty(queue: &Arc<Queue>) {
    let inner = queue.lock();
    assert_eq!((inner.running, inner.waiting, inner.shares.len(), inner.turn.len()), (0, 0, 0, 0));
}

/// One place; a workspace with forty in line, then another with two: the
/// second is served second and fourth.
#[test]
fn a_backlog_waits_for_its_own_turn() {
    let queue = Queue::new(places(1, 1, 1));
    let first = poll(&mut entering(&queue, 1, 1)).unwrap().unwrap();
    let mut line: Vec<(&str, Entering)> = Vec::new();
    for _ in 0..40 {
        line.push(("many", entering(&queue, 1, 1)));
    }
    line.push(("few", entering(&queue, 2, 2)));
    line.push(("few", entering(&queue, 2, 2)));
    for (_, entering) in &mut line {
        assert!(poll(entering).is_none());
    }
    let mut served = Vec::new();
    let mut place = Some(first);
    while !line.is_empty() {
        drop(place.take());
        let at = line.iter_mut().position(|(_, entering)| match poll(entering) {
            Some(given) => {
                place = Some(given.unwrap());
                true
            }
            None => false,
        });
        served.push(line.remove(at.unwrap()).0);
    }
    assert_eq!(&served[..5], ["many", "few", "many", "few", "many"]);
    drop(place);
    empty(&queue);
}

/// Within a workspace installations take turns too, and one at its own bound
/// does not hold up the others.
#[test]
fn installations_take_turns_and_do_not_block_each_other() {
    let queue = Queue::new(places(3, 3, 1));
    let a = poll(&mut entering(&queue, 1, 1)).unwrap().unwrap();
    let mut second = entering(&queue, 1, 1);
    assert!(poll(&mut second).is_none(), "installation 1 has its one place");
    let b = poll(&mut entering(&queue, 1, 2)).unwrap().unwrap();
    assert_eq!(queue.state(workspace(1), id(1)).waiting, 1);
    drop(b);
    assert!(poll(&mut second).is_none(), "a place of another installation is not its own");
    drop(a);
    drop(poll(&mut second).unwrap().unwrap());
    empty(&queue);
}

#[test]
fn both_bounds_on_those_who_wait_are_named() {
    let queue = Queue::new(Places { queue: 3, queue_per_installation: 2, ..places(1, 1, 1) });
    let held = poll(&mut entering(&queue, 1, 1)).unwrap().unwrap();
    let mut line: Vec<Entering> = (0..2).map(|_| entering(&queue, 1, 1)).collect();
    assert!(line.iter_mut().all(|entering| poll(entering).is_none()));
    let refused = |entering: &mut Entering| poll(entering).unwrap().err().unwrap().limit();
    assert_eq!(refused(&mut entering(&queue, 1, 1)), Some(LimitName::QueueInstallation));
    line.push(entering(&queue, 1, 2));
    assert!(poll(&mut line[2]).is_none());
    assert_eq!(refused(&mut entering(&queue, 1, 3)), Some(LimitName::Queue));
    drop(line);
    drop(held);
    empty(&queue);
}

/// Whoever is dropped in line, or between being served and taking the place,
/// leaves nothing behind.
#[test]
fn those_who_lose_patience_leave_their_turn_to_others() {
    let queue = Queue::new(places(1, 1, 1));
    let held = poll(&mut entering(&queue, 1, 1)).unwrap().unwrap();
    let mut line: Vec<Entering> = (1..=3).map(|n| entering(&queue, n, n)).collect();
    assert!(line.iter_mut().all(|entering| poll(entering).is_none()));
    drop(line.remove(0));
    drop(held);
    // The second was given the place, and goes away without having looked.
    drop(line.remove(0));
    let third = poll(&mut line[0]).unwrap().unwrap();
    assert_eq!(queue.state(workspace(3), id(3)).running, 1);
    drop(third);
    empty(&queue);
}
