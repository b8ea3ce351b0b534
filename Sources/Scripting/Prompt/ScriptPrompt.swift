public import ClusterModel
internal import LuaRuntime
internal import Orchestration

/// A session at a prompt: one machine, in which one input after the other is run and globals stay.
public struct ScriptPrompt: Sendable {
    /// What became of an input.
    public enum Answer: Sendable, Equatable {
        /// It is the beginning of something: more lines have to follow.
        case incomplete
        /// What it returned; null when that is nothing. The first value is in `_`.
        case value(Document)
    }

    /// What stands for the script of a session: every input is a part of it.
    public static let script = Script(name: "prompt", source: "", origin: .file, folder: ".")

    private let machine: LuaRuntime
    private let journal: RunJournal?

    /// A new session. Nothing of the engine is asked before an input does.
    ///
    /// - Parameter journal: records the inputs and what they ask for.
    public init(_ runner: ScriptRunner, _ start: ScriptStart, journal: RunJournal? = nil) throws {
        let session = ScriptSession(script: Self.script, start: start)
        machine = try runner.machine(for: session, helpOnly: nil, modules: [.prompt], journal: journal)
        self.journal = journal
    }

    /// Runs an input, or finds that it is not complete.
    ///
    /// - Throws: a ``ScriptError``; the session goes on.
    public func run(_ text: String) async throws -> Answer {
        do {
            let kind = try await kind(of: text)
            if kind != "incomplete" { journal?.record(input: text) }
            switch kind {
            case "incomplete": return .incomplete
            case "expression": return .value(try await result(of: "return __keep(\(text)\n)"))
            default: return .value(try await result(of: text))
            }
        } catch let error as LuaScriptError {
            throw ScriptError(error)
        }
    }

    /// What can be completed now.
    public func names() async -> PromptNames {
        let answer = try? await machine.run("return __names()", name: "prompt")
        return PromptNames(answer?.first.map { Document($0) } ?? .null)
    }

    private func kind(of text: String) async throws -> String? {
        try await machine.run("return __read(...)", name: "prompt", arguments: [.string(text)]).first?.string
    }

    private func result(of text: String) async throws -> Document {
        Document(returned: try await machine.run(text, name: "prompt", definesGlobals: true))
    }
}

extension LuaModule {
    /// What only a prompt has.
    fileprivate static let prompt = LuaModule(
        name: "prompt",
        source: String(decoding: PackageResources.prompt_lua, as: UTF8.self)
    )
}
