import AsyncHTTPClient
import NIOCore

/// An answer that arrives over time, decoded as it is read.
///
/// It can be iterated once. Leaving the loop, or cancelling the task that reads, ends the request. It has no time limit of its own.
public struct EngineStream<Element: Sendable>: AsyncSequence, Sendable {
    /// Every failure is an ``EngineError``.
    public typealias Failure = EngineError

    typealias Source = any AsyncSequence<ByteBuffer, any Error> & Sendable

    let operation: String
    let address: EngineAddress
    let source: Source
    let decoder: any ChunkDecoder<Element>

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(stream: self, source: source.makeAsyncIterator(), decoder: decoder)
    }

    /// Reads one element after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let stream: EngineStream
        private var source: any AsyncIteratorProtocol<ByteBuffer, any Error>
        private var decoder: any ChunkDecoder<Element>

        init(
            stream: EngineStream,
            source: any AsyncIteratorProtocol<ByteBuffer, any Error>,
            decoder: any ChunkDecoder<Element>
        ) {
            self.stream = stream
            self.source = source
            self.decoder = decoder
        }

        /// The next element; nil at the end of the answer.
        public mutating func next() async throws(EngineError) -> Element? {
            try await next(isolation: #isolation)
        }

        /// The next element; nil at the end of the answer.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(EngineError) -> Element? {
            do {
                while true {
                    if let element = try decoder.next() { return element }
                    guard let chunk = try await source.next(isolation: actor) else { break }
                    decoder.append(chunk)
                }
                try Task.checkCancellation()
                return try decoder.finish()
            } catch {
                throw EngineError(error, operation: stream.operation, address: stream.address)
            }
        }
    }

    /// All elements at once, for streams known to be short.
    func collected() async throws(EngineError) -> [Element] {
        var elements: [Element] = []
        for try await element in self { elements.append(element) }
        return elements
    }
}

/// Turns chunks with arbitrary borders into elements.
protocol ChunkDecoder<Element>: Sendable {
    associatedtype Element: Sendable

    /// Takes the next chunk.
    mutating func append(_ chunk: ByteBuffer)
    /// The next element of what was taken so far; nil when more is needed.
    mutating func next() throws -> Element?
    /// Called once no chunk follows: an element that needed no terminator, or an error about what is incomplete.
    mutating func finish() throws -> Element?
}

extension DockerClient {
    /// Sends the request and hands out its answer as it arrives.
    func streamed<Element>(
        _ request: EngineRequest,
        _ decoder: any ChunkDecoder<Element>
    ) async throws(EngineError) -> EngineStream<Element> {
        let response = try await transport.stream(request)
        return EngineStream(
            operation: request.operation,
            address: address,
            source: response.body,
            decoder: decoder
        )
    }
}
