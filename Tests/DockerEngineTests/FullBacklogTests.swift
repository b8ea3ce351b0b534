import Foundation
import Testing

@testable import DockerEngine

/// An engine that is so busy that its socket takes no further connection for a while.
@Suite(.timeLimit(.minutes(1))) struct `A unix socket whose backlog is full` {
    @Test func `is waited for until there is room`() async throws {
        let crowd = try CrowdedSocket()
        defer { crowd.close() }
        async let answer = crowd.call(limit: .seconds(20)).answer()
        // Time in which a connect that does not wait would have failed.
        try await Task.sleep(for: .milliseconds(100))
        let served = try await crowd.answerAll(with: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")
        defer { for descriptor in served { close(descriptor) } }
        #expect(try await answer.body == Array("OK".utf8))
    }

    @Test func `is given up at the limit`() async throws {
        let crowd = try CrowdedSocket()
        defer { crowd.close() }
        await #expect(throws: TimeLimitPassed.self) {
            try await crowd.call(limit: .milliseconds(150)).answer()
        }
    }

    @Test func `is given up when nobody waits any more`() async throws {
        let crowd = try CrowdedSocket()
        defer { crowd.close() }
        let begin = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { try await crowd.call(limit: .seconds(30)).answer() }
            }
            group.cancelAll()
        }
        #expect(ContinuousClock.now - begin < .seconds(10))
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A connection that does not come about` {
    /// The number of a closed descriptor is somebody else's at once: whoever closes it again takes it away from them.
    @Test func `closes its descriptor once`() async throws {
        let isDone = Flag()
        async let lost: Int = Task.detached {
            var lost = 0
            while !isDone.isSet {
                let other = open("/dev/null", O_RDONLY)
                sched_yield()
                if close(other) != 0 { lost += 1 }
            }
            return lost
        }.value
        for _ in 0..<20_000 {
            #expect(throws: DirectError.self) {
                try DirectConnection(to: .socket(path: "/nonexistent"), limit: .seconds(5), cancelled: Flag())
            }
        }
        isDone.set()
        #expect(await lost == 0)
    }
}

/// A unix socket that nobody accepts from until it is told to, with so many connections that the next one has to wait.
private struct CrowdedSocket {
    private let path = FileManager.default.temporaryDirectory.path + "/crowd-\(UUID().uuidString.prefix(8)).sock"
    private let listener: CInt
    private let crowd: [CInt]

    init() throws {
        let listener = socket(AF_UNIX, Self.stream, 0)
        try #require(Self.onAddress(path) { bind(listener, $0, $1) } == 0 && listen(listener, 0) == 0)
        var crowd: [CInt] = []
        while true {
            let one = socket(AF_UNIX, Self.stream, 0)
            _ = fcntl(one, F_SETFL, fcntl(one, F_GETFL) | O_NONBLOCK)
            crowd.append(one)
            guard Self.onAddress(path, { connect(one, $0, $1) }) == 0 else { break }
        }
        try #require(errno == EAGAIN)
        (self.listener, self.crowd) = (listener, crowd)
    }

    func call(limit: Duration) -> DirectCall {
        DirectCall(place: .socket(path: path), target: "/_ping", host: "docker", limit: limit, maximumBytes: 1024)
    }

    /// Accepts every connection that got in, and the one that waited, and answers on each; returns their descriptors.
    func answerAll(with text: String) async throws -> [CInt] {
        var served: [CInt] = []
        for _ in crowd {
            let one = try #require(await accepted())
            _ = text.withCString { send(one, $0, strlen($0), 0) }
            served.append(one)
        }
        return served
    }

    private func accepted() async -> CInt? {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "accept").async {
                let one = accept(listener, nil, nil)
                continuation.resume(returning: one < 0 ? nil : one)
            }
        }
    }

    func close() {
        for descriptor in crowd + [listener] { Foundation.close(descriptor) }
        unlink(path)
    }

    private static func onAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    #if canImport(Glibc)
        private static let stream = CInt(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif
}
