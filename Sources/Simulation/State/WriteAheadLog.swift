/// What a node's data holds: a timeline with its history, and how far it was written.
struct WriteAheadLog: Sendable, Equatable {
    /// Identifies the `initdb` that it began with.
    var system: String
    /// The timeline that is written or followed now.
    var timeline: Int
    /// Bytes written, from the beginning of the first timeline.
    var position: Int
    /// Where each earlier timeline was left, oldest first.
    var left: [(timeline: Int, position: Int)] = []

    /// Whether everything up to a place is in this log.
    func contains(_ place: Place) -> Bool {
        if place.timeline == timeline { return place.position <= position }
        return left.contains { $0.timeline == place.timeline && place.position <= $0.position }
    }

    /// Whether this log can go on by following the other.
    func isBeginning(of other: WriteAheadLog) -> Bool {
        system == other.system && other.contains(Place(timeline: timeline, position: position))
    }

    /// The end.
    var end: Place { Place(timeline: timeline, position: position) }

    /// Begins a new timeline here.
    mutating func fork(to timeline: Int) {
        left.append((self.timeline, position))
        self.timeline = timeline
    }

    /// Begins as every fresh cluster does.
    static let fresh = WriteAheadLog(system: "7000000000000000001", timeline: 1, position: 0x300_0000)

    static func == (left: Self, right: Self) -> Bool {
        left.system == right.system && left.timeline == right.timeline && left.position == right.position
            && left.left.elementsEqual(right.left) { $0 == $1 }
    }

    /// A point in a log.
    struct Place: Sendable, Equatable {
        var timeline: Int
        var position: Int
    }
}

extension Int {
    /// A position as PostgreSQL writes it: `0/3000148`.
    var lsn: String {
        "\(String(self >> 32, radix: 16, uppercase: true))/\(String(self & 0xFFFF_FFFF, radix: 16, uppercase: true))"
    }
}
