import contextlib
import os
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from support import healthy, in_pool, node, primary, replica
import reconcile
from bell import is_heard
from guard import GONE_GRACE, GRACE, LONE_GRACE, RETURNING, SETTLED, SILENT, STALE, STARTING_GRACE, Guard
from knock import REFUSED, STARTING
from record import Record
from settings import Settings


class FakeFleet:
    directory = Path("/nowhere")

    def __init__(self, snapshot):
        self.show(snapshot)
        self.detached, self.pool_at, self.wakes, self.looks = set(), 0.0, 0, 0
        self.all_watches, self.attached = [], []

    def show(self, snapshot):
        self.nodes, self.pool, self.known = snapshot.nodes, snapshot.pool, snapshot.samples

    def samples(self):
        return self.known

    def watch(self, id):
        return None

    def watches(self):
        return self.all_watches

    def reread(self):
        return False

    def look_at_pool(self):
        self.looks += 1

    def wake(self):
        self.wakes += 1

    def note_attached(self, id):
        self.attached.append(id)


class FakeHold:
    """`open_ones` transactions are open when clients are held; what happens meanwhile is in `seen`."""

    def __init__(self):
        self.enabled, self.open_ones, self.seen, self.bounds = False, 0, [], []

    @contextlib.contextmanager
    def around(self, why, seconds, bound):
        self.seen.append(f"hold: {why}")
        self.bounds.append(bound)
        yield self.open_ones
        self.seen.append("let go")


class FakePgpool:
    settles = True

    def __init__(self):
        self.door = []
        self.calls, self.stamp, self.busy, self.seen_off = [], 1, False, lambda: None

    def is_busy(self):
        return self.busy

    def mark(self):
        return "mark"

    def settle(self, mark, seconds):
        return self.settles

    def see_off(self, mark):
        self.seen_off()

    @contextlib.contextmanager
    def door_shut(self):
        self.door.append("shut")
        yield
        self.door.append("open")

    def status_stamp(self):
        return self.stamp

    def reload(self, conf):
        self.calls.append("reload")

    def stop(self, bound=None):
        self.calls.append("stop")

    def start(self, conf, pcp_conf):
        self.calls.append("start")


class Clocked(unittest.TestCase):
    def setUp(self):
        self.now = 1000.0
        for module in ("reconcile", "guard"):
            patcher = mock.patch(f"{module}.time", SimpleNamespace(monotonic=lambda: self.now))
            patcher.start()
            self.addCleanup(patcher.stop)
        self.log = self.patched("reconcile.log")

    def patched(self, name, **options):
        patcher = mock.patch(name, **options)
        self.addCleanup(patcher.stop)
        return patcher.start()


