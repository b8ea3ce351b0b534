import ClusterModel
import FakeBackend
import Orchestration
import Scripting
import Simulation
import Testing

@Suite struct `A dry run` {
    private func engine() async throws -> SimulatedBackend {
        let backend = SimulatedBackend()
        try await Orchestrator(backend: backend).apply(topology(), prune: false)
        return backend
    }

    private func rehearse(_ script: String, on backend: any ClusterBackend) async throws -> (Document, DryRunReport) {
        let dryRun = SimulatedRehearsals().dryRun(over: backend)
        let script = Script(name: "x.lua", source: script, origin: .file)
        let start = ScriptStart(command: "pgbc run x.lua", folder: ScriptFolder("/nowhere"))
        let result = try await dryRun.run { try await ScriptRunner(on: dryRun.backend).run(script, start) }
        return (result, await dryRun.report())
    }

    @Test func `tells what would be changed and why, and changes nothing`() async throws {
        let backend = try await engine()
        let before = try await backend.observe("shop", depth: .full)
        let steps = await backend.performed
        let (_, report) = try await rehearse(#"pgbc.cluster():balancer("lb1"):scale(3)"#, on: backend)
        #expect(report.changes.contains { $0.title == "create node shop_lb1_replica3" && $0.cause.contains("wanted") })
        #expect(report.end.first?.balancers.first?.nodes.count == 4)
        #expect(try await backend.observe("shop", depth: .full) == before)
        #expect(await backend.performed == steps)
    }

    @Test func `answers from the simulation once a change has touched the cluster`() async throws {
        let (result, _) = try await rehearse(
            """
            local lb = pgbc.cluster():balancer("lb1")
            local before = lb:primary().name
            lb:switchover()
            return { before = before, after = lb:primary().name }
            """,
            on: try await engine()
        )
        #expect(result["before"]?.text == "lb1-primary")
        #expect(result["after"]?.text != "lb1-primary")
    }

    @Test func `examines the real engine`() async throws {
        let folder = try TemporaryFolder(["x.lua": "log(pgbc.examine()[1].finding) file.write('f', 'x')"])
        let words = ["run", "--allow", "write=f", "x.lua", "--dry-run"]
        let run = await FakeRun(words, in: folder.folder, rehearsals: SimulatedRehearsals())
        #expect(run.code == 0, "\(run.errors)")
        #expect(
            run.output == "1 change would be made; nothing was changed:\n+ write f  because the script asks for it\n"
        )
        for options in [[], ["--dry-run"]] {
            #expect(await FakeRun(["run", "doctor"] + options, rehearsals: SimulatedRehearsals()).code == 0)
        }
    }

    @Test func `says what it could not know`() async throws {
        let (_, report) = try await rehearse(
            #"local n = pgbc.cluster():node("lb1-primary") n:exec("vacuumdb", "--all")"#,
            on: try await engine()
        )
        #expect(report.unknown == ["what vacuumdb --all does in lb1-primary, and prints"])
        #expect(report.changes.map(\.title) == ["run vacuumdb --all in lb1-primary"])
    }

    @Test func `pulls no image, and says what it did not learn of one that is not there`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        await backend.offer("postgres:17", "17.5")
        let script = #"return { version = pgbc.postgres_version("postgres:17") or "unknown" }"#
        let (result, report) = try await rehearse(script, on: backend)
        #expect(await backend.pulled.isEmpty)
        #expect(result["version"]?.text == "unknown")
        #expect(
            report.unknown == [
                "which PostgreSQL postgres:17 holds: it is not there, and a dry run pulls nothing"
            ]
        )
    }

    @Test func `of a script that only looks has nothing to tell`() async throws {
        let (_, report) = try await rehearse("return pgbc.cluster():status()", on: try await engine())
        #expect(report.description == "nothing would be changed")
    }

    @Test(.timeLimit(.minutes(15))) func `does not wait`() async throws {
        let (result, _) = try await rehearse(
            "local begun = time() sleep(86400) return time() - begun",
            on: try await engine()
        )
        #expect(result == .integer(86400) || result == .number(86400))
    }

    @Test func `takes no lock on the real cluster, and says when somebody has it`() async throws {
        let backend = try await engine()
        _ = try await backend.lock("shop", image: nil, breaking: false)
        let (_, report) = try await rehearse(#"pgbc.cluster():balancer("lb1"):scale(3)"#, on: backend)
        #expect(report.unknown.contains { $0.contains("it would have to wait for the lock") })
    }

    @Test func `on the command line prints the changes with their causes`() async throws {
        let backend = try await engine()
        let run = await FakeRun(
            ["run", "--dry-run", "scale", "--replicas", "1"],
            on: backend,
            rehearsals: SimulatedRehearsals()
        )
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.contains("nothing was changed"))
        #expect(run.output.contains("- remove shop_lb1_replica2"))
    }
}
