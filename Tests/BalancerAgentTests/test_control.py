import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from support import healthy, in_pool
import control
import landing
import options
from control import Control
from hold import HoldError
from link import Unanswered
from record import Record
from story import History, Story


class ControlCase(unittest.TestCase):
    def make(self, hold=False, **changed):
        self.snapshot = healthy(**changed)
        self.calls = []
        self.hold = mock.Mock(enabled=hold)
        self.hold.document.return_value = {"enabled": True, "state": "paused", "until": 5.0, "waiting": 1, "clients": 2}
        self.failover = mock.Mock(operation=None)
        fleet = mock.Mock(nodes=self.snapshot.nodes)
        fleet.pool_status.side_effect = lambda id: "up"
        self.link = fleet.watch.return_value.link
        reconciler = mock.Mock(settings=SimpleNamespace(parameters={"max_client_conn": "9"}), included={0: 1, 1: 1})
        reconciler.snapshot.return_value = self.snapshot
        reconciler.drain.side_effect = lambda id, drained: self.calls.append(("drain", id, drained))
        fleet.set_detached.side_effect = lambda id, detached: self.calls.append(("detached", id, detached))
        self.reconciler, self.record = reconciler, Record(1, 0)
        self.bouncer = mock.Mock()
        agent = SimpleNamespace(
            fleet=fleet, reconciler=reconciler, hold=self.hold, failover=self.failover, bouncer=self.bouncer,
            record_file=SimpleNamespace(read=lambda: self.record), settings=SimpleNamespace(secret=lambda name: "s"))
        made = Control(agent)
        made._reached = lambda id, wanted: True
        return made

    def setUp(self):
        for name in ("control.log", "control.time.sleep", "control.fresh_samples"):
            patcher = mock.patch(name)
            patcher.start()
            self.addCleanup(patcher.stop)


class Detaching(ControlCase):
    def test_a_node_is_drained_before_it_is_detached(self):
        made = self.make()
        self.link.ask.side_effect = [(2,), (1,), (0,)]
        self.assertEqual(made.detach(1, {"seconds": 5})[0], 200)
        self.assertEqual(self.calls, [("drain", 1, True), ("detached", 1, True), ("drain", 1, False)])
        self.assertEqual(self.link.ask.call_count, 3)

    def test_sessions_that_do_not_end_are_waited_for_only_so_long(self):
        made = self.make()
        self.link.ask.return_value = (1,)
        self.assertEqual(made.detach(1, {"seconds": 0.01})[0], 200)

    def test_a_node_that_does_not_answer_is_not_waited_for(self):
        made = self.make()
        self.link.ask.side_effect = Unanswered("no answer")
        self.assertEqual(made.detach(1, {"seconds": 60})[0], 200)

    def test_where_clients_can_be_held_nothing_is_drained(self):
        made = self.make(hold=True)
        self.assertEqual(made.detach(1, {})[0], 200)
        self.assertEqual(self.calls, [("detached", 1, True), ("drain", 1, False)])

    def test_the_primary_cannot_be_detached(self):
        self.assertEqual(self.make().detach(0, {})[0], 409)
        self.assertEqual(self.calls, [])

    def test_a_node_that_is_not_fit_is_not_attached_and_the_reason_is_said(self):
        made = self.make(samples={0: healthy().samples[0]})
        with mock.patch("control.FIT_BOUND", 0.0):
            status, document = made.attach(1, {})
        self.assertEqual((status, document["code"]), (409, "not_ready"))
        self.assertIn("does not answer", document["reason"])

    def test_a_node_is_looked_at_again_before_it_is_refused(self):
        made, looks = self.make(), []
        before = healthy(samples={0: healthy().samples[0]})
        self.reconciler.snapshot.side_effect = [before, before, self.snapshot]
        with mock.patch("control.fresh_samples", lambda *_: looks.append(1)):
            self.assertEqual(made.attach(1, {})[0], 200)
        self.assertEqual(len(looks), 3)


