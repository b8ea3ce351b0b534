import FakeBackend
import Testing

struct TopologyFileTests {
    private func validate(_ name: String, _ text: String) async throws -> FakeRun {
        let folder = try TemporaryFolder([name: text])
        return await FakeRun(["validate", name], in: folder.folder)
    }

    @Test func `a Lua topology becomes the same model as JSON`() async throws {
        let run = try await validate("c.lua", Sample.twins)
        #expect(
            run.output == """
                cluster    twins
                file       c.lua
                balancers  lb1, lb2
                nodes      lb1-primary, lb1-replica1, lb2-primary, lb2-replica1, lb2-replica2
                valid      yes

                """
        )
    }

    @Test func `a balancer without a table has everything left out`() async throws {
        let run = try await validate("c.lua", #"return cluster "shop" { balancer "lb1" }"#)
        #expect(run.code == 0)
    }

    @Test func `a configuration may be a program`() async throws {
        let text = """
            local list = {}
            for index = 1, 3 do list[index] = balancer("lb" .. index) { replicas = index } end
            return cluster "many" { table.unpack(list) }
            """
        let run = try await validate("c.lua", text)
        #expect(run.output.contains("balancers  lb1, lb2, lb3\n"))
    }

    @Test(
        arguments: [
            (#"return cluster "shop" {"#, "could not read c.lua: c.lua:1: unexpected symbol near <eof>"),
            (
                #"cluster "shop" { balancer "lb1" }"#,
                #"could not read c.lua: the file has to return a topology: return cluster "name" { … }"#
            ),
            (
                #"return cluster { balancer "lb1" }"#,
                #"could not read c.lua: c.lua: cluster needs a name: write cluster "name" { … }"#
            ),
            (
                #"return cluster "x" { balancer { name = "y" } }"#,
                #"could not read c.lua: c.lua:1: balancer needs a name: write balancer "name" { … }"#
            ),
            (
                #"return cluster "x" { balancer "y" { 1 } }"#,
                #"could not read c.lua: c.lua:1: balancer "y" takes fields only, such as replicas = 2"#
            ),
            (
                #"return claster "x" {}"#,
                "could not read c.lua: c.lua:1: use of an undeclared global 'claster'; did you mean 'cluster'?"
            ),
            (
                "x = 1",
                "could not read c.lua: c.lua:1: assignment of an undeclared global 'x' (declare it with 'local')"
            ),
            (#"error("mine")"#, "could not read c.lua: c.lua:1: mine"),
            (
                #"return cluster "x" { balancer "y" { port = print } }"#,
                "could not read c.lua: bad argument 1 to 'topology.check': cannot pass a function to the host (at .balancers[1].port)"
            ),
        ]
    )
    func `a Lua file that is no topology is refused with its place`(text: String, message: String) async throws {
        let run = try await validate("c.lua", text)
        #expect(run.errors == "error: \(message)\n")
        #expect(run.code == 2)
    }

    @Test func `all problems are reported at once`() async throws {
        let text =
            #"return cluster "shop" { balancer "lb1" { replica = 2, port = "x" }, balancer "lb1" {}, netwrk = {} }"#
        let run = try await validate("c.lua", text)
        #expect(
            run.errors == """
                error: could not use c.lua: 4 problems
                  - netwrk: unknown key; did you mean "network"?
                  - balancers[0].replica: unknown key; did you mean "replicas"?
                  - balancers[0].port = "x": a port is a whole number from 1 to 65535
                  - balancers[1].name = "lb1": balancers[0].name has the same name; give each balancer a name of its own

                """
        )
        #expect(run.code == 2)
    }

    @Test func `broken JSON is reported with line and column`() async throws {
        let run = try await validate("c.json", "{ \"a\": 1,\n  \"b\": tru }")
        #expect(run.errors.hasPrefix("error: could not read c.json: c.json:2:8: "))
        #expect(run.code == 2)
    }

    @Test func `validation asks no engine`() async throws {
        let backend = FakeBackend()
        let folder = try TemporaryFolder(["cluster.lua": Sample.shop])
        let run = await FakeRun(["validate"], on: backend, in: folder.folder)
        #expect(run.code == 0)
        #expect(await backend.calls == 0)
    }
}
