//! What a unit of the tree sets of the delivery policy for itself and for what
//! is under it. Part by part: the nearest one up the tree that sets a part is
//! heard, and the workspace where none does. It reads and writes nothing.

use super::{AutoPause, Barred, Cap, PolicyRules, QuietHours};
use jiff::Timestamp;
use rialto_kernel::{Id, problem::FieldError};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The parts of a delivery policy that a unit sets; what is left out is as it
/// is above the unit. A part is set whole: `"caps": []` means no cap at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyParts {
    /// Caps, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caps: Option<Vec<Cap>>,
    /// Quiet hours; null for none.
    #[schema(value_type = Option<QuietHours>)]
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<Option<QuietHours>>,
    /// Where nothing may go, all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barred: Option<Vec<Barred>>,
    /// When a campaign is held by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_pause: Option<AutoPause>,
}

/// Which unit each part comes from; the workspace where none is named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicySources {
    /// The caps.
    pub caps: Option<Uuid>,
    /// The quiet hours.
    pub quiet_hours: Option<Uuid>,
    /// The barred regions.
    pub barred: Option<Uuid>,
    /// When a campaign is held by itself.
    pub auto_pause: Option<Uuid>,
}

/// The delivery policy of a unit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnitPolicy {
    /// The unit.
    pub unit: Uuid,
    /// What it sets itself.
    pub own: PolicyParts,
    /// What holds for its campaigns.
    pub effective: PolicyRules,
    /// Where each part comes from.
    pub from: PolicySources,
    /// The version of what it sets itself, for `If-Match`; 0 while it sets nothing.
    pub version: i64,
    /// Who set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

impl PolicyParts {
    /// Put the parts that are set in the place of those in `rules`, and note whose they are.
    fn over(&self, unit: Id, rules: &mut PolicyRules, from: &mut PolicySources) {
        let mine = Some(unit);
        if let Some(caps) = &self.caps {
            (rules.caps, from.caps) = (caps.clone(), mine);
        }
        if let Some(quiet_hours) = &self.quiet_hours {
            (rules.quiet_hours, from.quiet_hours) = (quiet_hours.clone(), mine);
        }
        if let Some(barred) = &self.barred {
            (rules.barred, from.barred) = (barred.clone(), mine);
        }
        if let Some(auto_pause) = &self.auto_pause {
            (rules.auto_pause, from.auto_pause) = (auto_pause.clone(), mine);
        }
    }

    /// Everything that is wrong with it.
    pub(crate) fn mistakes(&self) -> Vec<FieldError> {
        if *self == Self::default() {
            let message = "set at least one part, or delete what this unit sets".to_owned();
            return vec![FieldError { field: "caps".to_owned(), message }];
        }
        let mut rules = PolicyRules::default();
        self.over(Id::nil(), &mut rules, &mut PolicySources::default());
        rules.mistakes()
    }
}

/// What holds under the workspace's rules and what the units of a path set, the root's first.
pub(crate) fn effective(
    mut rules: PolicyRules,
    chain: impl IntoIterator<Item = (Id, PolicyParts)>,
) -> (PolicyRules, PolicySources) {
    let mut from = PolicySources::default();
    for (unit, parts) in chain {
        parts.over(unit, &mut rules, &mut from);
    }
    (rules, from)
}

/// A field that was given, be it null: absent is as above the unit, null is none.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<QuietHours>>, D::Error> {
    Option::<QuietHours>::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn parts(text: Value) -> PolicyParts {
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn each_part_is_that_of_the_nearest_unit_that_sets_it() {
        let whole: PolicyRules = serde_json::from_value(json!({
            "caps": [{ "sends": 3, "days": 7 }], "quiet_hours": { "from": "21:00", "to": "08:00" },
            "barred": [{ "region": "DE" }],
        }))
        .unwrap();
        let (region, store) = (Id::from_u128(1), Id::from_u128(2));
        let chain = [
            (region, parts(json!({ "caps": [{ "sends": 2, "days": 7 }], "barred": [] }))),
            (store, parts(json!({ "caps": [{ "sends": 1, "days": 7 }], "quiet_hours": null }))),
        ];
        let (rules, from) = effective(whole.clone(), chain.clone());
        assert_eq!((rules.caps[0].sends, &rules.quiet_hours, rules.barred.len()), (1, &None, 0));
        assert_eq!((from.caps, from.quiet_hours), (Some(store), Some(store)));
        assert_eq!((from.barred, from.auto_pause), (Some(region), None));
        let (above, _) = effective(whole.clone(), chain[..1].to_vec());
        assert_eq!((above.caps[0].sends, above.quiet_hours), (2, whole.quiet_hours.clone()));
        assert_eq!(effective(whole.clone(), []).0, whole);
    }

    #[test]
    fn what_is_kept_is_what_was_set() {
        for text in [json!({}), json!({ "quiet_hours": null }), json!({ "caps": [], "barred": [] })] {
            assert_eq!(serde_json::to_value(parts(text.clone())).unwrap(), text);
        }
    }

    #[test]
    fn parts_that_are_wrong_name_their_fields() {
        let fields = |text| parts(text).mistakes().into_iter().map(|wrong| wrong.field).collect::<Vec<_>>();
        assert_eq!(fields(json!({})), ["caps"]);
        assert_eq!(fields(json!({ "caps": [{ "sends": 0, "days": 7 }] })), ["caps[0].sends"]);
        assert!(fields(json!({ "quiet_hours": null })).is_empty());
    }
}