class Recovering(ControlCase):
    """The node's part: it takes the request away when it begins, and streams when its clone is whole."""

    writable, operation = "takes writes", None

    def recovered(self, looks, taken=True, id=1):
        with tempfile.TemporaryDirectory() as folder:
            made, request = self.make(), Path(folder) / f"reclone.{id}"
            self.failover.still_writable.return_value, self.failover.operation = self.writable, self.operation
            made.agent.settings.directory = Path(folder)
            self.seen = []

            def node(*_):
                self.seen.append(request.exists())
                if taken:
                    request.unlink(missing_ok=True)

            with mock.patch("control.ring", node), mock.patch("control.TAKEN_BOUND", 0.0 if not taken else 5.0), \
                    mock.patch("control.unfit", side_effect=looks):
                answer = made.recovery(id, {"seconds": 5})
            self.left = request.exists()
        return answer

    def test_it_answers_when_the_node_has_been_away_and_serves_again(self):
        status, document = self.recovered([None, "it does not answer", "not streaming", None])
        self.assertEqual((status, document["status"]), (200, "recovered"))
        self.assertTrue(self.seen[0])

    def test_a_request_that_no_container_takes_is_withdrawn(self):
        status, document = self.recovered([], taken=False)
        self.assertEqual((status, document["code"], self.left), (504, "not_taken", False))

    def test_a_clone_that_takes_longer_goes_on_and_that_is_said(self):
        with mock.patch("control.time.monotonic", side_effect=[0.0, 0.0, 1.0, 2.0, 99.0]):
            status, document = self.recovered(["it does not answer"] * 9)
        self.assertEqual((status, document["code"]), (504, "not_verified"))

    def test_a_node_that_may_have_to_take_over_is_left_as_it_is(self):
        for writable, operation in ((None, None), ("takes writes", "switchover to 1")):
            with self.subTest(writable=writable):
                self.writable, self.operation = writable, operation
                status, document = self.recovered([])
                self.assertEqual((status, document["code"], self.seen), (409, "busy", []))

    def test_the_primary_is_never_cloned(self):
        status, document = self.recovered([], id=0)
        self.assertEqual((status, document["code"], self.seen), (409, "is_primary", []))


class Promoting(ControlCase):
    def promoted(self, becomes):
        made = self.make()
        self.failover.still_writable.side_effect = [None, "takes writes"]

        def run(cause, to=None, force=False):
            self.calls.append((to, force))
            self.record = Record(2, becomes)
            return f"node {becomes} is primary"

        self.failover.run.side_effect = run
        return made.promote(1, {})

    def test_the_node_that_was_named_takes_over_and_no_other(self):
        status, document = self.promoted(1)
        self.assertEqual((status, document["node"], document["term"], self.calls), (200, 1, 2, [(1, False)]))

    def test_a_promotion_that_ended_otherwise_is_told(self):
        self.assertEqual(self.promoted(0)[0], 409)


class Pausing(ControlCase):
    def test_without_hold_clients_cannot_be_paused_or_resumed(self):
        made = self.make()
        self.assertEqual((made.pause({})[0], made.resume({})[0]), (409, 409))

    def test_a_pause_says_until_when_and_for_how_many(self):
        made = self.make(hold=True)
        self.hold.shut.return_value = ("holder", 0)
        status, document = made.pause({"seconds": 3})
        self.assertEqual((status, document), (200, {
            "status": "paused", "state": "paused", "until": 5.0, "waiting": 1, "clients": 2}))
        self.assertEqual(self.hold.shut.call_args.args[1], 3)

    def test_a_pause_that_open_transactions_prevent_lets_clients_go(self):
        made = self.make(hold=True)
        self.hold.shut.return_value = ("holder", 2)
        self.assertEqual(made.pause({"seconds": 3})[0], 503)
        self.hold.open.assert_called_once_with("holder")

    def test_a_pgbouncer_that_does_not_answer_is_said(self):
        made = self.make(hold=True)
        self.hold.shut.side_effect = HoldError("console: gone")
        self.assertEqual(made.pause({})[1]["reason"], "console: gone")

    def test_bounds_are_kept_within_reason(self):
        for given, wanted in ((3, 3.0), (1e9, control.LONGEST), (-5, 2.0), ("x", 10.0), (True, 10.0), (None, 10.0)):
            self.assertEqual(control.seconds_in({"seconds": given}, 10.0, least=2.0), wanted)


class Forcing(ControlCase):
    def forced(self, made, chosen, landed=None, outcome="node 1 is primary"):
        story = Story("now", 0, "forced", chosen=chosen, landed=landed)
        self.failover.stories = [story]

        def run(*_, **options):
            self.calls.append(options)
            if chosen is not None:
                self.record = Record(2, chosen)
                with mock.patch("story.log"):
                    story.phase("first write", "seen")
            return outcome

        self.failover.run.side_effect = run
        return made.failover({"to": chosen})

    def test_it_answers_when_a_write_has_arrived(self):
        status, document = self.forced(self.make(), 1)
        self.assertEqual((status, document["from"], document["to"], document["term"]), (200, 0, 1, 2))
        self.assertEqual(self.calls, [{"to": 1, "force": True}])

    def test_a_write_that_did_not_arrive_is_not_called_a_success(self):
        self.assertEqual(self.forced(self.make(), 1, landed="no answer")[0], 504)

    def test_a_primary_that_could_not_be_replaced_is_a_conflict(self):
        status, document = self.forced(self.make(), None, outcome="no replica answers")
        self.assertEqual((status, document["reason"]), (409, "no replica answers"))

    def test_a_node_that_does_not_exist_is_not_found(self):
        made = self.make()
        self.assertEqual((made.failover({"to": 7})[0], made.switchover({"to": "x"})[0]), (404, 404))

    def test_it_does_not_cut_into_another_operation(self):
        made = self.make()
        self.failover.operation = "switchover to 2"
        self.assertEqual(made.failover({})[0], 409)


