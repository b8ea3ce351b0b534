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
    let journal: RunJournal?
    let clock: ScriptClock
    /// The simulation that the script runs on, where it does.
    let rehearsal: (any RehearsedBackend)?
    /// Whether the words that the script was started with are read by it.
    var words: WordCheck?

    var executor: (any TaskExecutor)? { rehearsal?.executor }

    /// The clock, the dice, and what follows from its arguments alone: a script asks for that a million times in a second.
    func performNow(_ request: LuaRequest) -> LuaValue? {
        rehearsal?.countCall()
        guard helpOnly == nil else { return nil }
        guard request.arguments.isEmpty else { return PlainFunctions.answer(request.name, request.arguments) }
        return switch request.name {
        case "run.time": .number(time(request))
        case "run.random": .number(clock.random(thread: request.thread, number: request.number))
        default: nil
        }
    }

    private func time(_ request: LuaRequest) -> Double {
        guard let rehearsal else { return clock.time(thread: request.thread, number: request.number) }
        return clock.time(thread: request.thread, number: request.number, now: rehearsal.now)
    }

    func perform(_ request: LuaRequest) async throws -> LuaValue {
        if let seconds = plainSleep(request) {
            try await Task.sleep(for: .seconds(seconds))
            slept(seconds, request.arguments, thread: request.thread, number: request.number)
            return .nil
        }
        do {
            return try await answer(request)
        } catch {
            throw PrimitiveFailure(cause: error, request: request)
        }
    }

    func plainSleep(_ request: LuaRequest) -> Double? {
        guard request.name == "run.sleep", rehearsal == nil, helpOnly == nil, journal?.past == nil,
            request.arguments.count == 1, let seconds = request.arguments[0].number, seconds >= 0, seconds < 1e9
        else { return nil }
        return seconds
    }

    func slept(_ seconds: Double, _ arguments: [LuaValue], thread: String, number: Int) {
        guard let journal, let primitive = primitives["run.sleep"] else { return }
        let values = arguments.map(Document.init)
        let path = "\(thread)#\(number)"
        let request = RecordedRequest(path: path, primitive: primitive, values: values, bound: [:])
        journal.end(request, .null, world: nil, seconds: seconds)
    }

    func sleep(seconds: Double, path: String) async throws {
        if let journal, try await journal.awaitLimit(of: path) { return }
        try await orchestrator.backend.sleep(seconds)
        journal?.reachLimit(of: path)
    }

    func wait(seconds: Double) async throws { try await orchestrator.backend.sleep(seconds) }

    private func answer(_ request: LuaRequest) async throws -> LuaValue {
        if let helpOnly, request.name != "args.parse" { throw ScriptHelp(text: helpOnly) }
        guard let primitive = primitives[request.name] else {
            throw ClusterError(.failed, operation: "call \(request.name)", message: "there is no such primitive")
        }
        let values = request.arguments.map(Document.init)
        do {
            try primitive.requireText(request.arguments)
            let bound = try primitive.bind(values)
            if request.name == "args.parse" { words?.read() }
            if primitive.effect(for: bound) != .read { try words?.check() }
            if let answer = try fromClock(request, bound) { return answer }
            guard let journal, primitive.isRecorded else {
                let call = PrimitiveCall(orchestrator: orchestrator, console: console, arguments: bound)
                return LuaValue(try await primitive.body(call))
            }
            let recorded = RecordedRequest(path: request.path, primitive: primitive, values: values, bound: bound)
            return LuaValue(try await perform(recorded, in: journal))
        } catch var error as ArgumentError where error.location == nil {
            error.location = request.location
            throw error
        }
    }

    private func fromClock(_ request: LuaRequest, _ arguments: [String: Document]) throws -> LuaValue? {
        switch request.name {
        case "run.time": return .number(time(request))
        case "run.random":
            guard let range = try Primitive.randomRange(arguments) else {
                return .number(clock.random(thread: request.thread, number: request.number))
            }
            return .integer(Int64(clock.random(in: range, thread: request.thread, number: request.number)))
        default: return nil
        }
    }
}
