"""Plain tests of what needs no host; `rialto plugin test` runs the plugin itself under the real one."""

import sys
import unittest

sys.path.insert(0, "src")
import rialto


class Reading(unittest.TestCase):
    def test_settings_are_an_object_or_refused(self):
        self.assertEqual(rialto.read("settings", '{"a": 1}'), {"a": 1})
        with self.assertRaises(rialto.Refused) as refused:
            rialto.read("settings", "[]")
        self.assertEqual(refused.exception.code, "bad-settings")


if __name__ == "__main__":
    unittest.main()
