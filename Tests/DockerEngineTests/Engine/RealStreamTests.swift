import DockerEngine
import EngineGate
import Testing

@Suite(.enabled("an engine answers", EngineGate.isOpen), .timeLimit(.minutes(3)))
struct RealStreamTests {
    @Test func `the engine tells what it is`() async throws {
        try await withEngine { engine in
            let version = try await engine.client.version()
            let info = try await engine.client.info()
            #expect(info.serverVersion == version.version)
            #expect(!info.driver.isEmpty && !info.rootDirectory.isEmpty && !info.operatingSystem.isEmpty)
            #expect(["1", "2"].contains(info.cgroupVersion))
            #expect(info.cpus > 0 && info.memory > 0)
        }
    }

    @Test func `logs are followed until the container ends`() async throws {
        try await withEngine { engine in
            let id = try await engine.run(
                "c",
                engine.config("echo one; echo two >&2; read -t 0.5 < <(sleep 1); echo three")
            )
            var stdout = ""
            var stderr = ""
            for try await chunk in try await engine.client.logs(id, follow: true) {
                if chunk.stream == .stdout { stdout += chunk.text } else { stderr += chunk.text }
            }
            #expect(stdout == "one\nthree\n")
            #expect(stderr == "two\n")
            var last = ""
            for try await chunk in try await engine.client.logs(id, tail: 1, timestamps: true) { last += chunk.text }
            #expect(last.hasSuffix("Z three\n"))
        }
    }

    @Test func `commands are run with output, errors, input and exit code`() async throws {
        try await withEngine { engine in
            let client = engine.client
            let id = try await engine.run("c", engine.config())
            let both = try await client.runExec(
                id,
                ["sh", "-c", "echo $WORD; id -un; echo bad >&2; exit 7"],
                user: "nobody",
                environment: ["WORD": "hello"]
            )
            #expect(both.exitCode == 7)
            #expect(both.stdoutText == "hello\nnobody\n")
            #expect(both.stderrText == "bad\n")

            let input = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(try await client.runExec(id, ["cat"], stdin: input).stdout == input)
            #expect(try await client.runExec(id, ["wc", "-c"], stdin: []).stdoutText == "0\n")
            // A command that does not read its input.
            #expect(try await client.runExec(id, ["true"], stdin: input).exitCode == 0)

            let missing = try await client.runExec(id, ["no-such-program"])
            #expect([126, 127].contains(missing.exitCode))
            let slow = await #expect(throws: EngineError.self) {
                try await client.runExec(id, ["sleep", "30"], limit: .milliseconds(500))
            }
            #expect(slow?.code == .timedOut)
            try await client.stopContainer(id, timeout: 5)
            let stopped = await #expect(throws: EngineError.self) { try await client.runExec(id, ["true"]) }
            #expect(stopped?.code == .conflict)
        }
    }

    @Test func `a terminal takes keys and a size`() async throws {
        try await withEngine { engine in
            let id = try await engine.run("c", engine.config())
            let config = ExecConfig(["bash", "--norc"], environment: ["PS1": "> ", "TERM": "dumb"], tty: true)
            let (text, code) = try await engine.client.withInteractiveExec(id, config) { exec in
                try await exec.resize(columns: 91, rows: 33)
                try await exec.write(Array("stty size; exit 5\r".utf8))
                var bytes: [UInt8] = []
                for try await chunk in exec.output { bytes += chunk.bytes }
                return (String(decoding: bytes, as: UTF8.self), try await exec.exitCode())
            }
            #expect(text.contains("33 91\r\n"))
            #expect(code == 5)
        }
    }

    @Test func `input and output of a command take turns`() async throws {
        try await withEngine { engine in
            let id = try await engine.run("c", engine.config())
            try await engine.client.withInteractiveExec(id, ExecConfig(["cat"])) { exec in
                var output = exec.output.makeAsyncIterator()
                for line in ["first\n", "second\n"] {
                    try await exec.write(Array(line.utf8))
                    #expect(try await output.next()?.text == line)
                }
                exec.closeInput()
                #expect(try await output.next() == nil)
                #expect(try await exec.exitCode() == 0)
            }
        }
    }

    @Test func `events arrive as they happen`() async throws {
        try await withEngine { engine in
            let filters = ["type": ["container"], "label": ["\(EngineFixture.label)=\(engine.prefix)"]]
            let events = try await engine.client.events(filters: filters)
            let id = try await engine.run("c", engine.config("exit 4"))
            var seen: [String] = []
            for try await event in events {
                #expect(event.actorID == id)
                seen.append(event.action)
                guard event.action == "die" else { continue }
                #expect(event.attributes["exitCode"] == "4")
                break
            }
            #expect(seen == ["create", "start", "die"])
        }
    }
}
