import Foundation

/// A client's way to one address: it opens a session when there is none, and a new one after a failure that ended it.
final class Line {
    let address: String
    let patience: Patience
    private let application: String
    private let isAbandoned: () -> Bool
    private var session: Session?

    init(
        _ address: String,
        patience: Patience,
        application: String,
        isAbandoned: @escaping () -> Bool = { false }
    ) {
        (self.address, self.patience, self.application) = (address, patience, application)
        self.isAbandoned = isAbandoned
    }

    var isOpen: Bool { session != nil }

    /// Makes sure of a session.
    func open() throws(SQLFailure) {
        guard session == nil else { return }
        session = try Session(
            address,
            within: patience.connect,
            application: application,
            isAbandoned: isAbandoned
        )
    }

    @discardableResult
    func run(_ sql: String, within limit: Double? = nil) throws(SQLFailure) -> [[String?]] {
        try open()
        guard let session else { return [] }
        do {
            return try session.run(sql, within: limit ?? patience.answer)
        } catch {
            if error.endsSession { close() }
            throw error
        }
    }

    func close() { session = nil }
}

/// How long a client waits, in seconds.
public struct Patience: Sendable {
    /// For a session to be opened.
    public var connect: Double
    /// For the answer to a statement.
    public var answer: Double

    /// So many seconds for each.
    public init(connect: Double = 5, answer: Double = 30) { (self.connect, self.answer) = (connect, answer) }
}
