import FakeBackend
import Testing

struct SelectionTests {
    @Test func `a named cluster goes before a file in the folder`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let folder = try TemporaryFolder(["cluster.lua": Sample.twins])
        #expect(await FakeRun(["status", "shop"], on: backend, in: folder.folder).output.hasPrefix("cluster shop"))
        #expect(
            await FakeRun(["status", "--cluster", "shop"], on: backend, in: folder.folder).output.hasPrefix(
                "cluster shop"
            )
        )
        let preset = await FakeRun(["status"], on: backend, in: folder.folder)
        #expect(preset.code == 4)
        #expect(preset.errors.hasPrefix("error: could not find cluster twins: "))
    }

    @Test func `the legacy file goes before the Lua file`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let json = #"{"cluster_name": "shop", "balancers": [{"name": "lb1"}]}"#
        let folder = try TemporaryFolder(["cluster.lua": Sample.twins, "pgbalancer_cluster.json": json])
        #expect(await FakeRun(["status"], on: backend, in: folder.folder).output.hasPrefix("cluster shop"))
    }

    @Test func `a file may be given as the first word or with config`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let folder = try TemporaryFolder(["a.lua": Sample.shop])
        for words in [["status", "a.lua"], ["status", "--config", "a.lua"], ["status", "-c", "./a.lua"]] {
            #expect(await FakeRun(words, on: backend, in: folder.folder).output.hasPrefix("cluster shop"))
        }
    }

    @Test func `the only cluster on the engine needs no name`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        #expect(await FakeRun(["status"], on: backend).code == 0)
        let folder = try TemporaryFolder(["t.lua": Sample.twins])
        _ = await FakeRun(["init", "t.lua"], on: backend, in: folder.folder)
        let run = await FakeRun(["status"], on: backend)
        #expect(run.errors.hasPrefix("error: could not choose a cluster: the engine holds "))
    }

    @Test func `without any cluster the message says how to make one`() async {
        let run = await FakeRun(["status"])
        #expect(
            run.errors == """
                error: could not choose a cluster: the engine holds none
                  pgbc init --config FILE creates one

                """
        )
        #expect(run.code == 4)
    }

    @Test func `two choices are refused`() async {
        let run = await FakeRun(["status", "shop", "--config", "a.lua"])
        #expect(
            run.errors == """
                error: 'shop' and an option both choose a cluster; give one of them
                  pgbc status --help shows the usage

                """
        )
        #expect(run.code == 2)
    }
}