class Rounds(Clocked):
    def make(self, snapshot):
        self.fleet, self.pgpool = FakeFleet(snapshot), FakePgpool()
        self.record_file = mock.Mock(read=mock.Mock(return_value=snapshot.record))
        self.failover = mock.Mock()
        self.failover.lock.locked.return_value = False
        settings = SimpleNamespace(parameters={}, hold=False, directory=Path("/nowhere"), secret=lambda name: "secret")
        fence = mock.Mock(addresses=set(), available=True)
        self.hold = FakeHold()
        made = reconcile.Reconciler(settings, self.fleet, self.record_file, self.failover, fence, self.pgpool,
                                    self.hold, mock.Mock())
        self.patched("reconcile.knock.knock", return_value=REFUSED + "!")
        made.included = {id: snapshot.nodes[id] for id in snapshot.included}
        self.pcp = self.patched("reconcile.PCP").return_value.__enter__.return_value
        return made

    def test_a_quiet_round_looks_at_pgpool_only_every_few_seconds(self):
        made = self.make(healthy())
        made.round()
        self.fleet.pool_at = self.now
        looks = self.fleet.looks
        for _ in range(5):
            self.now += 0.5
            self.assertFalse(made.round())
        self.assertEqual(self.fleet.looks, looks)
        self.pgpool.stamp += 1
        made.round()
        self.assertEqual(self.fleet.looks, looks + 1)

    def test_an_action_is_repeated_only_after_a_while(self):
        made = self.make(healthy(pool={**healthy().pool, 1: in_pool("down")}))
        for _ in range(4):
            made.round()
            self.now += 0.5
        self.assertEqual(self.pcp.attach.call_args_list, [mock.call(1)])
        self.now += reconcile.REPEAT
        made.round()
        self.assertEqual(self.pcp.attach.call_count, 2)

    def test_a_node_counts_as_attached_when_pgpool_has_said_so(self):
        for settles, wanted in ((False, []), (True, [1])):
            made = self.make(healthy(pool={**healthy().pool, 1: in_pool("down")}))
            self.pgpool.settles = settles
            made.round()
            self.assertEqual(self.fleet.attached, wanted)

    def test_new_connections_wait_while_pgpool_carries_out_a_change(self):
        made = self.make(healthy(pool={**healthy().pool, 1: in_pool("down")}))
        self.pcp.attach.side_effect = lambda id: self.pgpool.door.append("attach")
        made.round()
        self.assertEqual(self.pgpool.door, ["attach"] if self.hold.enabled else ["shut", "attach", "open"])

    def test_what_a_second_look_does_not_confirm_is_not_done(self):
        before = healthy(pool={**healthy().pool, 1: in_pool("down")})
        made = self.make(before)
        gone = {id: sample for id, sample in before.samples.items() if id != 1}
        self.patched("reconcile.fresh_samples", side_effect=lambda *_: self.fleet.show(
            healthy(pool=before.pool, samples=gone)))
        self.assertFalse(made.round())
        self.pcp.attach.assert_not_called()

    def test_nothing_is_done_while_a_failover_runs(self):
        made = self.make(healthy(pool={**healthy().pool, 1: in_pool("down")}))
        self.failover.lock.locked.return_value = True
        self.assertFalse(made.round())
        self.pcp.attach.assert_not_called()

    def test_the_last_failover_has_healed_when_all_nodes_serve(self):
        made = self.make(healthy(samples={**healthy().samples, 1: replica(receiver=None)}, pool={
            **healthy().pool, 2: in_pool("down")}))
        made.round()
        self.failover.note_healed.assert_not_called()
        self.fleet.show(healthy())
        made.round()
        self.failover.note_healed.assert_called_once()

    def test_a_replica_that_came_back_is_looked_at_often_and_not_for_ever(self):
        lost = primary(senders={"pgbc_2": "streaming"})
        made = self.make(healthy(samples={**healthy().samples, 0: lost}))
        watch = mock.Mock()
        self.fleet.watch = lambda id: watch
        self.patched("reconcile.fresh_samples")
        self.assertTrue(made.round())
        watch.want.assert_called_once()
        self.now += RETURNING
        made.round()
        self.assertFalse(made.round())

    def test_a_new_node_is_included_by_a_reload(self):
        made = self.make(healthy(included=frozenset({0, 1}), pool={0: in_pool(role="primary"), 1: in_pool()}))
        self.assertTrue(made.round())
        self.assertEqual((self.pgpool.calls, sorted(made.included)), (["reload"], [0, 1, 2]))

    def test_a_pgpool_that_does_not_take_the_primary_back_is_restarted_too(self):
        made = self.make(healthy(pool={**healthy().pool, 0: in_pool("down")}))
        for _ in range(30):
            made.round()
            self.now += 0.5
            if self.pgpool.calls:
                break
        self.assertEqual(self.pcp.attach.call_count, reconcile.TRIES)
        self.assertEqual(self.pgpool.calls, ["stop", "start"])

    def test_a_pgpool_that_does_not_listen_is_told_twice_and_then_restarted(self):
        made = self.make(healthy(pool={id: in_pool() for id in range(3)}))
        for _ in range(30):
            made.round()
            self.now += 0.5
            if self.pgpool.calls:
                break
        self.assertEqual(self.pcp.name_primary.call_count, 2)
        self.assertEqual(self.pgpool.calls, ["stop", "start"])


