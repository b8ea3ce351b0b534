"""Cutting off nodes that are silent, and closing off nodes that are gone."""

import unittest
from unittest import mock

import support  # noqa: F401  (finds the agent's modules)

import fence


class CloseOffTests(unittest.TestCase):
    def setUp(self):
        self.commands = []
        self.enterContext(mock.patch.object(fence, "has_net_admin", return_value=True))
        self.enterContext(mock.patch.object(fence.children, "run", side_effect=lambda words, bound: self.commands.append(words[:3])))
        self.fence = fence.Fence()

    def test_the_address_of_a_removed_node_fails_at_once_and_only_once(self):
        self.fence.close_off({"10.9.0.23"})
        self.fence.close_off({"10.9.0.23"})
        self.assertEqual(self.commands, [["ip", "route", "replace"]])

    def test_an_address_that_a_new_node_takes_is_reached_again(self):
        self.fence.close_off({"10.9.0.23"})
        self.fence.close_off(set())
        self.assertEqual(self.commands[1:], [["ip", "route", "del"]])
        self.assertEqual(self.fence.gone, set())

    def test_it_is_no_fence_that_a_returning_node_would_lift(self):
        self.fence.close_off({"10.9.0.23"})
        self.assertFalse(self.fence.holds("10.9.0.23"))


if __name__ == "__main__":
    unittest.main()
