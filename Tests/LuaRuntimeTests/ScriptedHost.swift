import LuaRuntime

/// A host whose primitives are a closure, with a library that gives scripts the private functions by their names.
struct ScriptedHost: LuaHost {
    let answer: @Sendable (LuaRequest) async throws -> LuaValue

    func perform(_ request: LuaRequest) async throws -> LuaValue {
        try await answer(request)
    }
}

/// An error with fields of its own.
struct Refusal: LuaConvertibleError, Equatable {
    let reason: String

    var luaFields: LuaTable { ["code": "refused", "message": .string(reason), "cause": "the engine said no"] }
}

extension LuaModule {
    static let bare = LuaModule(
        name: "bare",
        source: """
            call, parallel, timeout, defer, null = host.call, host.parallel, host.timeout, host.defer, host.null
            loadstring, raise = host.loadstring, host.error
            """
    )
}

extension LuaRuntime {
    static func scripted(
        limits: LuaLimits = .standard,
        _ answer: @escaping @Sendable (LuaRequest) async throws -> LuaValue = { _ in .nil }
    ) throws -> LuaRuntime {
        try LuaRuntime(host: ScriptedHost(answer: answer), limits: limits, modules: [.bare])
    }

    func run(_ source: String) async throws -> [LuaValue] {
        try await run(source, name: "test.lua")
    }

    /// The error of a script that has to fail.
    func failure(_ source: String) async throws -> LuaScriptError? {
        do {
            _ = try await run(source)
            return nil
        } catch let error as LuaScriptError {
            return error
        }
    }
}

/// Waits longer than any test may take, unless it is cancelled.
func hang() async throws -> LuaValue {
    try await Task.sleep(for: .seconds(600))
    return .nil
}
