import ClusterModel
import Commands
public import Orchestration
public import PluginAPI
public import Scripting

/// A command line that ran against a fake engine.
public struct FakeRun: Sendable {
    /// Its exit code.
    public let code: Int32
    /// Its standard output.
    public let output: String
    /// Its standard error.
    public let errors: String

    /// Runs a command line.
    public init(
        _ arguments: [String],
        on backend: FakeBackend = FakeBackend(),
        in folder: ScriptFolder = ScriptFolder("/nowhere"),
        terminal: RecordingTerminal = RecordingTerminal(),
        engine: any EngineServices = FakeEngine(),
        plugins: [any Plugin] = []
    ) async {
        let services = CommandServices(backend: { backend }, engine: { engine }, plugins: plugins)
        code = await Pgbc.run(arguments, services: services, terminal: terminal, folder: folder)
        output = terminal.output
        errors = terminal.errors
    }
}

/// Images and an examination that are always the same.
public struct FakeEngine: EngineServices {
    /// What `doctor` finds.
    public var results: [Examination]

    /// An engine in good health unless told otherwise.
    public init(results: [Examination] = [Examination("API version", .good, "1.41")]) { self.results = results }

    public func buildImages(
        _ names: [String],
        force: Bool,
        progress: @escaping ProgressHandler
    ) async throws -> [ImageReport] {
        progress("pgbc/postgres:15: step 1 of 3")
        return try await images()
    }

    public func images() async throws -> [ImageReport] {
        [
            ImageReport(name: "pgbc/postgres:15", purpose: "nodes", id: "0123456789ab", bytes: 300 << 20),
            ImageReport(name: "pgbc/balancer:4.3", purpose: "balancers"),
        ]
    }

    public func examine() async -> [Examination] { results }
}
