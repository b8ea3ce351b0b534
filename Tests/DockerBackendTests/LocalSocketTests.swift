import Foundation
import Orchestration
import Testing

@testable import DockerBackend

#if os(Linux)
    @Suite struct `The TCP sockets of this machine` {
        @Test func `are told apart by what they do with their port`() throws {
            let listener = try TCPSocket()
            let port = try listener.listens()
            #expect(LocalSockets.listening[port]?.hasPrefix("process \(getpid()) (") == true)
            #expect(LocalSockets.nearEnds(of: [port]).isEmpty)

            let connection = try TCPSocket()
            let near = try connection.connects(to: port)
            guard case .open(let holder)? = LocalSockets.nearEnds(of: [near])[near] else {
                Issue.record("nobody is told for port \(near)")
                return
            }
            #expect(holder.hasPrefix("process \(getpid()) ("))
            #expect(LocalSockets.nearEnds(of: [near + 1, near - 1]).isEmpty)
            #expect(LocalSockets.listening[near] == nil)
            // Both are open until here.
            withExtendedLifetime((listener, connection)) {}
        }

        @Test func `are told for as long as nobody can listen on their port`() throws {
            let listener = try TCPSocket()
            let far = try listener.listens()
            let near = try TCPSocket().connects(to: far)
            // The far end has not ended yet, and then it has.
            #expect(LocalSockets.nearEnds(of: [near]) == [near: .ended])
            listener.endsNext()
            #expect(LocalSockets.nearEnds(of: [near]) == [near: .ended])
            #expect(try TCPSocket().binds(to: near) == false)
        }

        @Test func `are all told, however many there are`() throws {
            let listeners = try (0..<100).map { _ in try TCPSocket() }
            let ports = try listeners.map { try $0.listens() }
            let seen = LocalSockets.listening
            #expect(ports.filter { seen[$0] == nil } == [])
            withExtendedLifetime(listeners) {}
        }
    }

    @Suite struct `The range for outgoing connections` {
        @Test func `matters when it reaches the ports of the first two balancers`() throws {
            let usual = try #require(PortRange("32768\t60999\n"))
            #expect(usual.examination.verdict == .good)
            #expect(usual.examination.finding == "32768 to 60999: those of 2 balancers lie below")
            let wide = try #require(PortRange("1024 65535"))
            #expect(wide.examination.verdict == .warning)
            #expect(PortRange("") == nil)
        }
    }

    /// A socket on loopback; closed when it goes.
    private final class TCPSocket {
        private let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)

        init() throws { try #require(descriptor >= 0) }
        deinit { close(descriptor) }

        /// As the engine does: with SO_REUSEADDR.
        func binds(to wanted: Int) -> Bool {
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return onAddress(port: wanted) { bind(descriptor, $0, $1) } == 0
        }

        func listens() throws -> Int {
            try #require(binds(to: 0) && listen(descriptor, 1) == 0)
            return try port
        }

        /// Ends the connection that has come first.
        func endsNext() { close(accept(descriptor, nil, nil)) }

        func connects(to far: Int) throws -> Int {
            try #require(onAddress(port: far) { connect(descriptor, $0, $1) } == 0)
            return try port
        }

        private var port: Int {
            get throws {
                var address = sockaddr_in()
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let result = withUnsafeMutablePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
                }
                try #require(result == 0)
                return Int(in_port_t(bigEndian: address.sin_port))
            }
        }

        private func onAddress(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }
#endif
