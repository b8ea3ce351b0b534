internal import Synchronization

/// Lets steps that wait for the same thing ask for it together: one of them asks, and what comes back is everybody's. Through a
/// balancer, each question would open a session on every node.
final class SharedLooks<View: Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What came back for somebody, and when they asked.
    private struct Look {
        let asked: Instant
        let outcome: Result<View, PostgresError>
    }

    private enum Turn {
        case known(Look)
        case othersAreAsking
        case ours
    }

    private struct Subject {
        var isAsked = false
        var last: Look?
    }

    private let subjects = Mutex<[String: Subject]>([:])

    /// What came back for a question that was asked after `seen`, which is set to the time when it was. Asks if nobody has, and waits
    /// for who is asking: no longer than that question takes.
    func look(at subject: String, after seen: inout Instant, _ ask: () async throws -> View) async throws -> View {
        while true {
            switch turn(at: subject, after: seen) {
            case .known(let look):
                seen = look.asked
                return try look.outcome.get()
            case .othersAreAsking: try await Task.sleep(for: Self.interval)
            case .ours: return try await lookOurselves(at: subject, &seen, ask)
            }
        }
    }

    /// Between two looks at whether others have an answer; and what one waits for others to come, before it asks for all.
    private static var interval: Duration { .milliseconds(5) }

    private func lookOurselves(
        at subject: String,
        _ seen: inout Instant,
        _ ask: () async throws -> View
    ) async throws -> View {
        do {
            try await Task.sleep(for: Self.interval)
            seen = .now
            let view = try await ask()
            end(subject, Look(asked: seen, outcome: .success(view)))
            return view
        } catch {
            end(subject, (error as? PostgresError).map { Look(asked: seen, outcome: .failure($0)) })
            throw error
        }
    }

    private func turn(at subject: String, after seen: Instant) -> Turn {
        subjects.withLock { subjects in
            if let last = subjects[subject]?.last, last.asked > seen { return .known(last) }
            if subjects[subject]?.isAsked == true { return .othersAreAsking }
            subjects[subject, default: Subject()].isAsked = true
            return .ours
        }
    }

    /// A question that ended in any other way, as by Ctrl-C, leaves what was known before.
    private func end(_ subject: String, _ look: Look?) {
        subjects.withLock { $0[subject] = Subject(last: look ?? $0[subject]?.last) }
    }
}
