//! The delivery policy of a workspace: how often a person may be written to,
//! the hours in which nobody is, where nothing may go, and when a campaign is
//! held by itself; and what the units of the tree set otherwise. It decides
//! nothing: `rules` does, by it.

mod actions;
mod quiet;
mod unit;

pub(crate) use actions::{EffectivePolicy, policy_of};
pub use actions::{policy_get, policy_in, policy_put, unit_policy_delete, unit_policy_get, unit_policy_put};
pub use unit::{PolicyParts, PolicySources, UnitPolicy};

use jiff::Timestamp;
use rialto_kernel::problem::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Caps of a policy.
pub const CAPS_MAX: usize = 20;
/// The longest window of a cap, in days.
pub const CAP_DAYS_MAX: u32 = 366;
/// The most sends a cap may allow.
pub const CAP_SENDS_MAX: u32 = 1_000;
/// Regions that may be barred.
pub const BARRED_MAX: usize = 300;
/// The longest name of a channel, topic or region, in bytes.
const NAME_BYTES_MAX: usize = 80;

/// At most so many sends to a person in so many days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Of this channel only; of all together if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// About this topic only; about all together if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// How many.
    pub sends: u32,
    /// In how many days, to the minute.
    pub days: u32,
}

/// Hours in which nobody is written to, by the person's own clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From this time on, such as `21:00`.
    pub from: String,
    /// To this time, such as `08:00`; past midnight where it is the earlier.
    pub to: String,
    /// On these channels only; on all if empty.
    #[serde(default)]
    pub channels: Vec<String>,
}

/// Where nothing may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Barred {
    /// People of this region, as their contact says.
    pub region: String,
    /// On this channel only; on all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

/// When a campaign is held by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AutoPause {
    /// Hard bounces in what was tried, as a share; 0 switches it off.
    pub hard_bounces: f64,
    /// Complaints in what was tried, as a share; 0 switches it off.
    pub complaints: f64,
    /// Not before so many were tried since the begin, or since it was resumed.
    pub after: u32,
}

impl Default for AutoPause {
    /// 5 % and, as the large mailbox providers ask for, 0.3 %.
    fn default() -> Self {
        Self { hard_bounces: 0.05, complaints: 0.003, after: 100 }
    }
}

/// The rules of a policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyRules {
    /// Caps; each holds on its own.
    pub caps: Vec<Cap>,
    /// Quiet hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// Where nothing may go.
    pub barred: Vec<Barred>,
    /// When a campaign is held by itself.
    pub auto_pause: AutoPause,
}

/// A workspace's delivery policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct DeliveryPolicy {
    /// Its rules.
    #[serde(flatten)]
    pub rules: PolicyRules,
    /// Its version, for `If-Match`; 0 until it is set.
    pub version: i64,
    /// Who set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

impl Cap {
    /// Whether it counts for sends of this channel and topic.
    #[must_use]
    pub fn applies(&self, channel: &str, topic: &str) -> bool {
        self.channel.as_deref().is_none_or(|own| own == channel) && self.topic.as_deref().is_none_or(|own| own == topic)
    }

    /// Its window, in microseconds.
    pub(crate) fn window_us(&self) -> i64 {
        i64::from(self.days) * 86_400 * 1_000_000
    }
}

impl PolicyRules {
    /// Whether people of this region may not be written to by this channel.
    pub(crate) fn bars(&self, channel: &str, region: &str) -> bool {
        let of = |barred: &Barred| barred.channel.as_deref().is_none_or(|own| own == channel);
        !region.is_empty() && self.barred.iter().any(|b| b.region.eq_ignore_ascii_case(region) && of(b))
    }

