//! What counts as a conversion, when, and what it is worth.

use crate::MeasureError;
use rialto_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest attribution window, days.
pub const WINDOW_DAYS_MAX: i64 = 400;
/// The longest name of an event.
const EVENT_NAME_CHARS_MAX: usize = 200;

/// What counts as a conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "on", rename_all = "kebab-case", deny_unknown_fields)]
#[schema(as = ConversionRule)]
pub enum Rule {
    /// An order that was not cancelled, of a contact we know.
    Order {
        /// Which orders.
        of: OrderOf,
        /// The offer, where `of` is `offer`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<uuid::Uuid>)]
        offer: Option<Id>,
        /// Only of people the campaign wrote to, where `of` is `campaign-offers`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        written_to: bool,
        /// What it is worth.
        value: OrderValue,
        /// The amount in minor units of the workspace's currency, where `value` is `fixed`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fixed_minor: Option<i64>,
    },
    /// An event of this name, of a contact we know.
    Event {
        /// Its name.
        name: String,
        /// What it is worth.
        value: EventValue,
        /// The amount in minor units of the workspace's currency, where `value` is `fixed`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fixed_minor: Option<i64>,
    },
}

/// Which orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ConversionOrders)]
pub enum OrderOf {
    /// Those with a product of a campaign's offers inside the campaign's window.
    CampaignOffers,
    /// Those with a product of one offer while the offer holds.
    Offer,
    /// All.
    Any,
}

/// What an order is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ConversionOrderValue)]
pub enum OrderValue {
    /// Its total.
    OrderTotal,
    /// Its lines with a product that qualifies.
    QualifyingLines,
    /// Always the same.
    Fixed,
}

/// What an event is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ConversionEventValue)]
pub enum EventValue {
    /// The value it carries; none counts as zero.
    EventValue,
    /// Always the same.
    Fixed,
}

/// How often one person counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ConversionCounting)]
pub enum Counting {
    /// The first conversion only.
    OncePerContact,
    /// Every one.
    Every,
}

impl Counting {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OncePerContact => "once-per-contact",
            Self::Every => "every",
        }
    }
}

impl Rule {
    /// Refuse a rule whose parts do not fit together.
    ///
    /// # Errors
    /// Naming the field and the remedy.
    pub fn check(&self) -> Result<(), MeasureError> {
        match self {
            Self::Order { of, offer, written_to, value, fixed_minor } => {
                check_fixed(*value == OrderValue::Fixed, *fixed_minor)?;
                if *written_to && *of != OrderOf::CampaignOffers {
                    let message = "leave it out unless `of` is `campaign-offers`";
                    return Err(MeasureError::invalid("rule.written_to", message));
                }
                match (of, offer) {
                    (OrderOf::Offer, None) => Err(MeasureError::invalid("rule.offer", "name the offer")),
                    (OrderOf::Offer, Some(_)) | (_, None) => Ok(()),
                    (_, Some(_)) => Err(MeasureError::invalid("rule.offer", "leave it out unless `of` is `offer`")),
                }?;
                if *of == OrderOf::Any && *value == OrderValue::QualifyingLines {
                    return Err(MeasureError::invalid("rule.value", "every line qualifies: use `order-total`"));
                }
                Ok(())
            }
            Self::Event { name, value, fixed_minor } => {
                check_fixed(*value == EventValue::Fixed, *fixed_minor)?;
                if name.trim().is_empty() || name.chars().count() > EVENT_NAME_CHARS_MAX {
                    return Err(MeasureError::invalid("rule.name", "name an event, in at most 200 characters"));
                }
                Ok(())
            }
        }
    }

    /// Whether it tells campaigns apart.
    #[must_use]
    pub fn knows_campaigns(&self) -> bool {
        match self {
            Self::Order { of, .. } => *of == OrderOf::CampaignOffers,
            Self::Event { .. } => true,
        }
    }
}

fn check_fixed(wanted: bool, fixed: Option<i64>) -> Result<(), MeasureError> {
    match (wanted, fixed) {
        (true, None) => Err(MeasureError::invalid("rule.fixed_minor", "say the amount in minor units")),
        (true, Some(minor)) if minor < 0 => Err(MeasureError::invalid("rule.fixed_minor", "must not be negative")),
        (false, Some(_)) => Err(MeasureError::invalid("rule.fixed_minor", "leave it out unless `value` is `fixed`")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Result<(), String> {
        let rule: Rule = serde_json::from_str(json).map_err(|e| e.to_string())?;
        rule.check().map_err(|e| e.to_string())
    }

    #[test]
    fn rules_that_fit_together_pass() {
        for good in [
            r#"{"on":"order","of":"campaign-offers","value":"qualifying-lines"}"#,
            r#"{"on":"order","of":"campaign-offers","written_to":true,"value":"qualifying-lines"}"#,
            r#"{"on":"order","of":"any","value":"fixed","fixed_minor":100}"#,
            r#"{"on":"event","name":"Signed Up","value":"event-value"}"#,
        ] {
            assert_eq!(rule(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn rules_that_do_not_name_their_field() {
        for (bad, field) in [
            (r#"{"on":"order","of":"offer","value":"order-total"}"#, "rule.offer"),
            (r#"{"on":"order","of":"any","value":"qualifying-lines"}"#, "rule.value"),
            (r#"{"on":"order","of":"any","written_to":true,"value":"order-total"}"#, "rule.written_to"),
            (r#"{"on":"order","of":"any","value":"fixed"}"#, "rule.fixed_minor"),
            (r#"{"on":"order","of":"any","value":"fixed","fixed_minor":-1}"#, "rule.fixed_minor"),
            (r#"{"on":"event","name":" ","value":"event-value"}"#, "rule.name"),
            (r#"{"on":"event","name":"x","value":"event-value","colour":1}"#, "colour"),
        ] {
            assert!(rule(bad).unwrap_err().contains(field), "{bad}");
        }
    }
}
