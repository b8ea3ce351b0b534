import Foundation

/// A condition that did not come true within its limit.
struct WaitExpired: Error, CustomStringConvertible {
    let what: String
    let limit: Duration
    /// The last error while looking, if looking itself failed.
    let last: String?

    var description: String {
        "waited \(limit / .seconds(1)) s in vain until \(what)" + (last.map { "; the last look said: \($0)" } ?? "")
    }
}

/// Waits until a condition holds. A look that throws counts as "not yet"; its error is told when the limit is reached.
func wait(
    upTo limit: Duration,
    until what: String,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    var last: String?
    while true {
        do {
            if try await condition() { return }
            last = nil
        } catch {
            last = String(describing: error)
        }
        guard ContinuousClock.now < end else { throw WaitExpired(what: what, limit: limit, last: last) }
        try await Task.sleep(for: .milliseconds(20))
    }
}