    /// Everything that is wrong with it.
    pub(crate) fn mistakes(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let mut say = |bad: bool, field: String, message: &str| {
            if bad {
                wrong.push(FieldError { field, message: message.to_owned() });
            }
        };
        let named = |name: &Option<String>| name.as_deref().is_none_or(fits);
        say(self.caps.len() > CAPS_MAX, "caps".to_owned(), "give at most 20 caps");
        for (at, cap) in self.caps.iter().enumerate() {
            let field = |name: &str| format!("caps[{at}].{name}");
            say(!(1..=CAP_SENDS_MAX).contains(&cap.sends), field("sends"), "give 1 to 1000 sends");
            say(!(1..=CAP_DAYS_MAX).contains(&cap.days), field("days"), "give 1 to 366 days");
            say(!named(&cap.channel), field("channel"), "name a channel in 1 to 80 bytes, or leave it out");
            say(!named(&cap.topic), field("topic"), "name a topic in 1 to 80 bytes, or leave it out");
        }
        if let Some(quiet) = &self.quiet_hours {
            for (name, text) in [("from", &quiet.from), ("to", &quiet.to)] {
                say(quiet::minute(text).is_none(), format!("quiet_hours.{name}"), "give a time such as 21:00");
            }
            let same = quiet::minute(&quiet.from) == quiet::minute(&quiet.to);
            say(
                same,
                "quiet_hours.to".to_owned(),
                "it must be another time than `from`; leave quiet_hours out for none",
            );
            let channels = quiet.channels.len() <= CAPS_MAX && quiet.channels.iter().all(|name| fits(name));
            say(!channels, "quiet_hours.channels".to_owned(), "name at most 20 channels, each in 1 to 80 bytes");
        }
        say(self.barred.len() > BARRED_MAX, "barred".to_owned(), "name at most 300 regions");
        for (at, barred) in self.barred.iter().enumerate() {
            let good = fits(&barred.region) && named(&barred.channel);
            say(!good, format!("barred[{at}].region"), "name a region and, if you like, a channel in 1 to 80 bytes");
        }
        let share = |share: f64| (0.0..=1.0).contains(&share);
        let pause = &self.auto_pause;
        say(!share(pause.hard_bounces), "auto_pause.hard_bounces".to_owned(), "give a share from 0 to 1");
        say(!share(pause.complaints), "auto_pause.complaints".to_owned(), "give a share from 0 to 1");
        say(pause.after == 0, "auto_pause.after".to_owned(), "judge after at least one");
        wrong
    }
}

impl AutoPause {
    /// Why a wave with these numbers is to be held.
    #[must_use]
    pub fn reason(&self, tried: i64, hard_bounces: i64, complaints: i64) -> Option<String> {
        if tried < i64::from(self.after) {
            return None;
        }
        let over = |count: i64, share: f64| {
            #[allow(clippy::cast_precision_loss, reason = "counts of sends are far below 2^53")]
            let reached = count as f64 >= share * tried as f64;
            share > 0.0 && count > 0 && reached
        };
        if over(hard_bounces, self.hard_bounces) {
            return Some(format!("{hard_bounces} hard bounces in {tried} sends"));
        }
        over(complaints, self.complaints).then(|| format!("{complaints} complaints in {tried} sends"))
    }
}

fn fits(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= NAME_BYTES_MAX && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_is_held_at_five_percent_and_not_before_enough_were_tried() {
        let pause = AutoPause::default();
        assert_eq!(pause.reason(99, 99, 99), None);
        assert_eq!(pause.reason(100, 4, 0), None);
        assert!(pause.reason(100, 5, 0).unwrap().contains("5 hard bounces"));
        assert_eq!(pause.reason(1_000, 0, 2), None);
        assert!(pause.reason(1_000, 0, 3).unwrap().contains("3 complaints"));
        let off = AutoPause { hard_bounces: 0.0, complaints: 0.0, after: 1 };
        assert_eq!(off.reason(10, 10, 10), None);
    }

    #[test]
    fn each_mistake_of_a_policy_names_its_field() {
        let rules: PolicyRules = serde_json::from_value(serde_json::json!({
            "caps": [{ "sends": 0, "days": 400 }], "quiet_hours": { "from": "25:00", "to": "08:00" },
            "barred": [{ "region": "" }], "auto_pause": { "hard_bounces": 2.0, "after": 0 },
        }))
        .unwrap();
        let fields: Vec<String> = rules.mistakes().into_iter().map(|wrong| wrong.field).collect();
        let wanted = [
            "caps[0].sends",
            "caps[0].days",
            "quiet_hours.from",
            "barred[0].region",
            "auto_pause.hard_bounces",
            "auto_pause.after",
        ];
        assert_eq!(fields, wanted);
        assert!(PolicyRules::default().mistakes().is_empty());
    }
}
