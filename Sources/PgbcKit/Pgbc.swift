internal import Commands
internal import DockerBackend
internal import DockerEngine
internal import Foundation
public import PluginAPI
internal import Simulation

/// The whole of pgbc, for executables that add plugins to it.
public enum Pgbc {
    /// Carries out the command line of this process on the Docker Engine that its environment names, and returns the exit code.
    ///
    /// - Parameter plugins: what the executable brings along.
    public static func main(plugins: [any Plugin] = []) async -> Int32 {
        let environment = ProcessInfo.processInfo.environment
        let services = CommandServices(
            backend: { balancers in
                DockerClusterBackend(
                    client: try await .fromEnvironment(environment),
                    logins: .fromEnvironment(environment),
                    drivers: balancers
                )
            },
            engine: { DockerEngineServices(client: try await .fromEnvironment(environment)) },
            plugins: plugins,
            rehearsals: SimulatedRehearsals(),
            web: PooledWebClient()
        )
        return await Commands.Pgbc.main(Array(CommandLine.arguments.dropFirst()), services: services)
    }
}
