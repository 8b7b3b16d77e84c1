"""Proven, not tired: ranks creatives and campaign types. The contract's side."""

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.recommend import Ranked, Reason
from wit_world.imports.types import Fault

import proven
from rialto import Refused, read


class Recommend(exports.Recommend):
    def recommend(self, settings, brief, candidates):
        try:
            rated = proven.recommend(proven.Settings.of(read("settings", settings)), brief, candidates)
        except Refused as why:
            raise Err(Fault(why.code, why.message, why.retry_after_ms, []))
        return [ranked(one) for one in rated]


def ranked(one):
    return Ranked(one.candidate, one.score, [Reason(why.code, why.text, why.weight) for why in one.reasons], [])
