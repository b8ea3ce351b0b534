#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A stream socket that is used by one thread. Every wait ends at the deadline, or soon after nobody waits any more.
final class DirectConnection {
    private let descriptor: CInt
    private let deadline: ContinuousClock.Instant
    private let limit: Duration
    private let cancelled: Flag
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(to place: DirectCall.Place, limit: Duration, cancelled: Flag) throws {
        self.limit = limit
        self.cancelled = cancelled
        deadline = .now + limit
        switch place {
        case .socket: descriptor = socket(AF_UNIX, Self.streamType, 0)
        case .tcp: descriptor = socket(AF_INET, Self.streamType, 0)
        }
        guard descriptor >= 0 else { throw DirectError.system(errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        switch place {
        case .socket(let path): try connect(toSocket: path)
        case .tcp(let address, let port): try connect(to: address, port)
        }
    }

    /// Also when connecting fails: by then the object is complete.
    deinit { close(descriptor) }

    /// While the backlog of a unix socket is full, only a connect that blocks is woken when there is room, and it heeds the limit for
    /// sending (unix(7), socket(7)).
    private func connect(toSocket path: String) throws {
        var slice = timeval(tv_sec: 0, tv_usec: 20_000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &slice, socklen_t(MemoryLayout<timeval>.size))
        while try withUnixAddress(path, { Self.systemConnect(descriptor, $0, $1) }) != 0 {
            guard errno == EAGAIN || errno == EINTR else { throw DirectError.system(errno) }
            try requireTime()
        }
        stopBlocking()
    }

    private func connect(to address: String, _ port: Int) throws {
        stopBlocking()
        if try withInternetAddress(address, port, { Self.systemConnect(descriptor, $0, $1) }) == 0 { return }
        guard errno == EINPROGRESS else { throw DirectError.system(errno) }
        try wait(for: POLLOUT)
        var failure: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
        guard failure == 0 else { throw DirectError.system(failure) }
    }

    private func stopBlocking() {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Self.noSignal) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                try retry(POLLOUT)
            }
        }
    }

    /// What has arrived; `nil` at the end.
    func read() throws -> ArraySlice<UInt8>? {
        while true {
            let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count > 0 { return buffer[..<count] }
            if count == 0 { return nil }
            try retry(POLLIN)
        }
    }

    private func retry(_ event: CInt) throws {
        switch errno {
        case EINTR: return
        case EAGAIN: try wait(for: event)
        default: throw DirectError.system(errno)
        }
    }

    /// What is left until the deadline. Throws when that is nothing, or nobody waits any more.
    @discardableResult
    private func requireTime() throws -> Duration {
        if cancelled.isSet { throw CancellationError() }
        let left = deadline - .now
        guard left > .zero else { throw TimeLimitPassed(limit: limit) }
        return left
    }

    private func wait(for event: CInt) throws {
        while true {
            let left = try requireTime()
            var question = pollfd(fd: descriptor, events: Int16(event), revents: 0)
            let slice = min(left, .milliseconds(20)).components
            let milliseconds = CInt(slice.attoseconds / 1_000_000_000_000_000) + 1
            if poll(&question, 1, milliseconds) > 0 { return }
        }
    }

    #if canImport(Glibc)
        private static let streamType = CInt(SOCK_STREAM.rawValue)
    #else
        private static let streamType = SOCK_STREAM
    #endif
    #if canImport(Darwin)
        private static let noSignal: CInt = 0
    #else
        private static let noSignal = CInt(MSG_NOSIGNAL)
    #endif

    private static func systemConnect(
        _ descriptor: CInt,
        _ address: UnsafePointer<sockaddr>,
        _ length: socklen_t
    ) -> CInt {
        #if canImport(Glibc)
            Glibc.connect(descriptor, address, length)
        #elseif canImport(Musl)
            Musl.connect(descriptor, address, length)
        #else
            Darwin.connect(descriptor, address, length)
        #endif
    }
}

extension DirectError {
    /// True when nothing says that the other end has done anything.
    var isDroppedConnection: Bool {
        switch self {
        case .cut: true
        case .system(let number): number == ECONNRESET || number == EPIPE
        case .malformed: false
        }
    }
}

private typealias AddressBody = (UnsafePointer<sockaddr>, socklen_t) -> CInt

private func withUnixAddress(_ path: String, _ body: AddressBody) throws -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw DirectError.system(ENAMETOOLONG) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
}

private func withInternetAddress(_ text: String, _ port: Int, _ body: AddressBody) throws -> CInt {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    guard inet_pton(AF_INET, text, &address.sin_addr) == 1 else { throw DirectError.system(EINVAL) }
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
}
