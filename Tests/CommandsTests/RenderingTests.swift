import ClusterModel
import FakeBackend
import Foundation
import Orchestration
import Testing

@testable import Commands

struct RenderingTests {
    private func text(_ document: Document) -> String {
        ResultText(theme: .plain).lines(document).joined(separator: "\n")
    }

    @Test func `a list of tables is a table, numbers to the right`() {
        let rows: Document = [
            ["name": "a", "size": 5, "on": true], ["name": "long name", "size": 12, "more": ["x", "y"]],
        ]
        #expect(
            text(rows) == """
                NAME       SIZE  ON   MORE
                a             5  yes
                long name    12       x, y
                """
        )
    }

    @Test func `a table is its fields, one a line`() {
        let record: Document = ["name": "a", "list": [1, 2], "inner": ["x": 1.5], "rows": [["q": 1], ["q": 22]]]
        #expect(
            text(record) == """
                name   a
                list   1, 2
                inner
                  x  1.5
                rows
                   Q
                   1
                  22
                """
        )
    }

    @Test func `plain values are as they are`() {
        #expect(text(nil) == "")
        #expect(text("two\nlines\n") == "two\nlines")
        #expect(text([1, "x"]) == "1\nx")
        #expect(text(2.0) == "2")
        #expect(text(true) == "yes")
    }

    @Test func `colours only where they are wanted`() {
        #expect(Theme(hasColour: true).good("x") == "\u{1B}[32mx\u{1B}[0m")
        #expect(Theme.plain.good("x") == "x")
        #expect(!RecordingTerminal(isTerminal: true).hasColour(.output))
        #expect(RecordingTerminal(isTerminal: true, environment: ["TERM": "xterm"]).hasColour(.output))
        #expect(!RecordingTerminal(isTerminal: true, environment: ["TERM": "dumb"]).hasColour(.output))
        #expect(!RecordingTerminal(environment: ["TERM": "xterm"]).hasColour(.output))
    }

    @Test func `the status of a cluster reads as a table for each balancer`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["status"], on: backend)
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[2] == "balancer lb1  running  127.0.0.1:19999 (pcp 19898, rest 18080)  sessions 1 of 16")
        #expect(
            lines[3]
                == "  NODE          ROLE     STATE      TL  LSN               LAG  IN POOL  WEIGHT  READS  CLIENTS   PORT"
        )
        #expect(
            lines[4]
                == "  lb1-primary   primary  running     1  0/3000148           -  up          50%      0    3/100  15432"
        )
        #expect(
            lines[5]
                == "  lb1-replica1  replica  streaming   1  0/3000148  0 B, 0.0 s  up          50%     10    3/100  15433"
        )
    }

    private let step = Step(id: "start:a", action: .start(container: "a"), title: "start a", cause: "it is exited")

    @Test func `events are one line each in a pipe`() {
        #expect(Event.stepStarted(step).line(verbose: false) == nil)
        #expect(Event.stepStarted(step).line(verbose: true) == "begin    start a (it is exited)")
        #expect(Event.stepFinished(step, seconds: 1.25, note: "x").line(verbose: false) == "done     start a  1.3 s  x")
        #expect(
            Event.stepFailed(step, seconds: 0.04, error: "no").line(verbose: false) == "failed   start a  0.0 s  no"
        )
        #expect(
            Event.stepSkipped(step, because: "b did not succeed").line(verbose: false)
                == "skipped  start a  because b did not succeed"
        )
        #expect(Event.note("hello").line(verbose: false) == "hello")
    }

    @Test func `nothing that is live is drawn into a pipe`() async throws {
        let folder = try TemporaryFolder(["cluster.lua": Sample.shop])
        let run = await FakeRun(["init"], in: folder.folder)
        #expect(!run.errors.contains("\u{1B}"))
    }

    @Test func `on a terminal the tree is drawn over itself and stays at the end`() async throws {
        let folder = try TemporaryFolder(["cluster.lua": Sample.shop])
        let terminal = RecordingTerminal(isTerminal: true)
        let run = await FakeRun(["init"], in: folder.folder, terminal: terminal)
        #expect(run.errors.contains("\u{1B}["))
        let last = run.errors.components(separatedBy: "\u{1B}[J").last ?? ""
        #expect(last.hasPrefix("shop  16 of 16 steps  "))
        #expect(last.contains("└ lb1  13 of 13\n"))
        #expect(last.contains("✓ wait until lb1-replica1 streams  0.0 s  40.1 MB copied"))
    }
}
