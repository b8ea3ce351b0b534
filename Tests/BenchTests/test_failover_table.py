"""What `scripts/bench failover` makes of the reports of pgbc-checker and of the data files."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts" / "lib"))

import failover_table as table  # noqa: E402

NODE = "node={}|checksums={}|blocks=100|system=7|timeline={}|checkpoint={}|state={}"


def service():
    return {"succeeded": 10, "failed": 0, "unknown": 0, "errors": {}, "gaps": [], "longestGap": {"from": 1.0, "to": 1.2}}


def report(**changes):
    append = {"lost": 0, "duplicated": 0, "dirty": 0, "torn": 0, "incompatibleReads": 0, "cyclic": 0}
    return {"marks": [{"at": 0.1, "text": "killed a"}, {"at": 4.0, "text": "started a"}], "writes": service(),
            "reads": service(), "bank": service(), "append": service(), "appendVerdict": append, "nodes": [],
            "primaryBefore": "a", "primaryAfter": "b", "twoWritable": 0.05, "twoServing": 0.0, "staleReads": 0,
            "wrongTotalsRead": 0, "bankTotal": 1000, "writeLanded": True, "behind": [], "complaints": [],
            "healthyAt": 6.0, **changes}


def entry(**changes):
    return {"row": "primary killed", "fault": "", "recovery": 0.5, "report": report(**changes)}


class Reports(unittest.TestCase):
    def test_a_report_that_does_not_say_how_long_two_served_is_an_error(self):
        for name in ("twoServing", "twoWritable"):
            broken = entry()
            del broken["report"][name]
            with self.assertRaises(KeyError):
                table.figures(broken)

    def test_the_return_is_counted_from_the_moment_when_all_faults_are_undone(self):
        marks = [{"at": 0.1, "text": "killed a"}, {"at": 1.0, "text": "restarted b"}, {"at": 4.0, "text": "started a"}]
        self.assertEqual(table.figures(entry(marks=marks))["back"], 2.0)

    def test_one_fault_spoils_a_row_whose_target_is_kept(self):
        sound, broken = table.figures(entry()), table.figures(entry(writeLanded=False))
        self.assertNotIn("MISSED", table.verdict("primary killed", [sound]))
        self.assertIn("nothing wrong: MISSED", table.verdict("primary killed", [sound, broken]))


class DataAtRest(unittest.TestCase):
    def look(self, *replica):
        first = NODE.format("a", 0, 2, "0/5", "shut down in recovery")
        return table.at_rest("\n".join([first, NODE.format("b", *replica)]))

    def test_nodes_that_agree_are_sound(self):
        self.assertEqual(self.look(0, 2, "0/5", "shut down"), (None, "2 nodes, 200 blocks, timeline 2: sound"))

    def test_bad_checksums_other_timelines_positions_and_states_are_told(self):
        for replica, word in (((3, 2, "0/5", "shut down"), "checksums: 3"), ((0, 1, "0/5", "shut down"), "timeline"),
                              ((0, 2, "0/4", "shut down"), "checkpoint"), ((0, 2, "0/5", "in production"), "in production")):
            self.assertIn(word, self.look(*replica)[0])

    def test_what_could_not_be_looked_at_is_not_sound(self):
        self.assertIn("no node", table.at_rest("")[0])
        self.assertIn("refused", table.at_rest("refused")[0])


if __name__ == "__main__":
    unittest.main()
