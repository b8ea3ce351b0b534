import Foundation

/// One HTTP/1.0 exchange over a loopback port or a unix socket, for looking at answers as they are.
enum PlainHTTP {
    struct Answer: CustomStringConvertible {
        let status: Int
        let body: String
        var description: String { "\(status) \(body)" }

        /// The body as JSON.
        func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(body.utf8))
        }
    }

    enum Place {
        case port(Int)
        case socket(String)
    }

    /// - Parameter token: Sent as a bearer's token.
    @concurrent
    static func send(_ method: String, _ path: String, to place: Place, token: String? = nil) async throws -> Answer {
        let descriptor = try connected(to: place)
        defer { close(descriptor) }
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let length = method == "POST" ? "Content-Length: 0\r\n" : ""
        let request = "\(method) \(path) HTTP/1.0\r\nHost: localhost\r\n\(authorization)\(length)\r\n"
        var rest = Array(request.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw failure("write to \(place)") }
            rest = rest.dropFirst(written)
        }
        return try answer(of: String(decoding: try readToEnd(descriptor, place), as: UTF8.self), place)
    }

    private static func readToEnd(_ descriptor: Int32, _ place: Place) throws -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw failure("read from \(place)") }
            if count == 0 { return answer }
            answer += buffer[..<count]
        }
    }

    private static func answer(of text: String, _ place: Place) throws -> Answer {
        guard let end = text.firstRange(of: "\r\n\r\n"),
            let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw ProgramFailure(description: "\(place) did not answer in HTTP: \(text)") }
        return Answer(status: status, body: String(text[end.upperBound...]))
    }

    private static func connected(to place: Place) throws -> Int32 {
        let result: (Int32, Int32)
        switch place {
        case .port(let port): result = connect(toPort: port)
        case .socket(let path): result = connect(toSocket: path)
        }
        guard result.1 == 0 else {
            close(result.0)
            throw failure("connect to \(place)")
        }
        var limit = timeval(tv_sec: 15, tv_usec: 0)
        setsockopt(result.0, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        return result.0
    }

    private static func connect(toPort port: Int) -> (Int32, Int32) {
        let descriptor = socket(AF_INET, streamSocket, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return (descriptor, connect(descriptor, to: &address))
    }

    private static func connect(toSocket path: String) -> (Int32, Int32) {
        let descriptor = socket(AF_UNIX, streamSocket, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return (descriptor, connect(descriptor, to: &address))
    }

    private static func connect<Address>(_ descriptor: Int32, to address: inout Address) -> Int32 {
        let size = socklen_t(MemoryLayout<Address>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Foundation.connect(descriptor, $0, size) }
        }
    }

    private static func failure(_ what: String) -> ProgramFailure {
        ProgramFailure(description: "could not \(what): \(String(cString: strerror(errno)))")
    }
}
