import NIOSSL

extension EngineAddress {
    /// The TLS settings of the address, with all of its files read; nil for a plain address.
    func tlsConfiguration() throws(EngineError) -> TLSConfiguration? {
        guard case .tcp(_, _, let files?) = endpoint else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = files.verifiesServer ? .fullVerification : .none
        if files.verifiesServer {
            let authorities = try Self.read(files.authority) { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.trustRoots = .certificates(authorities)
        }
        let chain = try Self.read(files.certificate) { try NIOSSLCertificate.fromPEMFile($0) }
        configuration.certificateChain = chain.map { .certificate($0) }
        let key = try Self.read(files.key) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        configuration.privateKey = .privateKey(key)
        return configuration
    }

    private static func read<Content>(
        _ path: String,
        _ load: (String) throws -> Content
    ) throws(EngineError) -> Content {
        do {
            return try load(path)
        } catch {
            throw EngineError(
                code: .tlsFailed,
                operation: "read TLS file \(path)",
                message: "\(error)",
                advice: "DOCKER_CERT_PATH must name a directory with readable ca.pem, cert.pem and key.pem",
                cause: error
            )
        }
    }
}
