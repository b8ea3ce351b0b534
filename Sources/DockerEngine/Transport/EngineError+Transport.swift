import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension EngineError {
    /// The error of an answer with a status of 400 or more, whose body is `{"message": …}`.
    init(refusal body: ByteBuffer, status: UInt, operation: String) {
        struct Refusal: Decodable {
            var message: String
        }
        let decoded = try? JSONDecoder().decode(Refusal.self, from: Data(body.readableBytesView))
        let text = decoded?.message ?? String(buffer: body)
        self.init(code: Code(status: status), operation: operation, message: text, status: Int(status))
    }

    /// Any error of the layers below, put into this client's terms.
    init(_ error: any Error, operation: String, address: EngineAddress) {
        switch error {
        case let error as EngineError:
            self = error
        case let error as TimeLimitPassed:
            self.init(code: .timedOut, operation: operation, message: "no answer within \(error.limit)", cause: error)
        case let error as DirectError:
            self.init(direct: error, operation: operation, address: address)
        case is CancellationError:
            self.init(code: .cancelled, operation: operation, message: "the call was cancelled", cause: error)
        case let error as HTTPClientError:
            self.init(error, operation: operation, address: address)
        case let error as IOError:
            self.init(errno: error.errnoCode, error, operation: operation, address: address)
        case let error as NIOConnectionError:
            self.init(connection: error, operation: operation, address: address)
        case NIOSSLError.uncleanShutdown:
            self.init(lost: error, operation: operation)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self.init(tls: error, operation: operation, address: address)
        default:
            self.init(unexpected: error, operation: operation)
        }
    }

    private init(direct error: DirectError, operation: String, address: EngineAddress) {
        switch error {
        case .system(let number): self.init(errno: number, error, operation: operation, address: address)
        case .cut: self.init(lost: error, operation: operation)
        case .malformed(let reason):
            self.init(code: .protocolError, operation: operation, message: reason, cause: error)
        }
    }

    private init(_ error: HTTPClientError, operation: String, address: EngineAddress) {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            self.init(unreachable: "no connection within 5 seconds", error, operation: operation, address: address)
        case .tlsHandshakeTimeout:
            self.init(tls: error, operation: operation, address: address)
        case .cancelled, .alreadyShutdown:
            self.init(code: .cancelled, operation: operation, message: "the client was shut down", cause: error)
        case .remoteConnectionClosed:
            self.init(lost: error, operation: operation)
        default:
            self.init(unexpected: error, operation: operation)
        }
    }

    private init(connection error: NIOConnectionError, operation: String, address: EngineAddress) {
        let failure = error.connectionErrors.lazy.compactMap { $0.error as? IOError }.first
        if let failure {
            self.init(errno: failure.errnoCode, error, operation: operation, address: address)
        } else if error.connectionErrors.isEmpty {
            self.init(unreachable: "no host \(error.host) is known", error, operation: operation, address: address)
        } else {
            self.init(unreachable: "no connection within 5 seconds", error, operation: operation, address: address)
        }
    }

    private init(unexpected error: any Error, operation: String) {
        switch error {
        case HTTPParserError.invalidEOFState, ChannelError.ioOnClosedChannel, ChannelError.eof,
            ChannelError.inputClosed:
            self.init(lost: error, operation: operation)
        default:
            self.init(code: .protocolError, operation: operation, message: "\(error)", cause: error)
        }
    }

    init(lost error: any Error, operation: String) {
        let message = "the connection ended before the answer did"
        self.init(code: .connectionLost, operation: operation, message: message, cause: error)
    }
}
