import ClusterModel
import FakeBackend
import Orchestration
import Scripting
import Testing

struct VerbTests {
    @Test func `init brings a cluster up and ends with how to connect and what to try next`() async throws {
        let folder = try TemporaryFolder(["cluster.lua": Sample.shop])
        let run = await FakeRun(["init"], in: folder.folder)
        #expect(run.code == 0)
        #expect(
            run.output == """
                cluster    shop
                balancers  lb1
                nodes      lb1-primary, lb1-replica1
                connect    pgbc psql lb1 --cluster shop
                next       pgbc status shop

                """
        )
        let lines = run.errors.split(separator: "\n")
        #expect(lines.first == "shop: 16 steps")
        #expect(
            lines.contains {
                $0.hasPrefix("done     wait until lb1-replica1 streams  ") && $0.hasSuffix("40.1 MB copied")
            }
        )
        #expect(lines.last?.hasPrefix("shop: done in ") == true)
    }

    @Test func `init a second time changes nothing`() async throws {
        let folder = try TemporaryFolder(["cluster.lua": Sample.shop])
        let backend = FakeBackend()
        _ = await FakeRun(["init"], on: backend, in: folder.folder)
        let before = await backend.performed
        let run = await FakeRun(["init"], on: backend, in: folder.folder)
        #expect(run.code == 0)
        #expect(run.errors == "shop is up already: nothing to do\n")
        #expect(await backend.performed == before)
    }

    @Test func `init checks the whole file before it touches the engine`() async throws {
        let folder = try TemporaryFolder(["cluster.lua": #"return cluster "x" { balancer "lb1" { port = 0 } }"#])
        let backend = FakeBackend()
        let run = await FakeRun(["init"], on: backend, in: folder.folder)
        #expect(run.code == 2)
        #expect(await backend.calls == 0)
    }

    @Test func `plan shows each step with its cause and changes nothing`() async throws {
        let folder = try TemporaryFolder(["cluster.lua": Sample.shop])
        let backend = FakeBackend()
        let run = await FakeRun(["plan"], on: backend, in: folder.folder)
        #expect(run.output.hasPrefix("+ create network shop"))
        #expect(run.output.contains("+ start lb1-primary") || run.output.contains("+ start shop"))
        #expect(run.output.contains("because it was just created"))
        #expect(await backend.performed == [])
    }

    @Test func `status shows balancers, nodes and what is wrong`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let good = await FakeRun(["status"], on: backend)
        #expect(good.output.hasPrefix("cluster shop  network "))
        #expect(good.output.hasSuffix("\neverything is as it should be\n"))
        let names = await backend.held["shop"]?.containers.keys.filter { $0.contains("replica1") } ?? []
        await backend.disturb("shop") { for name in names { $0.containers[name] = .exited } }
        let bad = await FakeRun(["status"], on: backend)
        #expect(bad.code == 0)
        #expect(bad.output.contains("! lb1-replica1 is exited (pgbc apply shop starts it)\n"))
        let check = await FakeRun(["status", "--check"], on: backend)
        #expect(check.code == 6)
        #expect(check.errors == "error: shop: lb1-replica1 is exited\n")
    }

    @Test func `scale adds and takes away, and says when there is nothing to do`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let up = await FakeRun(["scale", "--replicas", "3"], on: backend)
        #expect(up.code == 0)
        #expect(await backend.held["shop"]?.topology?.balancers[0].replicas.count == 3)
        let same = await FakeRun(["scale", "shop", "--balancer", "lb1", "--replicas", "3"], on: backend)
        #expect(same.errors == "lb1 has 3 replicas already: nothing to do\n")
        let down = await FakeRun(["scale", "--replicas", "0"], on: backend)
        #expect(down.code == 0)
        #expect(await backend.held["shop"]?.topology?.balancers[0].replicas.count == 0)
    }

    @Test func `replicas are added and removed by number and by name`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        _ = await FakeRun(["add-replica", "--count", "2"], on: backend)
        #expect(await backend.held["shop"]?.topology?.balancers[0].replicas.map(\.id) == [1, 2, 3])
        let named = await FakeRun(["remove-replica", "--node", "lb1-replica2"], on: backend)
        #expect(named.code == 0)
        #expect(await backend.held["shop"]?.topology?.balancers[0].replicas.map(\.id) == [1, 3])
        let counted = await FakeRun(["remove-replica", "--count", "2"], on: backend)
        #expect(counted.code == 0)
        let both = await FakeRun(["remove-replica", "--count", "1", "--node", "x"], on: backend)
        #expect(both.errors == "error: give --count or --node, not both\n")
        #expect(both.code == 2)
    }

    @Test func `the legacy spelling works from any folder`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["--add-replica", "--balancer", "lb1", "--count", "2", "-v"], on: backend)
        #expect(run.code == 0)
        let status = await FakeRun(["--status"], on: backend)
        #expect(status.output.contains("lb1-replica3"))
    }

    @Test func `apply takes away only with prune`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.twins)
        let folder = try TemporaryFolder(["one.lua": #"return cluster "twins" { balancer "lb1" { replicas = 1 } }"#])
        let kept = await FakeRun(["apply", "one.lua"], on: backend, in: folder.folder)
        #expect(kept.errors == "twins is as it should be: nothing to do\n")
        let pruned = await FakeRun(["apply", "one.lua", "--prune"], on: backend, in: folder.folder)
        #expect(pruned.code == 0)
        #expect(await backend.performed.contains { $0.contains("remove:") && $0.contains("lb2") })
    }

    @Test func `export writes a file that loads back`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.twins)
        for format in ["json", "lua"] {
            let run = await FakeRun(["export", "--format", format], on: backend)
            let folder = try TemporaryFolder(["back.\(format)": run.output])
            let back = await FakeRun(["validate", "back.\(format)"], in: folder.folder)
            #expect(back.output.contains("nodes      lb1-primary, lb1-replica1, lb2-primary"))
        }
    }

    @Test func `dsn prints the string of a balancer or a node`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.twins)
        #expect(await FakeRun(["dsn"], on: backend).output.hasPrefix("host=127.0.0.1 port=19999 "))
        #expect(await FakeRun(["dsn", "lb2"], on: backend).output.hasPrefix("host=127.0.0.1 port=29999 "))
        #expect(
            await FakeRun(["dsn", "--node", "lb1-replica1", "-d", "shop"], on: backend).output.hasSuffix(
                "dbname=shop\n"
            )
        )
        let wrong = await FakeRun(["dsn", "--node", "lb1"], on: backend)
        #expect(wrong.code == 4)
        let both = await FakeRun(["dsn", "lb1", "--node", "x"], on: backend)
        #expect(both.code == 2)
    }

    @Test func `logs and exec reach a container by its name`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        #expect(
            await FakeRun(["logs", "lb1-replica1", "--tail", "2"], on: backend).output
                == "lb1-replica1 line 4\nlb1-replica1 line 5\n"
        )
        #expect(await FakeRun(["exec", "lb1", "ls", "-l"], on: backend).output == "ran ls -l\n")
        let failed = await FakeRun(["exec", "lb1", "--", "false"], on: backend)
        #expect(failed.errors == "error: false ended with code 1: no luck\n")
        #expect(failed.code == 1)
    }

    @Test func `list shows the clusters that the engine holds`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["list"], on: backend)
        #expect(run.output.contains("shop     running          1      2  3/3      19999\n"))
        let none = await FakeRun(["list"])
        #expect(none.errors == "the engine holds no cluster; pgbc init --config FILE creates one\n")
        #expect(none.output == "")
    }

    @Test func `a user's recipe takes the place of a verb's and says so`() async throws {
        let folder = try TemporaryFolder(["pgbc/list.lua": "return 'mine'"])
        let run = await FakeRun(["list"], in: folder.folder)
        #expect(run.errors == "using ./pgbc/list.lua instead of pgbc's own recipe\n")
        #expect(run.output == "mine\n")
    }

    @Test func `a recipe can be shown, and copied once`() async throws {
        let folder = try TemporaryFolder()
        let shown = await FakeRun(["recipe", "show", "scale"], in: folder.folder)
        #expect(shown.output.hasPrefix("-- scale: "))
        let copied = await FakeRun(["recipe", "copy", "scale"], in: folder.folder)
        #expect(copied.code == 0)
        #expect(try folder.read("pgbc/scale.lua") == shown.output)
        let again = await FakeRun(["recipe", "copy", "scale"], in: folder.folder)
        #expect(again.code == 5)
    }

    @Test func `images are built with progress and listed`() async {
        let built = await FakeRun(["images", "build"])
        #expect(built.errors == "pgbc/postgres:15: step 1 of 3\n")
        #expect(
            built.output == """
                IMAGE              PURPOSE    STATE    ID            SIZE
                pgbc/postgres:15   nodes      there    0123456789ab  300.0 MB
                pgbc/balancer:4.3  balancers  missing

                """
        )
    }

    @Test func `doctor says how to mend what is wrong`() async {
        let engine = FakeEngine(results: [
            .init("API version", .good, "1.41"), .init("disk", .bad, "512 MB free", advice: "docker system prune"),
        ])
        let run = await FakeRun(["doctor"], engine: engine)
        #expect(
            run.output == "good    API version  1.41\nbad     disk         512 MB free\n          docker system prune\n"
        )
        #expect(run.code == 1)
    }
}
