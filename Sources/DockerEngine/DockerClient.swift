/// A client of one Docker engine.
///
/// It is a value that can be copied and used from any number of tasks at once; all copies share one set of connections, served by
/// one thread. Every call throws ``EngineError``. Ordinary calls are limited to 60 seconds; streams are limited only by the
/// cancellation of the task that reads them.
public struct DockerClient: Sendable {
    /// Where the engine is.
    public let address: EngineAddress
    let transport: Transport

    /// Prepares connections; nothing is sent before the first call.
    /// - Throws: `.tlsFailed` when the address names TLS files that cannot be read.
    public init(address: EngineAddress) async throws(EngineError) {
        self.address = address
        transport = try Transport(address: address)
    }

    /// Ends all connections; calls in progress fail with `.cancelled`.
    public func shutdown() async {
        await transport.connections.shutdown()
    }
}