class Reloading(ControlCase):
    def test_the_names_that_changed_are_said_and_pgbouncer_is_told_too(self):
        made = self.make(hold=True)
        self.reconciler.reload_parameters.return_value = (["max_client_conn"], False)
        with mock.patch("control.PCP") as pcp:
            pcp.return_value.__enter__.return_value.node_count.return_value = 2
            status, document = made.reload({})
        self.assertEqual((status, document["reloaded"], document["restarted"]), (200, ["max_client_conn"], False))
        self.bouncer.reload.assert_called_once_with({"max_client_conn": "9"})


class LandingWrites(unittest.TestCase):
    def make(self, *answers, pool=None):
        self.asked, self.pgpool = iter(answers), mock.Mock(**{"mark.return_value": 3})
        watch = SimpleNamespace(node=SimpleNamespace(address="10.0.0.21"), link=SimpleNamespace(ask=lambda *_: (True,)))
        fleet = SimpleNamespace(watch=lambda id: watch, look_at_pool=lambda: True, pool=pool or {},
                                secrets=lambda name: ["secret"])

        class FakeLink:
            def __init__(self, *_):
                pass

            def ask(link, *_):
                answer = next(self.asked)
                if isinstance(answer, Exception):
                    raise answer
                return answer

            def close(self):
                pass

        patcher = mock.patch("landing.Link", FakeLink)
        patcher.start()
        self.addCleanup(patcher.stop)
        return landing.Landing(fleet, self.pgpool, 9999)

    def test_a_write_that_the_new_primary_has_is_a_success(self):
        self.assertIsNone(self.make(("0/10", "10.0.0.21")).write(1, 5))

    def test_a_write_is_tried_until_it_lands_on_the_right_node(self):
        made = self.make(Unanswered("no"), ("0/10", "10.0.0.20"), ("0/10", "10.0.0.21"))
        self.assertIsNone(made.write(1, 5))

    def test_the_last_problem_is_said_when_the_time_is_over(self):
        made = self.make(*[("0/10", "10.0.0.20")] * 50)
        self.assertIn("the write went to 10.0.0.20", made.write(1, 0.03))

    def test_pgpool_is_told_of_a_primary_that_it_still_uses_and_of_no_other(self):
        made = self.make()
        with mock.patch("landing.PCP") as pcp:
            pcp = pcp.return_value.__enter__.return_value
            pcp.nodes.return_value = {0: in_pool("up", "primary"), 1: in_pool("down")}
            for id in (0, 1, 2):
                made.tell(id)
        pcp.detach.assert_called_once_with(0)

    def test_pgpool_is_asked_only_when_it_has_not_said_by_itself_that_it_follows(self):
        made = self.make(pool={1: in_pool("up", "primary")})
        made.wait_for_pool = mock.Mock(return_value=True)
        self.pgpool.settle.return_value = True
        self.assertTrue(made.follow(1, made.mark(), 5))
        made.wait_for_pool.assert_not_called()
        self.pgpool.settle.return_value = False
        self.assertTrue(made.follow(1, made.mark(), 5))
        self.pgpool.settle.assert_called_with(3, 5)
        made.wait_for_pool.assert_called_once()

    def test_a_pgpool_that_does_not_run_yet_is_not_waited_for_to_notice_a_change(self):
        made = self.make(pool={1: in_pool("up", "primary")})
        self.pgpool.running.return_value = False
        self.assertTrue(made.follow(1, made.mark(), 5))
        self.pgpool.settle.assert_not_called()

    def test_pgpool_follows_when_it_has_the_node_up_as_primary(self):
        self.assertTrue(self.make(pool={1: in_pool("waiting", "primary")}).wait_for_pool(1, 5))
        self.assertFalse(self.make(pool={1: in_pool("down", "primary")}).wait_for_pool(1, 0.02))


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)

    def test_options_count_when_their_last_line_is_there(self):
        self.assertEqual(options.parse("sync 2\nwhen_short degrade\nend\n"), options.Options(2, "degrade"))
        self.assertIsNone(options.parse("sync 2\nwhen_short degrade\n"))
        self.assertEqual(options.parse("sync x\nwhen_short other\nend\n"), options.Options())
        self.assertEqual(options.OptionsFile(self.path).read(), options.Options())

    def test_the_history_keeps_the_last_ones_and_one_of_each(self):
        history = History(self.path)
        with mock.patch("story.KEPT", 3):
            for number in range(5):
                history.put(Story(f"at {number}", 0, "lost"))
            history.put(Story("at 4", 0, "lost", outcome="later"))
        self.assertEqual([(one["at"], one["outcome"]) for one in history.read()],
                         [("at 2", "running"), ("at 3", "running"), ("at 4", "later")])

    def test_a_damaged_line_of_the_history_is_left_out(self):
        (self.path / "history").write_text('{"at": "1"}\n{"at": \n17\n')
        self.assertEqual(History(self.path).read(), [{"at": "1"}])


if __name__ == "__main__":
    unittest.main()
