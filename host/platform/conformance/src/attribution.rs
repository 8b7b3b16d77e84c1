//! What an attribution model must bear: nothing to share out, one channel, a
//! million paths, channels nobody touched, nobody who converted. Whatever it is
//! shown, it shares out exactly what was observed, the same way each time and
//! in whatever order.

use crate::{
    model::{Finding, HOLDS, Miss, answer_or_fault, ensure, failed, not_applicable},
    subject::Subject,
    suite::{Check, check},
    texts::ODD,
};
use rialto_contract::attribution::{Credits, Paths, TOLERANCE, batches};
use rialto_plugin_host::{Ability, LimitName, PluginKind, RunError};

pub(crate) const CHECKS: &[Check] = &[
    check!(
        Attribution,
        "attribution.conserves-credit",
        conserves_credit,
        "shares out exactly the conversions and the value observed"
    ),
    check!(Attribution, "attribution.no-paths", no_paths, "credits nothing when there is nothing to credit"),
    check!(Attribution, "attribution.empty-paths", empty_paths, "bears paths without a touch among the others"),
    check!(Attribution, "attribution.one-channel", one_channel, "gives the only channel all of it"),
    check!(Attribution, "attribution.unseen-channels", unseen_channels, "gives a channel that no path touches nothing"),
    check!(Attribution, "attribution.nulls-only", nulls_only, "bears paths of which none converted"),
    check!(
        Attribution,
        "attribution.deterministic",
        deterministic,
        "answers the same to the same paths, whatever randomness a run is given"
    ),
    check!(
        Attribution,
        "attribution.order-of-paths",
        order_of_paths,
        "does not depend on the order of the paths, nor on how they are cut into batches"
    ),
    check!(
        Attribution,
        "attribution.million-paths",
        million_paths,
        "takes a million paths within its bounds, or as many as they allow"
    ),
    check!(Attribution, "attribution.without-times", without_times, "bears paths whose times are not known"),
    check!(Attribution, "attribution.bad-unicode", bad_unicode, "bears channels of any name"),
    check!(
        Attribution,
        "attribution.bad-settings",
        bad_settings,
        "answers settings that break its schema with a fault"
    ),
    check!(
        Attribution / Split,
        "attribution.split",
        split,
        "weighs every touch, and some touch of each channel that has credit"
    ),
];

/// Fewer paths than this are no large file.
const PATHS_LEAST: usize = 100_000;
const DAY_US: i64 = 86_400_000_000;
const END_US: i64 = 1_767_225_600_000_000;

/// A small generator of its own: the same paths on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }
}

fn names(count: usize) -> Vec<String> {
    const NAMES: [&str; 6] = ["email", "sms", "display", "paid_search", "affiliate", "direct"];
    (0..count).map(|at| NAMES.get(at).map_or_else(|| format!("channel-{at}"), |name| (*name).to_owned())).collect()
}

/// Nothing yet.
fn none() -> Paths {
    Paths {
        offset: vec![0],
        channel: Vec::new(),
        at: Vec::new(),
        end: Vec::new(),
        conversions: Vec::new(),
        nulls: Vec::new(),
        value: Vec::new(),
        extra: Vec::new(),
    }
}

/// One more path, its touches a day apart.
fn push(paths: &mut Paths, touches: &[u32], conversions: u32, nulls: u32, value: f64) {
    let mut at = END_US - DAY_US * i64::try_from(touches.len()).unwrap_or(0);
    for touch in touches {
        paths.channel.push(*touch);
        paths.at.push(at);
        at += DAY_US;
    }
    paths.offset.push(u32::try_from(paths.channel.len()).unwrap_or(u32::MAX));
    paths.end.push(END_US);
    paths.conversions.push(conversions);
    paths.nulls.push(nulls);
    paths.value.push(value);
}

/// Paths of one to six touches over so many channels; one in five converts.
fn many(count: usize, channels: u64) -> Paths {
    let (mut dice, mut paths) = (Dice(7), none());
    let mut touches = Vec::with_capacity(6);
    for _ in 0..count {
        touches.clear();
        let length = 1 + dice.below(6);
        touches.extend((0..length).map(|_| u32::try_from(dice.below(channels)).unwrap_or(0)));
        let conversions = u32::from(dice.below(5) == 0);
        let value = if conversions == 0 { 0.0 } else { f64::from(u32::try_from(100 + dice.below(9_900)).unwrap_or(0)) };
        push(&mut paths, &touches, conversions, 1 - conversions, value);
    }
    paths
}

