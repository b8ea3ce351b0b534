import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension DockerClient {
    /// The answer's JSON as a value.
    func decoded<Value: Decodable & Sendable>(_ request: EngineRequest) async throws(EngineError) -> Value {
        let reply = try await transport.collect(request)
        do {
            return try JSONDecoder().decode(Value.self, from: Data(reply.body.readableBytesView))
        } catch {
            throw EngineError(undecodable: error, operation: request.operation)
        }
    }

    /// The answer's status, its body dropped.
    @discardableResult
    func performed(_ request: EngineRequest) async throws(EngineError) -> UInt {
        try await transport.collect(request).status
    }

    /// The value, or nil where the engine knows no such thing.
    func optional<Value>(_ call: () async throws(EngineError) -> Value) async throws(EngineError) -> Value? {
        do {
            return try await call()
        } catch  where error.code == .notFound {
            return nil
        }
    }
}

extension EngineRequest.Body {
    static func json(_ value: some Encodable, operation: String) throws(EngineError) -> EngineRequest.Body {
        do {
            return .json(ByteBuffer(bytes: try JSONEncoder.ordered.encode(value)))
        } catch {
            throw EngineError(code: .badRequest, operation: operation, message: "\(error)", cause: error)
        }
    }
}

extension JSONEncoder {
    /// Writes the same bytes for the same value.
    fileprivate static var ordered: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension EngineError {
    init(undecodable error: any Error, operation: String) {
        let message = "the answer does not have the documented shape: \(error)"
        self.init(code: .protocolError, operation: operation, message: message, cause: error)
    }
}

/// The `filters` query item: names with the values that they may have.
func filterQuery(_ filters: [String: [String]], operation: String) throws(EngineError) -> String? {
    try jsonQuery(filters.filter { !$0.value.isEmpty }, operation: operation)
}

/// A query item whose value is JSON; nil for an empty one.
func jsonQuery(_ value: some Collection & Encodable, operation: String) throws(EngineError) -> String? {
    guard !value.isEmpty else { return nil }
    do {
        return String(decoding: try JSONEncoder.ordered.encode(value), as: UTF8.self)
    } catch {
        throw EngineError(code: .badRequest, operation: operation, message: "\(error)", cause: error)
    }
}

/// The values of a `label` filter: `key` alone, or `key=value`.
func labelFilter(_ labels: [String: String?]) -> [String] {
    labels.map { key, value in value.map { "\(key)=\($0)" } ?? key }.sorted()
}
