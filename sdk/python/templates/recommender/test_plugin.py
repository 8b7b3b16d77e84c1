"""Plain tests of the thinking; `rialto plugin test` runs the plugin itself under the real host."""

import sys
import unittest
from types import SimpleNamespace as Of

sys.path.insert(0, "src")
import rating


class Rating(unittest.TestCase):
    def test_the_better_comes_first_and_the_unknown_is_left_out(self):
        nan = float("nan")
        numbers = [Of(name="past-sends", values=[100.0, 100.0, nan]), Of(name="past-conversions", values=[1.0, 5.0, 2.0])]
        candidates = Of(ids=["a", "b", "c"], texts=[], numbers=numbers)
        rated = rating.rate(Of(locale="en"), candidates)
        self.assertEqual([one.candidate for one in rated], [1, 0])
        self.assertIn("5 of 100", rated[0].reasons[0].text)


if __name__ == "__main__":
    unittest.main()
