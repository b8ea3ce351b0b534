import Testing

@testable import Commands

struct SpellingTests {
    private func words(_ text: String, terminal: Bool = false) throws -> String {
        try Spelling(text.split(separator: " ").map(String.init), inputIsTerminal: terminal).words.joined(
            separator: " "
        )
    }

    @Test(
        arguments: [
            ("--init --config a.json", "init --config a.json"),
            ("--config a.json --init", "init --config a.json"),
            ("--status", "status"),
            ("-v --status --config a.json", "status -v --config a.json"),
            ("--add-replica --balancer lb1 --count 2", "add-replica --balancer lb1 --count 2"),
            ("--destroy --config a.json", "destroy --config a.json --yes"),
            ("--destroy --yes", "destroy --yes"),
            ("--destroy", "destroy"),
            ("--version", "--version"),
            ("--help", "--help"),
            ("init --config a.json", "init --config a.json"),
        ]
    )
    func `the legacy spelling becomes a verb`(legacy: String, expected: String) throws {
        #expect(try words(legacy) == expected)
    }

    @Test func `the legacy destroy asks where there is somebody to ask`() throws {
        #expect(try words("--destroy", terminal: true) == "destroy")
    }

    @Test func `the legacy destroy means the file of its folder`() throws {
        #expect(try Spelling(["--destroy"], inputIsTerminal: false, hasConfig: true).words == ["destroy", "--yes"])
    }

    @Test func `two legacy verbs are refused`() {
        let error = #expect(throws: UsageError.self) { try words("--init --status") }
        #expect(error?.message == "--init and --status cannot be given together")
    }

    @Test(
        arguments: [
            ("run scale.lua --replicas 2", "run scale.lua -- --replicas 2"),
            ("run --memory 1MB scale.lua --help", "run --memory 1MB scale.lua -- --help"),
            (
                "run scale.lua --replicas 2 --json --config a.json",
                "run --json --config a.json scale.lua -- --replicas 2"
            ),
            ("run scale.lua --cluster=shop -v", "run --cluster=shop -v scale.lua --"),
            ("run scale.lua -- --json", "run scale.lua -- --json"),
            ("run - --x", "run - -- --x"),
            ("run --help", "run --help"),
            ("exec replica1 ls -l", "exec replica1 -- ls -l"),
            ("exec --cluster shop replica1 -- ls --json", "exec --cluster shop replica1 -- ls --json"),
            ("exec replica1 psql -c x --json", "exec replica1 -- psql -c x --json"),
            ("exec replica1 --cluster shop -- ls -l", "exec --cluster shop replica1 -- ls -l"),
        ]
    )
    func `words of a script or a program are kept apart from pgbc's`(given: String, expected: String) throws {
        #expect(try words(given) == expected)
    }

    @Test(
        arguments: [
            ("stats", "unknown command 'stats'; did you mean 'status'?"),
            ("scael", "unknown command 'scael'; did you mean 'scale'?"),
            ("xyzzy", "unknown command 'xyzzy'"),
        ]
    )
    func `an unknown verb is refused with the nearest one`(verb: String, message: String) {
        let error = #expect(throws: UsageError.self) { try words(verb) }
        #expect(error?.message == message)
        #expect(error?.advice == "pgbc --help lists the commands")
    }
}
