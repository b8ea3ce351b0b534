import Testing

/// The rules can fail: each is held against made-up files.
@Suite
struct RulesTests {
    @Test(arguments: [
        ("ClusterModel", "import Orchestration"),
        ("ClusterModel", "import Dispatch"),
        ("LuaRuntime", "import Foundation"),
        ("LuaRuntime", "import CLua"),
        ("Orchestration", "public import DockerEngine"),
        ("DockerBackend", "@preconcurrency import NIOCore"),
        ("Scripting", "internal import ArgumentParser"),
        ("Scripting", "import struct DockerEngine.Container"),
        ("Commands", "import CPostgres"),
        ("Commands", "import Foundation; import DockerBackend"),
        ("PluginAPI", "@testable import Scripting"),
        ("Orchestration", "@_spi(Probe) @testable public import LuaRuntime"),
    ])
    func `an import that the table does not list is found`(module: String, line: String) {
        let file = SourceFile(path: "\(module)/Made.swift", text: "// made up\n\(line)\n")
        #expect(Rule.imports.check(file).map(\.line) == [2])
    }

    @Test(arguments: [
        ("LuaRuntime", "import CLuaBridge"),
        ("ClusterModel", "import Foundation"),
        ("DockerEngine", "public import NIOCore"),
        ("DockerBackend", "internal import CPostgres"),
        ("Commands", "public import ArgumentParser"),
        ("ClusterModel", "// import Orchestration"),
        ("ClusterModel", "/* once:\nimport Orchestration */"),
        ("ClusterModel", "let text = \"\"\"\n    import Orchestration\n    \"\"\""),
        ("ClusterModel", "let important = imported"),
    ])
    func `an import that the table lists, and what only looks like one, is let through`(module: String, text: String) {
        #expect(Rule.imports.check(SourceFile(path: "\(module)/Made.swift", text: text)) == [])
    }

    @Test
    func `a module without a line in the table is found`() {
        let found = Rule.imports.check(SourceFile(path: "Utility/Made.swift", text: "import Foundation\n"))
        #expect(found.map(\.description) == ["Utility/Made.swift: the module Utility is not in the layout table"])
    }

    @Test
    func `the table itself points down only`() {
        let names = moduleTable.map(\.module)
        for (line, rule) in moduleTable.enumerated() {
            let later = Set(names[line...])
            #expect(rule.imports.isDisjoint(with: later), "\(rule.module) may not import what stands above it")
        }
    }

    @Test(arguments: [
        ("DockerBackend/shim.h", "#include <lua.h>", "DockerBackend may not include lua.h"),
        ("LuaRuntime/stack.c", "  #  include \"lua5.4/lauxlib.h\"", "LuaRuntime may not include lauxlib.h"),
        ("CLuaBridge/bridge.c", "#include <libpq-fe.h>", "CLuaBridge may not include libpq-fe.h"),
    ])
    func `a header in the wrong module is found`(path: String, line: String, reason: String) {
        #expect(Rule.headers.check(SourceFile(path: path, text: line)).map(\.reason) == [reason])
    }

    @Test
    func `a header in its own module is let through`() {
        #expect(Rule.headers.check(SourceFile(path: "CLuaBridge/bridge.c", text: "#include <lua.h>\n")) == [])
    }

    @Test(arguments: [("Commands/Long.swift", 401), ("Scripting/recipes/long.lua", 61), ("CLuaBridge/long.c", 401)])
    func `one line too many is found, and the line before it is not`(path: String, lines: Int) {
        let text = String(repeating: "x\n", count: lines)
        #expect(Rule.size.check(SourceFile(path: path, text: text)).count == 1)
        #expect(Rule.size.check(SourceFile(path: path, text: String(text.dropLast(2)))) == [])
    }

    @Test(arguments: [
        "let file = try! open()",
        "let node = value as! Node",
        "default: fatalError()",
        "let program = Process()",
        "final class Box: @unchecked Sendable {}",
        "Task { await run() }",
        "let running = Task(priority: .high) { 1 }",
        "Task.detached { await run() }",
        "let running = Task<Int, any Error> { 1 }",
    ])
    func `a forbidden construct is found`(line: String) {
        #expect(Rule.constructs.check(SourceFile(path: "Commands/Made.swift", text: "\n\(line)\n")).map(\.line) == [2])
    }

    @Test(arguments: [
        ("LuaRuntime/Box.swift", "final class Box: @unchecked Sendable {}"),
        ("pgbc/main.swift", "Task { await run() }"),
        ("Commands/Made.swift", "// never try! or fatalError()"),
        ("Commands/Made.swift", "let advice = #\"try! is \"not\" allowed\"#"),
        ("Commands/Made.swift", "let advice = \"say \\\"as! Node\\\"\""),
        ("Commands/Made.swift", "group.addTask { await run() }"),
        ("Commands/Made.swift", "for await task in tasks where Task.isCancelled { break }"),
        ("Commands/Made.swift", "try? await Task.detached { try await unlock() }.value"),
        ("Commands/Made.swift", "let node = try? open() as? Node"),
    ])
    func `where it is allowed, and in comments and strings, it is let through`(path: String, line: String) {
        #expect(Rule.constructs.check(SourceFile(path: path, text: line)) == [])
    }
}
