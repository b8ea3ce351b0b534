/// Where an engine listens: a unix socket, or a TCP port with or without TLS.
public struct EngineAddress: Sendable, Equatable, CustomStringConvertible {
    /// The two ways to reach an engine.
    enum Endpoint: Sendable, Equatable {
        case socket(path: String)
        case tcp(host: String, port: Int, tls: TLSFiles?)
    }

    /// The PEM files of a TLS connection, as `DOCKER_CERT_PATH` names them.
    struct TLSFiles: Sendable, Equatable {
        var directory: String
        var verifiesServer: Bool

        var authority: String { directory + "/ca.pem" }
        var certificate: String { directory + "/cert.pem" }
        var key: String { directory + "/key.pem" }
    }

    let endpoint: Endpoint

    /// The socket that an engine installed by a package listens on.
    public static let standardSocket = EngineAddress.socket("/var/run/docker.sock")

    /// An engine on a unix socket.
    public static func socket(_ path: String) -> EngineAddress {
        EngineAddress(endpoint: .socket(path: path))
    }

    /// An engine on a TCP port, without TLS.
    public static func tcp(host: String, port: Int) -> EngineAddress {
        EngineAddress(endpoint: .tcp(host: host, port: port, tls: nil))
    }

    /// The engine's host when it is reached over the network; nil for a socket of this machine.
    public var remoteHost: String? {
        if case .tcp(let host, _, _) = endpoint { host } else { nil }
    }

    /// The path of the engine's socket when it is reached by one; nil for an engine that is reached over the network.
    public var socketPath: String? {
        if case .socket(let path) = endpoint { path } else { nil }
    }

    /// The address in the form of `DOCKER_HOST`.
    public var description: String {
        switch endpoint {
        case .socket(let path): "unix://\(path)"
        case .tcp(let host, let port, let tls): "tcp://\(Self.bracketed(host)):\(port)\(tls == nil ? "" : " (TLS)")"
        }
    }

    /// Where a plain connection without a pool goes; nil for an engine that is reached over the network.
    var directPlace: DirectCall.Place? {
        if case .socket(let path) = endpoint { .socket(path: path) } else { nil }
    }

    /// Scheme, host and port of a request's URL; a socket's path takes the place of the host.
    var origin: String {
        switch endpoint {
        case .socket(let path): "http+unix://\(path.percentEncoded())"
        case .tcp(let host, let port, let tls): "\(tls == nil ? "http" : "https")://\(Self.bracketed(host)):\(port)"
        }
    }

    private static func bracketed(_ host: String) -> String {
        host.contains(":") ? "[\(host)]" : host
    }
}
