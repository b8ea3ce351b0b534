internal import DockerEngine
internal import Orchestration

/// Cuts a container's output into lines, as they are asked for.
actor LogLines {
    private var chunks: EngineStream<OutputChunk>.AsyncIterator
    private var splitter = LineSplitter()
    private var ready: [LogLine] = []
    private var isAtEnd = false

    private init(_ chunks: EngineStream<OutputChunk>) { self.chunks = chunks.makeAsyncIterator() }

    static func stream(of chunks: EngineStream<OutputChunk>) -> AsyncThrowingStream<LogLine, any Error> {
        let lines = LogLines(chunks)
        return AsyncThrowingStream { try await lines.next() }
    }

    private func next() async throws -> LogLine? {
        while ready.isEmpty, !isAtEnd {
            var chunks = chunks
            let chunk = try await onEngine { try await chunks.next(isolation: self) }
            self.chunks = chunks
            isAtEnd = chunk == nil
            ready = chunk.map { splitter.lines(of: $0) } ?? splitter.rest()
        }
        return ready.isEmpty ? nil : ready.removeFirst()
    }
}

/// Keeps what has no end of line yet, for each stream on its own.
struct LineSplitter {
    private var open: [LogLine.Stream: [UInt8]] = [:]

    mutating func lines(of chunk: OutputChunk) -> [LogLine] {
        let stream: LogLine.Stream = chunk.stream == .stderr ? .errors : .output
        var parts = (open[stream, default: []] + chunk.bytes)
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        open[stream] = parts.popLast().map(Array.init)
        return parts.map { LogLine(stream: stream, text: String(decoding: $0, as: UTF8.self)) }
    }

    /// What was printed without an end of line.
    func rest() -> [LogLine] {
        open.filter { !$0.value.isEmpty }.map {
            LogLine(stream: $0.key, text: String(decoding: $0.value, as: UTF8.self))
        }
    }
}