class HeldRounds(Rounds):
    """The same rounds, and what is different with `hold`."""

    def make(self, snapshot):
        made = super().make(snapshot)
        self.hold.enabled = True
        return made

    def returning(self):
        return self.make(healthy(pool={**healthy().pool, 1: in_pool("down")}))

    def test_clients_are_held_until_pgpool_has_carried_out_a_change(self):
        made = self.returning()
        self.pcp.attach.side_effect = lambda id: self.hold.seen.append("attach")
        self.pgpool.settle = lambda *_: self.hold.seen.append("settled")
        self.pgpool.seen_off = lambda: self.hold.seen.append("old children are gone")
        made.round()
        self.assertEqual(self.hold.seen, [
            "hold: attach node 1", "attach", "settled", "old children are gone", "let go"])

    def test_a_replica_returns_later_while_transactions_are_open_and_at_last_anyway(self):
        made = self.returning()
        self.hold.open_ones, waited = 1, []
        for _ in range(1000):
            made.round()
            if self.pcp.attach.called:
                break
            waited.append(len(self.hold.seen))
            self.now += 0.5
        self.pcp.attach.assert_called_once_with(1)
        self.assertEqual(self.hold.bounds, [0.5, 1.0, 2.0])
        self.assertLess(self.now - 1000 + sum(self.hold.bounds), 8)  # as long as a request to attach it may take

    def test_a_replica_that_has_returned_is_put_off_anew_the_next_time(self):
        made = self.returning()
        for self.hold.open_ones in (1, 0, 1, 0):
            made.round()
            self.now += 5
        self.assertEqual((self.hold.bounds, self.pcp.attach.call_count), ([0.5, 1.0, 0.5, 1.0], 2))

    def test_pgpool_is_left_alone_while_it_is_busy_with_the_last_change(self):
        made = self.returning()
        self.pgpool.busy = True
        self.assertTrue(made.round())
        self.assertEqual(self.hold.seen, [])
        self.pgpool.busy = False
        made.round()
        self.pcp.attach.assert_called_once_with(1)

    def test_pgpool_bears_with_a_node_that_is_spared_and_only_so_long(self):
        made, confs = self.make(healthy()), []
        self.pgpool.reload = confs.append
        made.spare(0, True)
        made.spare(0, False)
        self.assertIn("backend_flag0 = 'DISALLOW_TO_FAILOVER'", confs[0])
        self.assertIn("backend_flag1 = 'ALLOW_TO_FAILOVER'", confs[0])
        self.assertNotIn("DISALLOW", confs[1])

    def test_a_restart_of_pgpool_holds_clients(self):
        made = self.make(healthy())
        made.restart("a reason")
        self.assertEqual(self.hold.seen, ["hold: restart of pgpool", "let go"])
        self.assertEqual(self.pgpool.calls, ["stop", "start"])


class Reloading(Clocked):
    make = Rounds.make

    def reload(self, before, after):
        made = self.make(healthy())
        made.settings = Settings("c", "lb1", before)
        with mock.patch("reconcile.load_settings", return_value=Settings("c", "lb1", after, hold=True)), \
                mock.patch.object(Settings, "secret", return_value="secret"):
            answer = made.reload_parameters()
        self.assertFalse(made.settings.hold)
        return answer, self.pgpool.calls

    def test_a_parameter_that_pgpool_reads_again_needs_no_restart(self):
        self.assertEqual(self.reload({}, {"client_idle_limit": "5"}), ((["client_idle_limit"], False), ["reload"]))

    def test_a_parameter_that_pgpool_reads_at_its_start_needs_one(self):
        answer, calls = self.reload({"max_pool": "2"}, {"num_init_children": "40"})
        self.assertEqual((answer, calls), ((["max_pool", "num_init_children"], True), ["stop", "start"]))

    def test_a_parameter_of_pgbouncer_and_one_of_a_single_node_need_none(self):
        names = {"max_client_conn": "10", "health_check_period1": "3"}
        self.assertEqual(self.reload({}, names), ((sorted(names), False), ["reload"]))

    def test_a_parameter_that_stays_the_same_is_not_named(self):
        self.assertEqual(self.reload({"max_pool": "2"}, {"max_pool": "2"}), (([], False), ["reload"]))


