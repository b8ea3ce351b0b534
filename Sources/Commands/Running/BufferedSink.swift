internal import Orchestration
internal import PluginAPI
internal import Synchronization

/// Stands between an operation and a plugin's taker of events, so that a slow one never holds the operation up.
///
/// It keeps up to a thousand events; then the oldest are dropped, and how many is told at the end.
final class BufferedSink: WorkingSink {
    private let sink: any EventSink
    private let queue: AsyncStream<Event>
    private let entrance: AsyncStream<Event>.Continuation
    private let dropped = Mutex(0)

    init(_ sink: any EventSink, capacity: Int = 1000) {
        self.sink = sink
        (queue, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(capacity))
    }

    func receive(_ event: Event) {
        if case .dropped = entrance.yield(event) { dropped.withLock { $0 += 1 } }
    }

    func finish() { entrance.finish() }

    /// Off the threads on which operations wait, because a taker may block.
    @concurrent
    func work(_ surroundings: SinkSurroundings) async {
        for await event in queue { sink.receive(event) }
        let lost = dropped.withLock { $0 }
        if lost > 0 {
            surroundings.tell("\(lost) events came faster than \(type(of: sink)) took them, and were dropped")
        }
    }
}
