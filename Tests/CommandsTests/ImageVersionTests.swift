import FakeBackend
import Testing

@Suite struct `An image that nodes are to get, and that is not there,` {
    private static let files = [
        "cluster.lua": #"return cluster "shop" { image = "postgres:new", balancer "lb1" { replicas = 1 } }"#
    ]

    private func run(_ verb: String, version: String) async throws -> (FakeRun, FakeBackend) {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        await backend.offer("postgres:new", version)
        let folder = try TemporaryFolder(Self.files)
        return (await FakeRun([verb], on: backend, in: folder.folder), backend)
    }

    @Test func `is not pulled by plan, which says what it could not know`() async throws {
        let (run, backend) = try await run("plan", version: "17.5")
        #expect(run.code == 0, "\(run.errors)")
        #expect(await backend.pulled.isEmpty)
        #expect(run.output.contains("note: postgres:new is not there, so which PostgreSQL it holds is not known"))
    }

    @Test func `is pulled by apply, which tells of it`() async throws {
        let (run, backend) = try await run("apply", version: "15.20")
        #expect(run.code == 0, "\(run.errors)")
        #expect(await backend.pulled == ["postgres:new"])
        #expect(run.errors.contains("pulling postgres:new"), "\(run.errors)")
    }

    @Test func `is refused by apply when it is of another major version`() async throws {
        let (run, _) = try await run("apply", version: "17.5")
        #expect(run.code == 2)
        #expect(run.errors.contains("lb1 holds data of PostgreSQL 15, and postgres:new is PostgreSQL 17"))
    }
}
