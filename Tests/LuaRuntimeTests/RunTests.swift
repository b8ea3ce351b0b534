import LuaRuntime
import Testing

struct EchoHost: LuaHost {
    func perform(_ request: LuaRequest) async throws -> LuaValue {
        .table(LuaTable(array: request.arguments, fields: ["path": .string(request.path), "at": .string(request.location ?? "?")]))
    }
}

@Suite struct RunTests {
    @Test func `a script returns its results`() async throws {
        let runtime = try LuaRuntime(host: EchoHost())
        let results = try await runtime.run("return 1 + 1, 'two', {3, x = true}, ...", name: "a.lua", arguments: [4.5])
        #expect(results == [2, "two", .table(LuaTable(array: [3], fields: ["x": true])), 4.5])
    }

    @Test func `a module's function asks the host`() async throws {
        let runtime = try LuaRuntime(
            host: EchoHost(), modules: [LuaModule(name: "m", source: "function echo(...) return host.call('echo', ...) end")])
        let results = try await runtime.run("local r = echo(1, {a = 'b'})\nlocal s = echo()\nreturn r, s.path, s.at", name: "a.lua")
        #expect(results == [.table(LuaTable(array: [1, ["a": "b"]], fields: ["path": "0#1", "at": "a.lua:1"])), "0#2", "a.lua:2"])
    }
}
