import FakeBackend
import Foundation
import Scripting
import Subprocess
import Testing

@testable import Commands

struct CompletionTests {
    private func complete(_ words: String..., on configuration: String = Sample.twins) async throws -> [String] {
        let folder = try TemporaryFolder([
            "pgbc/greet.lua": """
            -- greet: say hello
            pgbc.args {
              node = { type = "node", positional = true }, tone = { choices = { "warm", "cold" } }, via = { type = "balancer" },
            }
            """
        ])
        let backend = try await FakeRun.engine(holding: configuration)
        let run = await FakeRun(["__complete", "--"] + words, on: backend, in: folder.folder)
        #expect(run.code == 0)
        #expect(run.errors == "")
        return run.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    }

    @Test func `verbs and recipes`() async throws {
        #expect(try await complete("re").contains("recipe"))
        #expect(try await complete("gr") == ["greet"])
        #expect(try await complete("recipe", "") == ["copy", "list", "show"])
        #expect(try await complete("recipe", "show", "gr") == ["greet"])
        #expect(try await complete("__") == [])
    }

    @Test func `live names where a cluster, a balancer or a node is wanted`() async throws {
        #expect(try await complete("status", "") == ["twins"])
        #expect(try await complete("scale", "--balancer", "") == ["lb1", "lb2"])
        #expect(try await complete("psql", "lb1-") == ["lb1-primary", "lb1-replica1"])
        #expect(try await complete("remove-replica", "--node", "lb2-r") == ["lb2-replica1", "lb2-replica2"])
        #expect(try await complete("status", "--cluster", "other", "") == ["twins"])
        #expect(try await complete("restart", "lb2-primary", "lb2-r") == ["lb2-replica1", "lb2-replica2"])
    }

    @Test func `the arguments of recipes and scripts, and what they can be`() async throws {
        let flags = try await complete("greet", "--")
        #expect(flags.contains("--tone"))
        #expect(flags.contains("--json"))
        #expect(try await !complete("greet", "--tone", "warm", "--").contains("--tone"))
        #expect(try await complete("greet", "--tone", "") == ["cold", "warm"])
        #expect(try await complete("greet", "--tone=w") == ["--tone=warm"])
        #expect(try await complete("greet", "--tone", "=", "w") == ["--tone=warm"])
        #expect(try await complete("greet", "lb2-p") == ["lb2-primary"])
        #expect(try await complete("greet", "--via", "") == ["lb1", "lb2"])
        #expect(try await complete("run", "greet", "--to") == ["--tone"])
        #expect(try await complete("run", "scale", "--repl") == ["--replicas"])
        #expect(try await complete("export", "--format", "") == ["json", "lua"])
        #expect(try await complete("greet", "--cluster", "t") == ["twins"])
    }

    @Test func `nothing where only the shell knows`() async throws {
        #expect(try await complete("status", "--config", "") == [])
        #expect(try await complete("nonsense", "") == [])
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `a script for a shell`(shell: String) async {
        let run = await FakeRun(["completion", shell])
        #expect(run.output.contains("__complete"))
    }

    @Test func `bash understands its script, and completes with it`() async throws {
        let text = """
            pgbc() { printf 'lb1\\tbalancer\\n--to=x\\tnode\\n'; }
            \(CompletionVerb.Shell.bash.script)
            COMP_WORDS=(pgbc scale "") COMP_CWORD=2; _pgbc; printf '%s|' "${COMPREPLY[@]}"
            COMP_WORDS=(pgbc x --to = "") COMP_CWORD=4; _pgbc; printf '%s|' "${COMPREPLY[@]}"
            """
        let bash = try await run(.name("bash"), arguments: ["-c", text], output: .string(limit: 1 << 20))
        #expect(bash.standardOutput == "lb1|--to=x|lb1|x|")
    }
}
