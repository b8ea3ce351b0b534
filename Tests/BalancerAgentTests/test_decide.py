import unittest

from support import healthy, in_pool, node, primary, replica
from decide import decide, unfit
from record import Record

STREAMING = {"pgbc_1": "streaming", "pgbc_2": "streaming"}


def done(snapshot):
    return [(action.kind, action.id) for action in decide(snapshot)]


class Decisions(unittest.TestCase):
    def test_a_healthy_cluster_needs_nothing(self):
        self.assertEqual(done(healthy()), [])

    def test_without_a_record_nothing_is_done(self):
        self.assertEqual(done(healthy(record=None)), [])
        self.assertEqual(unfit(healthy(record=None), 0), "there is no record of a primary")

    def test_a_replica_that_streams_again_is_attached(self):
        self.assertEqual(done(healthy(pool={**healthy().pool, 1: in_pool("down")})), [("attach", 1)])

    def test_the_recorded_primary_is_attached_before_the_replicas(self):
        down = {id: in_pool("down") for id in range(3)}
        self.assertEqual(done(healthy(record=Record(2, 2), pool=down, samples={
            0: replica(2), 1: replica(2), 2: primary(2, senders={"pgbc_0": "streaming", "pgbc_1": "streaming"}),
        })), [("attach", 2), ("attach", 0), ("attach", 1)])

    def test_a_replica_is_not_attached_before_the_primary_streams_to_it(self):
        for state in ("startup", "catchup", None):
            senders = {"pgbc_2": "streaming", **({"pgbc_1": state} if state else {})}
            samples = {**healthy().samples, 0: primary(senders=senders)}
            self.assertEqual(done(healthy(samples=samples, pool={**healthy().pool, 1: in_pool("down")})), [], state)

    def test_a_replica_on_another_timeline_is_not_attached(self):
        samples = {**healthy().samples, 1: replica(timeline=2)}
        self.assertEqual(done(healthy(samples=samples, pool={**healthy().pool, 1: in_pool("down")})), [])

    def test_a_diverged_old_primary_is_never_attached_and_is_put_out(self):
        samples = {0: primary(1), 1: primary(2, senders={"pgbc_2": "streaming"}), 2: replica(2)}
        pool = {0: in_pool("down"), 1: in_pool(role="primary"), 2: in_pool()}
        self.assertEqual(done(healthy(record=Record(2, 1), samples=samples, pool=pool)), [])
        pool[0] = in_pool("up")
        self.assertEqual(done(healthy(record=Record(2, 1), samples=samples, pool=pool)), [("detach", 0)])

    def test_a_node_that_does_not_answer_is_not_attached(self):
        samples = {id: sample for id, sample in healthy().samples.items() if id != 1}
        self.assertEqual(done(healthy(samples=samples, pool={**healthy().pool, 1: in_pool("down")})), [])

    def test_what_an_administrator_detached_stays_out(self):
        out = frozenset({1})
        self.assertEqual(done(healthy(detached=out)), [("detach", 1)])
        self.assertEqual(done(healthy(detached=out, pool={**healthy().pool, 1: in_pool("down")})), [])
        unknown = {id: seen for id, seen in healthy().pool.items() if id != 1}
        self.assertEqual(done(healthy(detached=out, pool=unknown, included=frozenset({0, 2}))), [])

    def test_the_recorded_primary_is_taken_back_although_it_was_detached(self):
        out = frozenset({0})
        self.assertEqual(done(healthy(detached=out, pool={**healthy().pool, 0: in_pool("down", "primary")})),
                         [("attach", 0)])

    def test_a_removed_node_is_detached(self):
        nodes = {0: node(0), 1: node(1)}
        self.assertEqual(done(healthy(nodes=nodes)), [("detach", 2)])
        self.assertEqual(done(healthy(nodes=nodes, pool={**healthy().pool, 2: in_pool("down")})), [])

    def test_a_new_node_is_made_known_to_pgpool_only_when_it_streams(self):
        known = {"included": frozenset({0, 1}), "pool": {0: in_pool(role="primary"), 1: in_pool()}}
        self.assertEqual(done(healthy(**known)), [("include", 2)])
        samples = {**healthy().samples, 0: primary(senders={"pgbc_1": "streaming"})}
        self.assertEqual(done(healthy(samples=samples, **known)), [])

    def test_a_replica_that_has_not_followed_for_long_is_detached(self):
        samples = {**healthy().samples, 0: primary(senders={"pgbc_2": "streaming"})}
        self.assertEqual(done(healthy(samples=samples)), [])
        self.assertEqual(done(healthy(samples=samples, stale=frozenset({1}))), [("detach", 1)])

    def test_a_lost_primary_that_another_node_has_replaced_is_detached(self):
        samples = {1: primary(2, senders={"pgbc_2": "streaming"}), 2: replica(2)}
        self.assertNotIn(("detach", 0), done(healthy(samples=samples)))
        self.assertIn(("detach", 0), done(healthy(record=Record(2, 1), samples=samples)))

    def test_pgpools_wrong_idea_of_the_primary_is_put_right(self):
        pool = {id: in_pool() for id in range(3)}
        self.assertEqual(done(healthy(pool=pool)), [("name_primary", 0)])

    def test_the_primary_is_not_named_while_it_takes_no_writes(self):
        pool = {id: in_pool() for id in range(3)}
        self.assertEqual(done(healthy(pool=pool, samples={**healthy().samples, 0: replica()})), [])

    def test_the_recorded_primary_is_never_detached(self):
        self.assertEqual(done(healthy(detached=frozenset({0}))), [])
        self.assertEqual(done(healthy(stale=frozenset({0}))), [])


if __name__ == "__main__":
    unittest.main()