class Guarding(Clocked):
    def make(self, snapshot, knocked=REFUSED):
        self.fleet, self.failover = FakeFleet(snapshot), mock.Mock()
        self.fence = mock.Mock(addresses={"10.0.0.20"})
        self.patched("guard.knock.knock", return_value=knocked)
        return Guard(self.fleet, self.failover, self.fence)

    def pass_time(self, guard, seconds):
        end = self.now + seconds
        while self.now < end:
            guard.watch_over_primary(Record(1, 0))
            self.now += 0.5

    def test_a_primary_lost_for_long_is_replaced_without_being_asked(self):
        guard = self.make(healthy(samples={1: replica(), 2: replica()}))
        self.pass_time(guard, GRACE)
        self.failover.run.assert_not_called()
        self.pass_time(guard, 1.5)
        self.failover.run.assert_called_once()

    def test_a_primary_that_ended_its_connections_is_replaced_at_once_and_once(self):
        guard = self.make(healthy(samples={1: replica(), 2: replica()}))
        self.fleet.watch = lambda id: mock.Mock(lost=lambda: True)
        self.pass_time(guard, 2)
        self.failover.run.assert_called_once()

    def test_a_primary_that_its_settings_make_read_only_is_not_lost(self):
        guard = self.make(healthy(samples={0: replace(primary(), read_only=True), 1: replica(), 2: replica()}))
        self.pass_time(guard, 2 * GRACE)
        self.failover.run.assert_not_called()

    def test_a_primary_that_says_it_is_starting_is_given_more_time(self):
        guard = self.make(healthy(samples={1: replica()}), knocked=STARTING)
        self.pass_time(guard, STARTING_GRACE - 1)
        self.failover.run.assert_not_called()
        self.pass_time(guard, 2.5)
        self.failover.run.assert_called_once()

    def test_a_primary_whose_container_does_not_run_is_waited_for_less_long(self):
        guard = self.make(healthy(samples={1: replica()}))
        with mock.patch("guard.is_heard", return_value=False):
            self.pass_time(guard, GONE_GRACE)
            self.failover.run.assert_not_called()
            self.pass_time(guard, 1)
        self.failover.run.assert_called_once()

    def test_a_primary_that_is_gone_while_replicas_have_run_for_long_is_waited_for_only_a_moment(self):
        old = replace(replica(), uptime=SETTLED + 1)
        for samples, is_quick in (({1: old, 2: old}, True), ({1: old, 2: replica()}, False)):
            guard = self.make(healthy(samples=samples))
            with mock.patch("guard.is_heard", return_value=False):
                self.pass_time(guard, LONE_GRACE + 1)
            self.assertEqual(self.failover.run.called, is_quick)

    def test_a_primary_that_this_agent_has_seen_and_that_is_gone_is_waited_for_only_a_moment(self):
        guard = self.make(healthy(samples={1: replica()}))
        self.fleet.watch = lambda id: mock.Mock(lost=lambda: False, sample=primary())
        with mock.patch("guard.is_heard", return_value=False):
            self.pass_time(guard, LONE_GRACE + 1)
        self.failover.run.assert_called_once()

    def test_a_bell_that_nobody_hears_tells_that_the_container_does_not_run(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertTrue(is_heard(folder, 0))
            os.mkfifo(f"{folder}/bell.0")
            self.assertFalse(is_heard(folder, 0))
            listener = os.open(f"{folder}/bell.0", os.O_RDONLY | os.O_NONBLOCK)
            self.addCleanup(os.close, listener)
            self.assertTrue(is_heard(folder, 0))

    def test_a_primary_that_comes_back_in_time_stays(self):
        guard = self.make(healthy(samples={1: replica()}))
        self.pass_time(guard, GRACE - 1)
        self.fleet.show(healthy())
        self.pass_time(guard, 1)
        self.fleet.show(healthy(samples={1: replica()}))
        self.pass_time(guard, GRACE - 1)
        self.failover.run.assert_not_called()

    def test_without_replicas_there_is_nobody_to_wait_for(self):
        guard = self.make(healthy(samples={}))
        self.pass_time(guard, 10 * GRACE)
        self.failover.run.assert_not_called()

    def test_a_replica_is_stale_after_a_while_and_not_before(self):
        guard = self.make(healthy())
        lost = healthy(samples={**healthy().samples, 0: primary(senders={"pgbc_2": "streaming"})})
        guard.note_stale(lost)
        self.assertEqual(guard.stale, frozenset())
        self.now += STALE + 1
        guard.note_stale(lost)
        self.assertEqual(guard.stale, frozenset({1}))
        guard.note_stale(healthy())
        self.assertEqual(guard.stale, frozenset())

    def silent(self, seconds, **changed):
        """Who is cut off after nodes 0 and 1 have been silent for `seconds`; the primary still has node 1's session."""
        guard = self.make(healthy())
        self.fence.holds.return_value = False
        self.fence.raise_against.return_value = None
        self.patched("guard.log")
        self.fleet.all_watches = [mock.Mock(node=node(id), hangs=True, failing_for=lambda: seconds) for id in (0, 1)]
        samples = {**healthy().samples, 0: primary(senders={"pgbc_1": "streaming"}, quiet=["pgbc_1"])}
        guard.raise_fences(healthy(**{"samples": samples, **changed}))
        return [call.args[0] for call in self.fence.raise_against.call_args_list]

    def test_a_replica_that_stays_silent_is_cut_off_and_the_primary_is_not(self):
        self.assertEqual(self.silent(SILENT - 1), [])
        self.assertEqual(self.silent(SILENT + 1), ["10.0.0.21"])

    def test_a_replica_that_was_detached_on_purpose_is_not_cut_off(self):
        self.assertEqual(self.silent(SILENT + 1, detached=frozenset({1})), [])

    def test_a_replica_of_which_the_primary_hears_is_not_cut_off(self):
        self.assertEqual(self.silent(SILENT + 1, samples=healthy().samples), [])

    def test_a_fence_stays_while_the_primary_only_believes_that_the_node_streams(self):
        guard = self.make(healthy())
        hung = primary(2, senders={"pgbc_0": "streaming"}, quiet=["pgbc_0"])
        guard.lift_fences(healthy(record=Record(2, 1), samples={1: hung, 2: replica(2)}))
        self.fence.lift.assert_not_called()

    def test_a_fence_falls_when_the_node_streams_from_the_new_primary(self):
        behind = {1: primary(2, senders={"pgbc_2": "streaming"}), 2: replica(2)}
        guard = self.make(healthy())
        guard.lift_fences(healthy(record=Record(2, 1), samples=behind))
        self.fence.lift.assert_not_called()
        behind[1] = primary(2, senders={"pgbc_0": "streaming"})
        guard.lift_fences(healthy(record=Record(2, 1), samples=behind))
        self.fence.lift.assert_called_once_with("10.0.0.20")

    def test_a_fence_falls_when_nothing_else_is_left(self):
        guard = self.make(healthy())
        guard.lift_fences(healthy(record=Record(2, 1), samples={}))
        self.fence.lift.assert_called_once_with("10.0.0.20")


if __name__ == "__main__":
    unittest.main()
