//! What there is to learn from: people as rows of comparable numbers. A number
//! becomes a place among those asked about, −1 for the lowest to 1 for the
//! highest, so that campaigns of any time and size can be laid side by side.

use rialto_sdk::recommender::{Candidate, Candidates};

/// How many tries at the common rate each person's own rate is lent.
const LENT: f64 = 2.0;

/// One thing that is known of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Its code among the reasons.
    pub code: &'static str,
    /// What it is called.
    pub en: &'static str,
    /// 简体中文.
    pub zh: &'static str,
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// A column as it is.
    Column(&'static str),
    /// A column where little is much.
    Low(&'static str),
    /// One column over another.
    Share(&'static str, &'static str),
    /// Successes over tries, shrunk to the common rate.
    Rate(&'static str, &'static str),
}

/// Everything that is looked at; a column that is not there says nothing.
pub const FEATURES: &[Feature] = &[
    Feature {
        code: "recency", en: "the time since the last order", zh: "最近一次购买", of: Of::Low("recency-days")
    },
    Feature { code: "frequency", en: "the number of orders", zh: "下单次数", of: Of::Column("orders") },
    Feature { code: "spend", en: "spend", zh: "消费额", of: Of::Column("spend") },
    Feature {
        code: "recent-spend",
        en: "spend in the last 90 days",
        zh: "近 90 天消费额",
        of: Of::Column("recent-spend"),
    },
    Feature {
        code: "category-spend",
        en: "spend on the offer's categories",
        zh: "优惠所在品类的消费额",
        of: Of::Column("category-spend"),
    },
    Feature {
        code: "category",
        en: "the share of spend on the offer's categories",
        zh: "优惠所在品类的消费占比",
        of: Of::Column("category-affinity"),
    },
    Feature {
        code: "coupons", en: "coupons redeemed", zh: "优惠券核销次数", of: Of::Column("coupon-redemptions")
    },
    Feature { code: "discount", en: "discounts taken", zh: "享受的折扣额", of: Of::Column("discount") },
    Feature {
        code: "discount-share",
        en: "discounts against spend",
        zh: "折扣占消费额的比例",
        of: Of::Share("discount", "spend"),
    },
    Feature {
        code: "responses",
        en: "the share of campaigns answered",
        zh: "营销活动响应率",
        of: Of::Rate("all-responses", "all-campaigns"),
    },
    Feature {
        code: "similar-campaigns",
        en: "the share of similar campaigns answered",
        zh: "同类活动响应率",
        of: Of::Rate("similar-responses", "similar-campaigns"),
    },
];

/// Each person's row: a place for each of [`FEATURES`].
pub fn rows(candidates: &Candidates) -> Vec<Vec<f64>> {
    let columns: Vec<Vec<f64>> = FEATURES.iter().map(|feature| places(&numbers(feature.of, candidates))).collect();
    (0..candidates.len()).map(|index| columns.iter().map(|column| column[index]).collect()).collect()
}

fn numbers(of: Of, candidates: &Candidates) -> Vec<Option<f64>> {
    let each = |number: &dyn Fn(Candidate<'_>) -> Option<f64>| candidates.iter().map(number).collect();
    match of {
        Of::Column(name) => each(&|one| one.number(name)),
        Of::Low(name) => each(&|one| one.number(name).map(|number| -number)),
        Of::Share(part, whole) => each(&|one| {
            let whole = one.number(whole)?;
            Some(if whole > 0.0 { one.number(part)? / whole } else { 0.0 })
        }),
        Of::Rate(reached, tried) => {
            let pair = |one: Candidate<'_>| Some((one.number(reached)?, one.number(tried)?));
            let (all, tries) =
                candidates.iter().filter_map(pair).fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            let usual = if tries > 0.0 { all / tries } else { 0.0 };
            each(&|one| pair(one).map(|(reached, tried)| (reached + LENT * usual) / (tried + LENT)))
        }
    }
}

/// Places from −1 to 1; equals share theirs, and who is not known is lowest. A
/// column that tells nobody apart is 0 for all.
pub fn places(numbers: &[Option<f64>]) -> Vec<f64> {
    let key =
        |index: usize| numbers.get(index).copied().flatten().filter(|n| n.is_finite()).unwrap_or(f64::NEG_INFINITY);
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|one, other| key(*one).total_cmp(&key(*other)));
    let mut places = vec![0.0; numbers.len()];
    let mut from = 0;
    while from < order.len() {
        let same = order[from..].iter().take_while(|index| key(**index) == key(order[from])).count();
        let place = (from as f64 + same as f64 / 2.0) / order.len() as f64 * 2.0 - 1.0;
        for index in &order[from..from + same] {
            places[*index] = place;
        }
        from += same;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn places_share_and_the_unknown_is_lowest() {
        assert_eq!(places(&[Some(5.0), None, Some(9.0), Some(5.0)]), [0.0, -0.75, 0.75, 0.0]);
        assert_eq!(places(&[Some(1.0), Some(1.0)]), [0.0, 0.0]);
        assert!(places(&[]).is_empty());
    }
}
