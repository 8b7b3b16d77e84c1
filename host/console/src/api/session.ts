/**
 * Whether somebody is signed in, and what happens when the session ends in the
 * middle of work: requests wait until the same person has signed in again, and
 * are then sent once more, so that nothing typed is lost.
 */
type Listener = () => void;

let known = false;
let expired = false;
let waiting: { again: () => void; giveUp: () => void }[] = [];
const listeners = new Set<Listener>();

function tell() {
  for (const listener of listeners) listener();
}

export const session = {
  /** From the first answer to `/me` on, a 401 means that the session has ended. */
  begin() {
    known = true;
  },
  end() {
    known = false;
    expired = false;
  },
  isKnown: () => known,
  isExpired: () => expired,
  subscribe(listener: Listener) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
  /** True once signed in again, false when the person gave up. */
  untilSignedIn(): Promise<boolean> {
    expired = true;
    tell();
    return new Promise((resolve) => waiting.push({ again: () => resolve(true), giveUp: () => resolve(false) }));
  },
  signedInAgain() {
    settle((one) => one.again());
  },
  gaveUp() {
    settle((one) => one.giveUp());
  },
};

function settle(each: (one: (typeof waiting)[number]) => void) {
  expired = false;
  const were = waiting;
  waiting = [];
  were.forEach(each);
  tell();
}
