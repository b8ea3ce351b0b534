import PluginAPI
import Synchronization

/// Counts steps that failed, and says so at the end of a run. It needs no time for an event, but has something to tell.
final class FailureCount: WorkingSink {
    private let failed = Mutex(0)
    private let (ended, end) = AsyncStream<Void>.makeStream()

    func receive(_ event: Event) {
        if case .stepFailed = event { failed.withLock { $0 += 1 } }
    }

    func finish() { end.finish() }

    func work(_ surroundings: SinkSurroundings) async {
        for await _ in ended {}
        let count = failed.withLock { $0 }
        if count > 0 { surroundings.tell("lag-alarm: \(count) steps failed in this run") }
    }
}
