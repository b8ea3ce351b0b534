"""pgbc repl on a real pseudo-terminal. No engine is needed: nothing here asks for one."""

import os
import signal
import unittest

from terminal import PromptCase

UP, LEFT, CTRL_A, CTRL_C, CTRL_D, TAB = "\x1b[A", "\x1b[D", "\x01", "\x03", "\x04", "\t"


class PromptTests(PromptCase):
    def test_results_are_shown_and_the_last_one_is_kept(self):
        prompt = self.open()
        self.assertEqual(self.enter(prompt, "1 + 1"), "2\n")
        self.assertEqual(self.enter(prompt, "_ * 21"), "42\n")
        self.assertEqual(self.enter(prompt, "x = 'shop'"), "")
        self.assertEqual(self.enter(prompt, "x"), "shop\n")
        rows = self.enter(prompt, "{ { node = 'a', lag = 1 }, { node = 'b' } }")
        self.assertEqual(rows.split("\n")[0].split(), ["NODE", "LAG"])

    def test_a_statement_goes_on_in_the_next_line(self):
        prompt = self.open()
        prompt.type("for i = 1, 2 do\r")
        prompt.sees("  ... ")
        prompt.type("print(i * 10)\r")
        prompt.sees("  ... ")
        self.assertEqual(self.enter(prompt, "end"), "10\n20\n")

    def test_an_error_is_shown_and_the_session_goes_on(self):
        prompt = self.open()
        self.enter(prompt, "kept = 7")
        self.assertIn("error: prompt:1: boom", self.enter(prompt, "error('boom')"))
        self.assertIn("did you mean", self.enter(prompt, "prnt(1)"))
        self.assertIn("/nowhere/docker.sock", self.enter(prompt, "pgbc.clusters()"))
        self.assertEqual(self.enter(prompt, "kept"), "7\n")

    def test_ctrl_c_ends_what_is_running_and_nothing_else(self):
        prompt = self.open()
        prompt.type("print('begun') sleep(600)\r")
        prompt.sees("begun\r\n")
        prompt.type(CTRL_C)
        self.assertIn("interrupted", prompt.sees("pgbc> ", seconds=5))
        prompt.type("print('begun') while true do end\r")
        prompt.sees("begun\r\n")
        prompt.type(CTRL_C)
        self.assertIn("interrupted", prompt.sees("pgbc> ", seconds=5))
        self.assertEqual(self.enter(prompt, "1 + 1"), "2\n")

    def test_ctrl_c_throws_a_line_away(self):
        prompt = self.open()
        prompt.type("for i = 1, 2 do\r")
        prompt.sees("  ... ")
        prompt.type("print(" + CTRL_C)
        prompt.sees("pgbc> ")
        self.assertEqual(self.enter(prompt, "3"), "3\n")

    def test_lines_can_be_edited(self):
        prompt = self.open()
        prompt.type("20" + LEFT + LEFT + "1")
        prompt.type(CTRL_A + "-")
        prompt.type("\r")
        prompt.sees("\n")
        self.assertEqual(prompt.sees("pgbc> ").replace("\r", ""), "-120\npgbc> ")
        self.assertEqual(self.enter(prompt, "'größe' .. #'ü'"), "größe2\n")

    def test_history_outlives_the_session(self):
        first = self.open()
        self.enter(first, "1234 + 1")
        first.type(CTRL_D)
        self.assertEqual(first.ends(), 0)
        second = self.open()
        second.type(UP)
        second.sees("1234 + 1")
        second.type("\r")
        second.sees("1235")

    def test_tab_completes_functions_fields_methods_and_one_s_own_names(self):
        prompt = self.open()
        prompt.type("type(pgbc.clus" + TAB + ")\r")
        prompt.sees("function\r\n")
        prompt.sees("pgbc> ")
        self.enter(prompt, "shop = pgbc.cluster('shop')")
        prompt.type("shop:bal")
        prompt.sees("bal")
        prompt.type(TAB)
        prompt.sees("ancer")
        prompt.type("('x'):prim")
        prompt.sees("prim")
        prompt.type(TAB)
        prompt.sees("ary")
        prompt.type(CTRL_C)
        prompt.sees("pgbc> ")
        prompt.type("sho" + TAB + ".name .. '!'\r")
        prompt.sees("shop!\r\n")

    def test_tab_lists_what_there_is_to_choose_from(self):
        prompt = self.open()
        prompt.type("pgbc.c" + TAB + TAB)
        self.assertIn("columns", prompt.sees("columns"))

    def test_help_recipes_and_the_end(self):
        prompt = self.open()
        self.assertIn("replicas wanted", self.enter(prompt, ".help lb:scale"))
        self.assertIn("add-replica", self.enter(prompt, ".recipes"))
        self.assertIn("there is no command .nothing", self.enter(prompt, ".nothing"))
        prompt.type(".quit\r")
        self.assertEqual(prompt.ends(), 0)

    def test_sigterm_ends_it_while_it_waits_for_a_line(self):
        prompt = self.open()
        os.kill(prompt.process, signal.SIGTERM)
        prompt.ends(seconds=5)


if __name__ == "__main__":
    unittest.main()