/// The paths one after another, each as touches and counts.
fn each(paths: &Paths) -> Vec<(Vec<u32>, u32, u32, f64)> {
    let one = |at: usize| {
        let (from, to) = (paths.offset[at] as usize, paths.offset[at + 1] as usize);
        (paths.channel[from..to].to_vec(), paths.conversions[at], paths.nulls[at], paths.value[at])
    };
    (0..paths.conversions.len()).map(one).collect()
}

fn of_each(each: impl IntoIterator<Item = (Vec<u32>, u32, u32, f64)>) -> Paths {
    let mut paths = none();
    for (touches, conversions, nulls, value) in each {
        push(&mut paths, &touches, conversions, nulls, value);
    }
    paths
}

/// Fit in the batches that the host would make.
async fn credits(subject: &Subject, channels: usize, paths: &Paths) -> Result<Credits, Miss> {
    let settings = subject.settings()?;
    let limits = subject.limits(PluginKind::Attribution);
    let cut = batches(paths, &limits).collect();
    Ok(subject.fit(&settings, &names(channels), cut, false).await?.0)
}

/// Shares of two answers lie within the tolerance of the whole.
fn alike(one: &Credits, other: &Credits) -> Result<(), String> {
    for (name, one, other) in
        [("conversions", &one.conversions, &other.conversions), ("value", &one.value, &other.value)]
    {
        let slack = TOLERANCE * one.iter().sum::<f64>().abs().max(1.0);
        let apart = one.iter().zip(other).position(|(a, b)| (a - b).abs() > slack);
        if let Some(channel) = apart {
            return Err(format!("channel {channel} has `{name}` {} and {}", one[channel], other[channel]));
        }
    }
    Ok(())
}

/// A credit of `channel` that is no more than a rounding away from nothing.
fn nothing(credits: &Credits, channel: usize) -> bool {
    let small = |shares: &[f64]| shares[channel].abs() <= TOLERANCE * shares.iter().sum::<f64>().abs().max(1.0);
    small(&credits.conversions) && small(&credits.value)
}

async fn conserves_credit(subject: &Subject) -> Finding {
    for (paths, channels) in [(many(5_000, 6), 6), (many(1, 2), 2), (many(300, 40), 40)] {
        // The typed call refuses what does not sum, is negative or no number.
        credits(subject, channels, &paths).await?;
    }
    HOLDS
}

async fn no_paths(subject: &Subject) -> Finding {
    let settings = subject.settings()?;
    for batches in [vec![], vec![none()], vec![none(), none()]] {
        let (credits, _) = subject.fit(&settings, &names(3), batches, false).await?;
        ensure((0..3).all(|channel| nothing(&credits, channel)), || "it credits what nobody observed".to_owned())?;
    }
    HOLDS
}

async fn empty_paths(subject: &Subject) -> Finding {
    let mut paths = many(50, 3);
    for _ in 0..5 {
        push(&mut paths, &[], 0, 12, 0.0);
    }
    push(&mut paths, &[1, 2], 3, 0, 30.0);
    credits(subject, 3, &paths).await?;
    credits(subject, 3, &of_each(vec![(vec![], 0, 9, 0.0)])).await?;
    HOLDS
}

async fn one_channel(subject: &Subject) -> Finding {
    let found = credits(subject, 1, &many(500, 1)).await?;
    // What is conserved and has one place to go is all there.
    ensure(found.conversions[0] > 0.0, || "the only channel has no credit".to_owned())?;
    let found = credits(subject, 4, &of_each(vec![(vec![2], 10, 90, 500.0), (vec![2, 2, 2], 4, 1, 80.0)])).await?;
    let others = [0, 1, 3].into_iter().find(|channel| !nothing(&found, *channel));
    others.map_or(HOLDS, |channel| {
        Err(failed(format!("every path touches channel 2 alone; channel {channel} has credit")))
    })
}

async fn unseen_channels(subject: &Subject) -> Finding {
    let found = credits(subject, 12, &many(2_000, 4)).await?;
    let credited = (4..12).find(|channel| !nothing(&found, *channel));
    credited.map_or(HOLDS, |channel| {
        Err(failed(format!("no path touches channel {channel}, and it has credit for {}", found.conversions[channel])))
    })
}

async fn nulls_only(subject: &Subject) -> Finding {
    let mut paths = many(400, 4);
    paths.conversions.fill(0);
    paths.value.fill(0.0);
    paths.nulls.fill(3);
    let found = credits(subject, 4, &paths).await?;
    ensure((0..4).all(|channel| nothing(&found, channel)), || "nobody converted, and there is credit".to_owned())?;
    HOLDS
}

