"""The thinking: plain Python that knows nothing of the contract.

A candidate's rate is shrunk toward the rate of all candidates together, as an
empirical Bayes estimate with a Beta prior does: (reached + k * p) / (tried + k),
where p is the rate of all and k is how many sends its own word must have to
count as much. What was used lately loses up to a share of its score, linearly
over the days of rest. What is not known of a candidate is said, not invented.
"""

from dataclasses import dataclass

from rialto import Rated, Reason, Refused, best_first, column, known, number

KINDS = ("creative", "campaign-type")


@dataclass
class Settings:
    rest_days: float
    freshness: float
    least_sends: float

    @classmethod
    def of(cls, all: dict) -> "Settings":
        return cls(
            number("settings", all, "rest-days", 30, 0, 365),
            number("settings", all, "freshness", 0.3, 0, 1),
            number("settings", all, "least-sends", 200, 0, 1e9),
        )


def recommend(settings: Settings, brief, candidates) -> list:
    if candidates.kind not in KINDS:
        raise Refused("invalid-input", f"`{candidates.kind}` is not ranked here: only {' and '.join(KINDS)}")
    results = [result(candidates, at) for at in range(len(candidates.ids))]
    tried, reached = (sum(one[part] for one in results if one is not None) for part in (0, 1))
    everyone = reached / tried if tried > 0 else 0.0
    used = column(candidates.numbers, "days-since")
    rated = [rate(settings, brief, at, one, everyone, known(used, at)) for at, one in enumerate(results)]
    return best_first(rated)


def result(candidates, at):
    """Sends and conversions of one candidate, where both are known and make sense."""
    tried = known(column(candidates.numbers, "past-sends"), at)
    reached = known(column(candidates.numbers, "past-conversions"), at)
    if tried is None or reached is None or tried <= 0 or reached < 0:
        return None
    return tried, min(reached, tried)


def rate(settings, brief, at, result, everyone, days) -> Rated:
    chinese = brief.locale == "zh-CN"
    if result is None:
        score = everyone
        reasons = [Reason("nothing-known", nothing(chinese, everyone), score)]
    else:
        tried, reached = result
        weight = settings.least_sends
        score = (reached + weight * everyone) / (tried + weight)
        reasons = [Reason("past-results", told(chinese, tried, reached, score), score)]
    tired = tiredness(settings, days) * score
    if tired > 0:
        reasons.append(Reason("used-lately", rested(chinese, days), -tired))
    return Rated(at, score - tired, reasons)


def tiredness(settings, days) -> float:
    """From 0 (rested, or not known) to the weight of freshness (used today)."""
    if days is None or settings.rest_days == 0 or days >= settings.rest_days:
        return 0.0
    return settings.freshness * (1 - max(days, 0.0) / settings.rest_days)


def percent(rate: float) -> str:
    return f"{100 * rate:.2f}"


def told(chinese: bool, tried: float, reached: float, score: float) -> str:
    if chinese:
        return f"以往发送 {tried:,.0f} 次，转化 {reached:,.0f} 次；结合全部候选估计转化率为 {percent(score)}%。"
    return f"Converted {reached:,.0f} of {tried:,.0f} sends; {percent(score)} % once weighed with all candidates."


def nothing(chinese: bool, everyone: float) -> str:
    if chinese:
        return f"没有以往结果，按全部候选的转化率 {percent(everyone)}% 计。"
    return f"No past result is known; it counts with the {percent(everyone)} % of all candidates."


def rested(chinese: bool, days: float) -> str:
    if chinese:
        return f"{max(days, 0):,.0f} 天前刚用过，人们可能已经看腻。"
    return f"Used {max(days, 0):,.0f} days ago: people may still be tired of it."
