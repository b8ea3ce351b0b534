import tempfile
import types
import unittest
from pathlib import Path

import support  # noqa: F401
import observe
from link import Unanswered


class FakeLink:
    def __init__(self, outcome):
        self.outcome = outcome

    def ask_prepared(self, name, sql, seconds):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return (self.outcome,)


def observer(outcomes, directory="/nowhere"):
    node = types.SimpleNamespace(address="10.0.0.20", port=5432)
    agent = types.SimpleNamespace(
        fleet=types.SimpleNamespace(nodes={id: node for id in outcomes}),
        hold=types.SimpleNamespace(document=lambda: {"enabled": False}), version=lambda: "4.3.5",
        failover=types.SimpleNamespace(operation="switchover to 1"),
        reconciler=types.SimpleNamespace(stale_parameters=lambda: ["max_pool"]),
        settings=types.SimpleNamespace(directory=Path(directory), changing=lambda: ["rest"]),
        record_file=types.SimpleNamespace(read=lambda: types.SimpleNamespace(term=2, primary=1)),
    )
    found = observe.Observer(agent)
    found.links = {id: ((node.address, node.port), FakeLink(outcome)) for id, outcome in outcomes.items()}
    return found


class ObserveTests(unittest.TestCase):
    def test_each_node_carries_its_own_answer_or_the_reason_why_there_is_none(self):
        found = observer({0: Unanswered("10.0.0.20:5432 did not answer in time"), 1: '{"standby": false}'})
        document = found.document(lambda: {"nodes": [{"id": 0}, {"id": 1}]}, lambda: {"clients": 3})
        self.assertEqual(document["nodes"], [
            {"id": 0, "error": "10.0.0.20:5432 did not answer in time", "refused": None},
            {"id": 1, "answer": {"standby": False}, "refused": None},
        ])
        self.assertEqual(document["pool"], {"clients": 3})
        self.assertEqual(document["record"], {"term": 2, "node": 1})
        self.assertEqual(document["listed"], [0, 1])

    def test_what_goes_on_is_said_too(self):
        document = observer({0: "{}"}).document(lambda: {"nodes": []}, lambda: None)
        self.assertEqual(document["hold"], {"enabled": False})
        self.assertEqual((document["operation"], document["version"]), ("switchover to 1", "4.3.5"))
        self.assertEqual(document["stale_parameters"], ["max_pool"])
        self.assertEqual(document["changing_secrets"], ["rest"])

    def test_what_postgresql_said_of_settings_that_it_refused_is_passed_on(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "refused.1").write_text("FATAL: invalid value\n# end\n")
            nodes = observer({0: "{}", 1: "{}"}, folder).document(
                lambda: {"nodes": [{"id": 0}, {"id": 1}]}, lambda: None)["nodes"]
        self.assertEqual([node["refused"] for node in nodes], [None, "FATAL: invalid value\n# end"])

    def test_what_is_written_down_of_a_major_upgrade_is_passed_on_as_it_is(self):
        with tempfile.TemporaryDirectory() as folder:
            def seen():
                return observer({0: "{}"}, folder).document(lambda: {"nodes": []}, lambda: None)["upgrade"]
            record = Path(folder) / "upgrade.json"
            self.assertIsNone(seen())
            for text, expected in (("", None), ('{"phase":"begun"}', '{"phase":"begun"}')):
                record.write_text(text)
                self.assertEqual(seen(), expected)
            record.write_bytes(b"\xff{")
            self.assertTrue(seen())

    def test_an_answer_that_is_no_json_is_an_error_of_that_node_only(self):
        found = observer({0: "not json", 1: '{"standby": true}'})
        document = found.document(lambda: {"nodes": [{"id": 0}, {"id": 1}]}, lambda: None)
        self.assertIn("error", document["nodes"][0])
        self.assertEqual(document["nodes"][1]["answer"], {"standby": True})


if __name__ == "__main__":
    unittest.main()
