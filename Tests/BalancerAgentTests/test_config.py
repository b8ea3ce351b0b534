import unittest

import support
import config

NODES = "0 shop-0 10.0.0.20 5432 1\n1 shop-1 10.0.0.21 5432 0.5\nend\n"


def values(text):
    return dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)


class NodesFile(unittest.TestCase):
    def test_a_complete_file_gives_the_nodes_by_id(self):
        nodes = config.parse_nodes(NODES)
        self.assertEqual(nodes[1], config.Node(1, "shop-1", "10.0.0.21", 5432, 0.5))
        self.assertEqual(nodes[1].application, "pgbc_1")

    def test_a_file_without_its_last_line_is_not_taken_over(self):
        for text in ("", "0 shop-0 10.0.0.20 5432 1\n", "0 shop-0 10.0.0.20 54"):
            self.assertIsNone(config.parse_nodes(text), text)

    def test_a_broken_line_is_an_error_that_shows_it(self):
        with self.assertRaisesRegex(ValueError, "0 shop-0 10.0.0.20"):
            config.parse_nodes("0 shop-0 10.0.0.20\nend\n")
        with self.assertRaisesRegex(ValueError, "twice"):
            config.parse_nodes("0 a 10.0.0.1 5432 1\n0 b 10.0.0.2 5432 1\nend\n")


class Rendering(unittest.TestCase):
    def render(self, parameters=None, retired=None, **options):
        return values(config.render(parameters or {}, config.parse_nodes(NODES), retired or {}, "s3cr'et", **options))

    def test_backends_are_named_by_address_and_application(self):
        found = self.render()
        self.assertEqual(found["backend_hostname1"], "'10.0.0.21'")
        self.assertEqual(found["backend_application_name1"], "'pgbc_1'")
        self.assertEqual(found["backend_weight1"], "0.5")

    def test_a_session_that_has_written_reads_what_it_wrote_unless_told_otherwise(self):
        self.assertEqual(self.render()["disable_load_balance_on_write"], "'always'")
        given = {"disable_load_balance_on_write": "transaction"}
        self.assertEqual(self.render(given)["disable_load_balance_on_write"], "'transaction'")

    def test_a_users_value_wins_over_a_default_but_not_over_what_pgbc_owns(self):
        given = {"num_init_children": "16", "port": "1234", "backend_weight0": "9", "load_balance_mode": "off"}
        found = self.render(given)
        self.assertEqual(found["num_init_children"], "'16'")
        self.assertEqual(found["load_balance_mode"], "'off'")
        self.assertEqual(found["port"], "'9999'")
        self.assertEqual(found["backend_weight0"], "1")
        self.assertEqual(config.refused({"port": "1", "backend_weight0": "9", "max_pool": "2", "no way": "x"}),
                         ["backend_weight0", "no way", "port"])

    def test_quotes_and_line_ends_in_values_cannot_add_settings(self):
        text = config.render({"reset_query_list": "a'\nport = 1"}, {}, {}, "s")
        self.assertIn("reset_query_list = 'a''port = 1'\n", text)
        self.assertEqual(self.render()["health_check_password"], "'s3cr''et'")

    def test_a_node_removed_while_pgpool_runs_stays_with_weight_0(self):
        found = self.render(retired={2: support.node(2)})
        self.assertEqual(found["backend_weight2"], "0")
        self.assertEqual(found["backend_hostname2"], "'10.0.0.22'")

    def test_the_replication_check_runs_only_where_it_is_needed_and_safe_or_asked_for(self):
        def period(parameters, **options):
            return self.render(parameters, **options)["sr_check_period"]

        self.assertEqual(period({}), "'0'")
        self.assertEqual(period({"delay_threshold": "1000"}), "'2'")
        self.assertEqual(period({"delay_threshold": "1000"}, can_fence=False), "'0'")
        self.assertEqual(period({"sr_check_period": "5"}, can_fence=False), "'5'")

    def test_a_changed_address_needs_a_restart_and_a_changed_weight_does_not(self):
        before = {0: support.node(0), 1: support.node(1)}
        self.assertFalse(config.needs_restart(before, {0: support.node(0, weight=3.0), 2: support.node(2)}))
        moved = config.Node(1, "node1", "10.0.0.99", 5432, 1.0)
        self.assertTrue(config.needs_restart(before, {0: support.node(0), 1: moved}))

    def test_the_pcp_file_holds_only_a_digest(self):
        self.assertEqual(config.pcp_conf("secret"), "pgbc:5ebe2294ecd0e0f08eab7690d2a6ee69\n")


if __name__ == "__main__":
    unittest.main()
