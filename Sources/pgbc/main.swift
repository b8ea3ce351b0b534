import Commands
import DockerBackend
import DockerEngine
import Foundation

let environment = ProcessInfo.processInfo.environment
let services = CommandServices(
    backend: { DockerClusterBackend(client: try await .fromEnvironment(environment)) },
    engine: { DockerEngineServices(client: try await .fromEnvironment(environment)) }
)
exit(await Pgbc.main(Array(CommandLine.arguments.dropFirst()), services: services))
