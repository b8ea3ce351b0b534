import FakeBackend
import Foundation
import Orchestration
import Scripting
import Testing

@testable import Commands

/// `step(name, fn)` is seen wherever a run is told of.
struct ScriptStepTests {
    private static let script = """
        step("swap", function()
          step("grow", function() pgbc.cluster():balancer():scale(2) end)
          parallel { function() step("check", function() return 1 end) end }
        end)
        """

    private func run(_ options: String..., terminal: RecordingTerminal = RecordingTerminal()) async throws -> FakeRun {
        let folder = try TemporaryFolder(["x.lua": Self.script])
        let backend = try await FakeRun.engine(holding: Sample.shop)
        return await FakeRun(["run"] + options + ["x.lua"], on: backend, in: folder.folder, terminal: terminal)
    }

    @Test func `a line in a pipe at its beginning and at its end`() async throws {
        let lines = try await run().errors.split(separator: "\n").map(String.init)
        #expect(lines.first == "step     swap")
        #expect(lines[1] == "step     swap > grow")
        #expect(lines.contains { $0.hasPrefix("done     swap > grow  ") && $0.hasSuffix(" s") })
        #expect(lines.contains("step     swap > check"))
        #expect(lines.last?.hasPrefix("done     swap  ") == true)
    }

    @Test func `events with the names around it in JSON`() async throws {
        let output = try await run("--json").output
        #expect(output.contains(#"{"event":"script.step.started","name":"swap","path":["swap"]}"#))
        #expect(output.contains(#"{"event":"script.step.started","name":"check","path":["swap","check"]}"#))
        #expect(output.contains(#"{"event":"script.step.finished","name":"grow","path":["swap","grow"],"seconds":"#))
    }

    @Test func `a step that fails says with what`() async throws {
        let run = try await FakeRun(script: "step('swap', function() fail('no disk') end)")
        #expect(run.errors.contains("failed   swap  "))
        #expect(run.errors.contains(" s  no disk\n"))
        let json = try await FakeRun(script: "step('swap', function() error('no disk') end)", options: ["--json"])
        #expect(json.output.contains(#""event":"script.step.failed","name":"swap","path":["swap"],"seconds":"#))
        #expect(json.output.contains("no disk"))
    }

    @Test func `lines below the tree on a terminal, which stay when it is over`() async throws {
        let terminal = RecordingTerminal(isTerminal: true)
        let errors = try await run(terminal: terminal).errors
        let drawings = errors.components(separatedBy: "\u{1B}[J")
        #expect(drawings.contains { $0.contains("shop  ") && $0.contains("▸ swap  ") && $0.contains("  ▸ grow  ") })
        let screen = Screen(errors).lines
        #expect(screen.first?.hasPrefix("shop  ") == true)
        #expect(screen.contains { $0.hasPrefix("  ✓ grow  ") })
        #expect(screen.last?.hasPrefix("✓ swap  ") == true)
        #expect(!screen.contains { $0.contains("▸") })
    }

    @Test func `requests of the journal, with how long each took`() async throws {
        let folder = try TemporaryFolder(["x.lua": Self.script])
        let terminal = RecordingTerminal(environment: ["NO_COLOR": "1", "XDG_STATE_HOME": "\(folder.path)/state"])
        let backend = try await FakeRun.engine(holding: Sample.shop)
        _ = await FakeRun(["run", "x.lua"], on: backend, in: folder.folder, terminal: terminal)
        let shown = await FakeRun(["runs", "show", "last"], in: folder.folder, terminal: terminal)
        let lines = shown.output.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.contains("step swap > grow") && $0.hasSuffix("begun") })
        #expect(lines.contains { $0.contains("step swap > check") && $0.hasSuffix("done") })
    }
}

/// What a terminal shows after it was written to: lines, and the sequences that take lines off again.
private struct Screen {
    private(set) var lines: [String] = []

    init(_ text: String) {
        for piece in text.replacing("\u{1B}[J", with: "").split(separator: "\u{1B}[", omittingEmptySubsequences: false)
            .enumerated()
        {
            var rest = piece.element
            if piece.offset > 0, let up = rest.firstIndex(of: "A"), let count = Int(rest[..<up]) {
                lines.removeLast(min(count, lines.count))
                rest = rest[rest.index(after: up)...].drop { $0 == "\r" }
            }
            lines += rest.split(separator: "\n").map(String.init)
        }
    }
}
