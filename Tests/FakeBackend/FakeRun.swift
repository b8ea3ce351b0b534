import ClusterModel
import Commands
package import Orchestration
package import PluginAPI
package import Scripting

/// A command line that ran against a fake engine.
package struct FakeRun: Sendable {
    /// Its exit code.
    package let code: Int32
    /// Its standard output.
    package let output: String
    /// Its standard error.
    package let errors: String

    /// What a command line gave.
    package init(code: Int32, output: String, errors: String) {
        self.code = code
        self.output = output
        self.errors = errors
    }

    /// Runs a command line. `told` is given the balancers that the engine is opened with.
    package init(
        _ arguments: [String],
        on backend: any ClusterBackend = FakeBackend(),
        in folder: ScriptFolder = ScriptFolder("/nowhere"),
        terminal: RecordingTerminal = RecordingTerminal(),
        engine: any EngineServices = FakeEngine(),
        plugins: [any Plugin] = [],
        rehearsals: (any RehearsalServices)? = nil,
        web: (any WebClient)? = nil,
        told: @escaping @Sendable ([BalancerSupport]) -> Void = { _ in }
    ) async {
        let services = CommandServices(
            backend: { balancers in
                told(balancers)
                return backend
            },
            engine: { engine },
            plugins: plugins,
            rehearsals: rehearsals,
            web: web
        )
        code = await Pgbc.run(arguments, services: services, terminal: terminal, folder: folder)
        output = terminal.output
        errors = terminal.errors
    }
}

/// Images and an examination that are always the same.
package struct FakeEngine: EngineServices {
    /// What `doctor` finds.
    package var results: [Examination]

    /// An engine in good health unless told otherwise.
    package init(results: [Examination] = [Examination("API version", .good, "1.41")]) { self.results = results }

    package func buildImages(
        _ names: [String],
        force: Bool,
        progress: @escaping ProgressHandler
    ) async throws -> [ImageReport] {
        progress("pgbc/postgres:15: step 1 of 3")
        return try await images()
    }

    package func images() async throws -> [ImageReport] {
        [
            ImageReport(name: "pgbc/postgres:15", purpose: "nodes", id: "0123456789ab", bytes: 300 << 20),
            ImageReport(name: "pgbc/balancer:4.3", purpose: "balancers"),
        ]
    }

    package func examine() async -> [Examination] { results }
}
