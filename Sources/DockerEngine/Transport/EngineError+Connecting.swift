#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension EngineError {
    /// The error of a system call on the connection, told apart by its number alone.
    init(errno: CInt, _ cause: any Error, operation: String, address: EngineAddress) {
        switch errno {
        case EACCES, EPERM:
            self.init(
                code: .permissionDenied,
                operation: operation,
                message: "this user may not use \(address)",
                advice: "add yourself to the docker group and log in again, or run as root",
                cause: cause
            )
        case ENOENT:
            self.init(unreachable: "there is no such socket", cause, operation: operation, address: address)
        case ECONNREFUSED:
            self.init(unreachable: "nothing listens there", cause, operation: operation, address: address)
        case ECONNRESET, EPIPE:
            self.init(lost: cause, operation: operation)
        default:
            self.init(unreachable: String(cString: strerror(errno)), cause, operation: operation, address: address)
        }
    }

    init(unreachable reason: String, _ cause: any Error, operation: String, address: EngineAddress) {
        self.init(
            code: .unreachable,
            operation: operation,
            message: "no engine answers at \(address): \(reason)",
            advice: address.startAdvice,
            cause: cause
        )
    }

    init(tls cause: any Error, operation: String, address: EngineAddress) {
        self.init(
            code: .tlsFailed,
            operation: operation,
            message: "no TLS connection to \(address): \(cause)",
            advice: "check that the files in DOCKER_CERT_PATH belong to this engine and name this host",
            cause: cause
        )
    }
}

extension EngineAddress {
    fileprivate var startAdvice: String {
        switch endpoint {
        case .socket: "is the engine running? Start it with \"systemctl start docker\", or set DOCKER_HOST"
        case .tcp: "is the engine running and reachable from here? Check DOCKER_HOST"
        }
    }
}
