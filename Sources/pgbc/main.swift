import Commands
import DockerBackend
import DockerEngine
import Foundation

let environment = ProcessInfo.processInfo.environment
let openEngine: @Sendable () async throws -> DockerClient = {
    try await DockerClient(address: .fromEnvironment(environment))
}
let services = CommandServices(
    backend: { DockerClusterBackend(client: try await openEngine()) },
    engine: { DockerEngineServices(client: try await openEngine()) }
)
exit(await Pgbc.main(Array(CommandLine.arguments.dropFirst()), services: services))
