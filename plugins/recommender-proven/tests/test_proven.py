"""The thinking, without a host."""

import sys
import unittest
from types import SimpleNamespace as Of

sys.path.insert(0, "src")
import proven
from rialto import Refused

NAN = float("nan")


def candidates(sends, conversions, days):
    columns = {"past-sends": sends, "past-conversions": conversions, "days-since": days}
    numbers = [Of(name=name, values=values) for name, values in columns.items()]
    return Of(kind="creative", ids=[str(at) for at in range(len(sends))], texts=[], numbers=numbers)


def recommend(all, locale="en", **settings):
    return proven.recommend(proven.Settings.of(settings), Of(locale=locale), all)


class Proven(unittest.TestCase):
    def test_much_that_went_well_beats_little_that_went_better(self):
        rated = recommend(candidates([10_000.0, 10.0, 10_000.0], [500.0, 2.0, 100.0], [90.0, 90.0, 90.0]))
        self.assertEqual([one.candidate for one in rated], [0, 1, 2])
        # (2 + 200 p) / (10 + 200) with p = 602 / 20,010.
        self.assertAlmostEqual(rated[1].score, (2 + 200 * 602 / 20_010) / 210)

    def test_reasons_sum_to_the_score(self):
        for one in recommend(candidates([100.0, NAN, 50.0], [5.0, 3.0, NAN], [1.0, 2.0, NAN])):
            self.assertAlmostEqual(sum(why.weight for why in one.reasons), one.score)
            self.assertTrue(all(why.text for why in one.reasons))

    def test_what_was_just_used_rests(self):
        rated = recommend(candidates([1_000.0, 1_000.0], [50.0, 48.0], [0.0, 60.0]))
        self.assertEqual([one.candidate for one in rated], [1, 0])
        self.assertEqual(rated[1].reasons[1].code, "used-lately")
        off = recommend(candidates([1_000.0, 1_000.0], [50.0, 48.0], [0.0, 60.0]), **{"rest-days": 0})
        self.assertEqual([one.candidate for one in off], [0, 1])

    def test_the_unknown_is_said_in_both_languages(self):
        unknown = candidates([NAN], [NAN], [NAN])
        self.assertIn("No past result", recommend(unknown)[0].reasons[0].text)
        self.assertIn("没有以往结果", recommend(unknown, "zh-CN")[0].reasons[0].text)

    def test_bad_settings_and_people_are_refused(self):
        for settings in ({"freshness": 2}, {"rest-days": "x"}, {"least-sends": True}):
            with self.assertRaises(Refused) as refused:
                recommend(candidates([], [], []), **settings)
            self.assertEqual(refused.exception.code, "bad-settings")
        people = candidates([], [], [])
        people.kind = "contact"
        with self.assertRaises(Refused):
            recommend(people)


if __name__ == "__main__":
    unittest.main()
