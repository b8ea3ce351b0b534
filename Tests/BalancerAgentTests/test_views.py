import unittest

from support import healthy, in_pool, primary, replica
import views
from fence import has_net_admin
from record import Record
from settings import SettingsError, parse


class Documents(unittest.TestCase):
    def nodes(self, snapshot, selects=None):
        return views.nodes_document(snapshot, {}, selects or {})["nodes"]

    def test_roles_are_what_postgresql_says_and_lag_is_counted_in_bytes(self):
        samples = {0: primary(lsn=0x1_0000_0100, senders={"pgbc_1": "streaming"}), 1: replica(lsn=0x1_0000_0000)}
        first, second, third = self.nodes(healthy(samples=samples), {0: 7})
        self.assertEqual((first["role"], first["lag_bytes"], first["select_count"]), ("primary", 0, 7))
        self.assertEqual((second["role"], second["replication_lag"], second["lsn"]), ("standby", 256, "1/0"))
        self.assertEqual((third["role"], third["lag_bytes"], third["answers"]), ("unknown", None, False))

    def test_every_field_of_pgbalancer_is_there(self):
        wanted = {"id", "host", "port", "status", "weight", "role", "replication_lag"}
        self.assertLessEqual(wanted, set(self.nodes(healthy())[0]))

    def test_a_node_that_is_not_as_it_should_be_says_why(self):
        samples = {**healthy().samples, 0: primary(senders={"pgbc_2": "streaming"})}
        problems = [entry["problem"] for entry in self.nodes(healthy(samples=samples, detached=frozenset({2})))]
        self.assertIsNone(problems[0])
        self.assertEqual(problems[1], "it is not streaming from the primary (state not connected)")
        self.assertEqual(problems[2], "detached by an administrator")

    def test_a_node_that_is_cut_off_says_so(self):
        samples = {id: sample for id, sample in healthy().samples.items() if id != 1}
        entry = self.nodes(healthy(samples=samples, fenced=frozenset({"10.0.0.21"})))[1]
        self.assertEqual(entry["problem"], "it was silent and is cut off until it streams from the primary")

    def test_waiting_counts_as_up_and_unknown_as_down(self):
        pool = {0: in_pool(role="primary"), 1: in_pool("waiting")}
        self.assertEqual([entry["status"] for entry in self.nodes(healthy(pool=pool))], ["up", "up", "down"])

    def test_the_use_of_the_pool_is_counted_by_process(self):
        rows = [{"pid": "1", "connected": "1", "database": "db"}, {"pid": "1", "connected": "1", "database": "db"},
                {"pid": "2", "connected": "0", "database": "db"}, {"pid": "3", "connected": "0", "database": ""}]
        self.assertEqual(views.pool_document(rows), {"processes": 3, "clients": 1, "free": 2, "backend_connections": 3})

    def test_health_tells_a_lost_replica_from_a_lost_primary(self):
        pool = {"free": 1, "clients": 0, "backend_connections": 0}
        self.assertEqual(views.health_document(healthy(), pool)["health"], "healthy")
        lost = healthy(samples={id: sample for id, sample in healthy().samples.items() if id != 1})
        self.assertEqual(views.health_document(lost, pool)["health"], "degraded")
        self.assertEqual(views.health_document(healthy(record=Record(2, 1)), pool)["health"], "unhealthy")

    def test_metrics_keep_the_lines_of_one_name_together(self):
        text = views.metrics_text(healthy(), {"processes": 4, "clients": 1, "free": 3, "backend_connections": 2}, 5)
        names = [line.split("{")[0].split()[0] for line in text.splitlines() if not line.startswith("#")]
        self.assertEqual(len(set(names)), sum(1 for a, b in zip([None, *names], names) if a != b))
        self.assertIn('pgbc_node_primary{node="0",host="node0"} 1', text)
        self.assertIn("pgbc_failovers_total 5", text)


class Files(unittest.TestCase):
    def test_parameters_of_any_type_become_texts(self):
        found = parse('{"cluster": "shop", "balancer": "lb1", "parameters": {"num_init_children": 16}}')
        self.assertEqual((found.cluster, found.parameters), ("shop", {"num_init_children": "16"}))

    def test_a_broken_file_is_named(self):
        for text in ("", "[]", '{"cluster": "shop"}'):
            with self.assertRaisesRegex(SettingsError, "balancer.json"):
                parse(text)

    def test_the_capability_is_read_from_the_kernels_mask(self):
        self.assertTrue(has_net_admin("Name:\tx\nCapEff:\t00000000a80435fb\n"))
        self.assertFalse(has_net_admin("Name:\tx\nCapEff:\t00000000a80425fb\n"))
        self.assertFalse(has_net_admin(""))


if __name__ == "__main__":
    unittest.main()
