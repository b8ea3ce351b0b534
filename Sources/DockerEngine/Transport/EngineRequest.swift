import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One call to the engine, before the address and the API version are known.
struct EngineRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// What a request carries.
    enum Body: Sendable {
        case none
        case json(ByteBuffer)
        case tar(ByteBuffer)
        case tarStream(HTTPClientRequest.Body)
    }

    /// The operation in words and its object, for error messages.
    var operation: String
    var method: Method
    /// Unescaped path segments below the API version.
    var path: [String]
    /// Unescaped values; nil leaves the item out.
    var query: [String: String?] = [:]
    /// Further fields of the head.
    var headers: [String: String] = [:]
    var body = Body.none
    /// The limit of the whole call, or of the answer's head where the rest is a stream.
    var limit = Duration.seconds(60)
    /// The largest answer that is taken into memory.
    var maximumBytes = 64 << 20

    /// Path and query below `/vX.Y`, escaped, the query in the order of its names.
    var target: String {
        let path = path.map { "/" + $0.percentEncoded() }.joined()
        let items = query.sorted { $0.key < $1.key }.compactMap { name, value in
            value.map { "\(name)=\($0.percentEncoded())" }
        }
        return items.isEmpty ? path : path + "?" + items.joined(separator: "&")
    }

    func httpRequest(url: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method.rawValue)
        // The name of a socket is no host name; any well-formed one will do.
        request.headers.add(name: "Host", value: "docker")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        switch body {
        case .none: break
        case .json(let bytes): request.attach(.bytes(bytes), type: "application/json")
        case .tar(let bytes): request.attach(.bytes(bytes), type: "application/x-tar")
        case .tarStream(let stream): request.attach(stream, type: "application/x-tar")
        }
        return request
    }
}

extension HTTPClientRequest {
    fileprivate mutating func attach(_ body: Body, type: String) {
        headers.add(name: "Content-Type", value: type)
        self.body = body
    }
}
