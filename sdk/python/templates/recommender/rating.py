"""The thinking: plain Python that knows nothing of the contract."""

from rialto import Rated, Reason, best_first, column, known


def rate(brief, candidates):
    sends, conversions = (column(candidates.numbers, name) for name in ("past-sends", "past-conversions"))
    rated = []
    for at in range(len(candidates.ids)):
        tried, reached = known(sends, at), known(conversions, at)
        if not tried or reached is None:
            continue
        rate = reached / tried
        if brief.locale == "zh-CN":
            said = f"过往发送 {tried:g} 次，转化 {reached:g} 次。"
        else:
            said = f"Converted {reached:g} of {tried:g} sends."
        rated.append(Rated(at, rate, [Reason("past-conversions", said, rate)]))
    return best_first(rated)
