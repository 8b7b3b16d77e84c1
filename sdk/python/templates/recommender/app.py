"""@TITLE@: ranks candidates by how often they converted before."""

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.recommend import Ranked, Reason
from wit_world.imports.types import Fault

import rating
from rialto import Refused, read


class Recommend(exports.Recommend):
    def recommend(self, settings, brief, candidates):
        try:
            read("settings", settings)
            rated = rating.rate(brief, candidates)
        except Refused as why:
            raise Err(Fault(why.code, why.message, why.retry_after_ms, []))
        return [Ranked(one.candidate, one.score, [Reason(r.code, r.text, r.weight) for r in one.reasons], []) for one in rated]
