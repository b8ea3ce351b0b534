import Synchronization

/// What happens during a check; it may leave marks on the check's clock.
public final class CheckEvent: Sendable {
    struct Record: Sendable {
        var begin: Double
        var end: Double
        var healthy: Double?
        var marks: [CheckReport.Mark] = []
        var status: Int32?
        var complaints: [String] = []
    }

    private let stage: Stage
    private let content: Mutex<Record>

    init(_ stage: Stage) {
        self.stage = stage
        content = Mutex(Record(begin: stage.now, end: stage.now))
    }

    var record: Record { content.withLock { $0 } }

    /// Remembers the moment.
    public func mark(_ text: String) {
        let now = stage.now
        content.withLock { $0.marks.append(CheckReport.Mark(at: now - $0.begin, text: text)) }
    }

    /// Remembers how the event's command ended.
    public func ended(with status: Int32) { content.withLock { $0.status = status } }
}

extension CheckReport {
    mutating func note(_ record: CheckEvent.Record) {
        eventSeconds = record.end - record.begin
        eventStatus = record.status
        marks = record.marks
        complaints = record.complaints
        healthyAt = record.healthy.map { max(0, $0 - record.begin) }
    }
}
