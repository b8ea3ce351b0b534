extension EngineAddress {
    /// The address that the `docker` command line would use.
    ///
    /// Reads `DOCKER_HOST` (`unix://PATH` or `tcp://HOST[:PORT]`), `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`
    /// (a directory with ca.pem, cert.pem and key.pem; `~/.docker` when only verification is asked for).
    /// - Throws: `.invalidAddress` when `DOCKER_HOST` has another form.
    public static func fromEnvironment(_ environment: [String: String]) throws(EngineError) -> EngineAddress {
        guard let host = environment["DOCKER_HOST"], !host.isEmpty else { return standardSocket }
        if let path = host.remainder(after: "unix://") {
            guard path.hasPrefix("/") else { throw malformed(host, "the socket's path must be absolute") }
            return socket(path)
        }
        guard let location = host.remainder(after: "tcp://") else {
            throw malformed(host, "only unix:// and tcp:// are understood")
        }
        return try tcp(location, given: host, tls: tlsFiles(environment))
    }

    private static func tlsFiles(_ environment: [String: String]) -> TLSFiles? {
        let verifies = environment["DOCKER_TLS_VERIFY"].map { !$0.isEmpty } ?? false
        if let directory = environment["DOCKER_CERT_PATH"], !directory.isEmpty {
            return TLSFiles(directory: directory, verifiesServer: verifies)
        }
        guard verifies else { return nil }
        return TLSFiles(directory: (environment["HOME"] ?? "") + "/.docker", verifiesServer: true)
    }

    private static func tcp(_ location: String, given: String, tls: TLSFiles?) throws(EngineError) -> EngineAddress {
        var rest = location[...]
        if rest.hasSuffix("/") { rest.removeLast() }
        let host = rest.hasPrefix("[") ? rest.dropFirst().prefix { $0 != "]" } : rest.prefix { $0 != ":" }
        rest = rest.dropFirst(rest.hasPrefix("[") ? host.count + 2 : host.count)
        guard !host.isEmpty else { throw malformed(given, "the host is missing") }
        guard !rest.isEmpty else {
            return EngineAddress(endpoint: .tcp(host: String(host), port: tls == nil ? 2375 : 2376, tls: tls))
        }
        guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), (1...65535).contains(port) else {
            throw malformed(given, "what follows the host is not a port")
        }
        return EngineAddress(endpoint: .tcp(host: String(host), port: port, tls: tls))
    }

    private static func malformed(_ host: String, _ reason: String) -> EngineError {
        EngineError(
            code: .invalidAddress,
            operation: "read DOCKER_HOST",
            message: "\"\(host)\" is not an engine's address: \(reason)",
            advice: "use unix:///var/run/docker.sock or tcp://HOST:PORT"
        )
    }
}

extension String {
    fileprivate func remainder(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