async fn deterministic(subject: &Subject) -> Finding {
    let paths = many(3_000, 8);
    let first = credits(subject, 8, &paths).await?;
    for _ in 0..2 {
        let again = credits(subject, 8, &paths).await?;
        let same = first.conversions == again.conversions && first.value == again.value;
        ensure(same, || {
            let how = alike(&first, &again).err().unwrap_or_else(|| "they differ in their last digits".to_owned());
            format!("the same paths are credited differently the second time: {how}")
        })?;
    }
    HOLDS
}

async fn order_of_paths(subject: &Subject) -> Finding {
    let settings = subject.settings()?;
    let paths = many(2_000, 6);
    let first = credits(subject, 6, &paths).await?;
    let mut shuffled = each(&paths);
    let mut dice = Dice(11);
    for at in (1..shuffled.len()).rev() {
        let other = usize::try_from(dice.below(at as u64 + 1)).unwrap_or(0);
        shuffled.swap(at, other);
    }
    let cut: Vec<Paths> = shuffled.chunks(333).map(|some| of_each(some.to_vec())).collect();
    let (again, _) = subject.fit(&settings, &names(6), cut, false).await?;
    alike(&first, &again)
        .map_err(|how| failed(format!("the same paths in another order are credited differently: {how}")))?;
    HOLDS
}

async fn million_paths(subject: &Subject) -> Finding {
    let settings = subject.settings()?;
    let limits = subject.limits(PluginKind::Attribution);
    let mut count = subject.effort().paths;
    loop {
        let paths = many(count, 20);
        let cut = batches(&paths, &limits).collect();
        match subject.fit(&settings, &names(20), cut, false).await {
            Ok(_) => return Ok(Some(format!("{count} paths"))),
            Err(RunError::Limit { name, .. }) if count > PATHS_LEAST && is_of_size(name) => count /= 2,
            Err(error) => return Err(failed(format!("with {count} paths: {error}"))),
        }
    }
}

fn is_of_size(name: LimitName) -> bool {
    matches!(name, LimitName::CpuEntry | LimitName::CpuRun | LimitName::Wall | LimitName::Memory)
}

async fn without_times(subject: &Subject) -> Finding {
    let settings = subject.settings()?;
    let paths = Paths { at: Vec::new(), end: Vec::new(), ..many(200, 4) };
    let answered = answer_or_fault(subject.fit(&settings, &names(4), vec![paths], false).await)?;
    Ok(answered.is_none().then(|| "it needs times, and says so".to_owned()))
}

async fn bad_unicode(subject: &Subject) -> Finding {
    let settings = subject.settings()?;
    let odd: Vec<String> = ODD.iter().map(|name| (*name).to_owned()).collect();
    let paths = many(200, odd.len() as u64);
    subject.fit(&settings, &odd, vec![paths.clone()], false).await?;
    let same = vec!["email".to_owned(); odd.len()];
    subject.fit(&settings, &same, vec![paths], false).await?;
    HOLDS
}

async fn bad_settings(subject: &Subject) -> Finding {
    for settings in subject.bad_settings()? {
        let answer = subject.fit(&settings, &names(3), vec![many(20, 3)], false).await;
        answer_or_fault(answer)?;
    }
    HOLDS
}

async fn split(subject: &Subject) -> Finding {
    if !subject.inspection().can(Ability::Split) {
        return Err(not_applicable("it has no `split`"));
    }
    let settings = subject.settings()?;
    let paths = many(1_000, 6);
    let limits = subject.limits(PluginKind::Attribution);
    let cut: Vec<Paths> = batches(&paths, &limits).collect();
    let (credits, weights) = subject.fit(&settings, &names(6), cut, true).await?;
    let mut sums = [0.0; 6];
    for (channel, weight) in paths.channel.iter().zip(&weights) {
        sums[*channel as usize] += weight;
    }
    let bare = (0..6).find(|channel| !nothing(&credits, *channel) && sums[*channel] <= 0.0);
    bare.map_or(HOLDS, |channel| {
        Err(failed(format!("channel {channel} has credit, and none of its touches has a weight")))
    })
}

/// Paths for a bench: as many as one batch of the host's holds comfortably.
pub(crate) fn bench_paths(count: usize) -> (Vec<String>, Paths) {
    (names(20), many(count, 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_are_the_same_each_time_and_fit_together() {
        let (one, other) = (many(500, 6), many(500, 6));
        assert_eq!(one, other);
        assert_eq!(of_each(each(&one)), one);
        assert!(one.conversions.contains(&1) && one.nulls.contains(&1));
    }
}
