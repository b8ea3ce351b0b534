import ClusterModel
import FakeBackend
import Foundation
import Orchestration
import Testing

@testable import Scripting

/// The declarations of the primitives, the prelude in Lua, the reference and the annotations say the same.
struct ReferenceTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL
    private let reference = LibraryReference()

    /// What Lua itself brings.
    private static let lua: Set = [
        "_G", "_VERSION", "assert", "collectgarbage", "coroutine", "debug", "error", "getmetatable", "ipairs", "load",
        "math", "next", "os", "pairs", "pcall", "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable",
        "string", "table", "tonumber", "tostring", "type", "utf8", "xpcall",
    ]

    /// Every function and method that a script can reach, as the reference spells it.
    private func reachable() async throws -> Set<String> {
        let orchestrator = Orchestrator(backend: FakeBackend(), events: SilentSink())
        let prompt = try ScriptPrompt(ScriptRunner(orchestrator: orchestrator), ScriptStart(command: "test"))
        let names = await prompt.names()
        let methods = names.methods.flatMap { kind, methods in methods.map { "\(kind):\($0)" } }
        let own = names.globals.filter { !Self.lua.contains($0.key) }
        let functions = own.filter { $0.value == "function" }.keys.map { $0 }
        let fields = own.keys.flatMap { table in (names.fields[table] ?? []).map { "\(table).\($0)" } }
        return Set(methods + functions + fields + ["require"]).subtracting(["pgbc.null"])
    }

    @Test func `everything that a script can reach is in the reference, and nothing else`() async throws {
        let described = Set(reference.entries.map(\.spelling)).subtracting(["print"])
        let found = try await reachable().subtracting(["print"])
        #expect(found.subtracting(described).sorted() == [], "not in the reference")
        #expect(described.subtracting(found).sorted() == [], "in the reference, but not there")
        #expect(reference.entries.count == Set(reference.entries.map(\.spelling)).count)
    }

    @Test func `every primitive is asked for by something in the reference, or by the library alone`() {
        let named = Set(reference.entries.flatMap(\.primitives)).union(LibraryEntry.internal)
        let declared = Set((Primitive.core + ScriptSession.declared).map(\.name))
        #expect(declared.subtracting(named).sorted() == [], "nothing asks for it")
        #expect(named.subtracting(declared).sorted() == [], "not declared")
    }

    @Test func `the prelude asks for declared primitives only`() throws {
        let declared = Set((Primitive.core + ScriptSession.declared).map(\.name))
        let folder = Self.package.appending(path: "Sources/Scripting/prelude")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for call in text.matches(of: /host\.call\("([a-z_.]+)"[,)]/) {
                #expect(declared.contains(String(call.1)), "\(file.lastPathComponent) asks for \(call.1)")
            }
        }
    }

    @Test func `an effect of a primitive is that of what asks for it`() {
        let effects = Dictionary((Primitive.core + ScriptSession.declared).map { ($0.name, $0.effect) }) { $1 }
        for entry in reference.entries where entry.effect == .read {
            for name in entry.primitives {
                #expect(effects[name] == .read, "\(entry.spelling) is said to read, but asks for \(name)")
            }
        }
    }

    @Test func `the page in the repository is what is generated now`() throws {
        let page = try String(contentsOf: Self.package.appending(path: "Examples/REFERENCE.md"), encoding: .utf8)
        #expect(page == reference.markdown, "pgbc lua reference > Examples/REFERENCE.md writes it anew")
    }

    @Test func `every entry is in the annotations, with its parameters`() {
        let annotations = reference.annotations
        for entry in reference.entries {
            let names = entry.parameters.map(\.name).joined(separator: ", ")
            #expect(annotations.contains("\(entry.name)(\(names)) end\n"), "\(entry.spelling)")
            #expect(annotations.contains("---\(entry.summary)\n"), "\(entry.spelling)")
        }
    }

    @Test func `the annotations are Lua`() async throws {
        let run = try await FakeRun(script: "assert(load([==[\(reference.annotations)]==]))")
        #expect(run.code == 0)
        #expect(run.errors == "")
    }

    @Test func `every event is documented with the fields that it has`() {
        let step = Step(id: "s", action: .createNetwork, title: "t", cause: "c")
        let plan = Plan(cluster: "shop", desired: nil, steps: [step])
        let events: [Event] = [
            .planStarted(plan), .stepStarted(step), .stepProgressed(step, "x"),
            .stepFinished(step, seconds: 1, note: "n"), .stepFailed(step, seconds: 1, error: "e"),
            .stepSkipped(step, because: "b"), .planFinished(cluster: "shop", seconds: 1), .note("n"),
            .scriptStep(ScriptStep(path: ["a", "b"], state: .begun)),
            .scriptStep(ScriptStep(path: ["a"], state: .done(seconds: 1))),
            .scriptStep(ScriptStep(path: ["a"], state: .failed(seconds: 1, error: "e"))),
        ]
        for event in events {
            let document = event.document
            let entry = EventCatalogue.all.first { $0.name == document["event"]?.text }
            let fields = (document.members ?? []).map(\.key)
            #expect(entry.map { ["event"] + $0.fields.map(\.name) } == fields, "\(fields)")
        }
        #expect(EventCatalogue.all.count == events.count)
    }
}
