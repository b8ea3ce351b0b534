import Foundation

/// A TCP socket on loopback that listens until it is closed.
struct Listener {
    let port: Int
    private let descriptor: Int32

    /// Listens on the port, or on any free one; `nil` when it is taken.
    init?(port: Int = 0) {
        let descriptor = socket(AF_INET, streamSocket, 0)
        guard descriptor >= 0 else { return nil }
        // Ended connections of the engine's own listener are no reason against a port that was asked for.
        var reuses: Int32 = port == 0 ? 0 : 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuses, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard isBound else {
            Foundation.close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        self.port = Int(in_port_t(bigEndian: address.sin_port))
    }

    func close() { Foundation.close(descriptor) }

    static func isFree(_ port: Int) -> Bool {
        guard let listener = Listener(port: port) else { return false }
        listener.close()
        return true
    }
}

#if canImport(Glibc)
    let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
    let streamSocket = SOCK_STREAM
#endif
