//! The names of events that metrics and paths rely on, as conditions on `e`.
//! Delivery, campaign and this area write these events; a client's own event of
//! the same name has the kind `track` and is not taken for one.

/// A message was opened.
pub(crate) const OPENED: &str = "e.kind = 'open' AND e.name = 'open'";
/// A link was followed.
pub(crate) const CLICKED: &str = "e.kind = 'click' AND e.name = 'click'";
/// A person opted out.
pub(crate) const UNSUBSCRIBED: &str = "e.kind = 'unsubscribe' AND e.name = 'unsubscribe'";
/// A message came back.
pub(crate) const BOUNCED: &str = "e.kind = 'bounce' AND e.name = 'bounce'";
/// A message was reported as unwanted.
pub(crate) const COMPLAINED: &str = "e.kind = 'complaint' AND e.name = 'complaint'";
/// A marketing touch: it has a person and a channel, and is no failure.
pub(crate) const TOUCH: &str = "e.contact IS NOT NULL AND e.channel IS NOT NULL AND e.channel <> '' \
     AND e.kind NOT IN ('bounce', 'complaint', 'unsubscribe', 'machine_open')";
/// Something a person did, not something that was done to them.
pub(crate) const ACTIVE: &str = "e.contact IS NOT NULL AND e.kind NOT IN ('send', 'touch', 'bounce', 'machine_open')";
/// The kind of touches that were recorded rather than made by a person.
pub(crate) const TOUCH_KIND: &str = "touch";
/// The name of a touch derived from a placement.
pub(crate) const PLACEMENT_SEEN: &str = "placement-seen";
