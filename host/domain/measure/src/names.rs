//! The names of events that metrics and paths rely on, as conditions on `e`.
//! Delivery, campaign and this area write these events.

/// A message was opened.
pub(crate) const OPENED: &str = "e.name = 'message_opened'";
/// A link was followed.
pub(crate) const CLICKED: &str = "e.name = 'message_clicked'";
/// A person opted out.
pub(crate) const UNSUBSCRIBED: &str = "e.name = 'unsubscribed'";
/// A message came back.
pub(crate) const BOUNCED: &str = "e.name = 'message_bounced'";
/// A message was reported as unwanted.
pub(crate) const COMPLAINED: &str = "e.name = 'message_complained'";
/// A marketing touch: it has a person and a channel, and is no failure.
pub(crate) const TOUCH: &str = "e.contact IS NOT NULL AND e.channel IS NOT NULL AND e.channel <> '' \
     AND e.name NOT IN ('message_bounced', 'message_complained', 'unsubscribed', 'message_failed')";
/// A touch derived from a placement.
pub(crate) const PLACEMENT_SEEN: &str = "placement_seen";
