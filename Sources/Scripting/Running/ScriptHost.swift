internal import ClusterModel
internal import LuaRuntime
internal import Orchestration

/// Answers what scripts ask for, from the table of primitives.
struct ScriptHost: LuaHost {
    let primitives: PrimitiveTable
    let orchestrator: Orchestrator
    let console: any Console
    /// The help text when that is all that is wanted: then nothing but declaring arguments is carried out.
    let helpOnly: String?

    func perform(_ request: LuaRequest) async throws -> LuaValue {
        do {
            return try await answer(request)
        } catch {
            throw PrimitiveFailure(cause: error)
        }
    }

    private func answer(_ request: LuaRequest) async throws -> LuaValue {
        if let helpOnly, request.name != "args.parse" { throw ScriptHelp(text: helpOnly) }
        guard let primitive = primitives[request.name] else {
            throw ClusterError(.failed, operation: "call \(request.name)", message: "there is no such primitive")
        }
        let arguments = try primitive.bind(request.arguments.map(Document.init), location: request.location)
        let call = PrimitiveCall(orchestrator: orchestrator, console: console, arguments: arguments)
        do {
            return LuaValue(try await primitive.body(call))
        } catch var error as ArgumentError where error.location == nil {
            error.location = request.location
            throw error
        }
    }
}
