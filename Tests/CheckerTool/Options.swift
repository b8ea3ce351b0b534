import WriteChecker

struct UsageError: Error {
    let message: String
}

/// The options before `--` and the command after it.
struct Options {
    static let usage = """
        usage: pgbc-checker --balancer DSN --node NAME=DSN… [--clients 8] [--pause 0] [--bank 1] [--append 2] [--readers 2]
               [--probe 0.01] [--after 2] [--limit 90] [--maximum 400000] [--patience 30] [--no-health] -- COMMAND…
        """

    private(set) var plan = CheckPlan(balancer: "", nodes: [])
    private(set) var command = EventCommand(words: [])

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let option = rest.popFirst() {
            if option == "--" { break }
            if option == "--no-health" {
                plan.waitsForHealth = false
                continue
            }
            guard let value = rest.popFirst() else { throw UsageError(message: "\(option) needs a value") }
            try set(option, value)
        }
        command = EventCommand(words: Array(rest))
        guard !plan.balancer.isEmpty, !plan.nodes.isEmpty, !rest.isEmpty else {
            throw UsageError(message: "--balancer, --node and a command are needed")
        }
    }

    private mutating func set(_ option: String, _ value: String) throws {
        switch option {
        case "--balancer": plan.balancer = value
        case "--node": plan.nodes.append(try Self.node(value))
        case "--clients": plan.clients = try Self.number(option, value)
        case "--bank": plan.bankClients = try Self.number(option, value)
        case "--append": plan.appendClients = try Self.number(option, value)
        case "--readers": plan.readers = try Self.number(option, value)
        case "--maximum": plan.maximumWrites = try Self.number(option, value)
        case "--pause": plan.pause = try Self.seconds(option, value)
        case "--probe": plan.probePeriod = try Self.seconds(option, value)
        case "--after": plan.after = try Self.seconds(option, value)
        case "--limit": plan.limit = try Self.seconds(option, value)
        case "--patience": plan.patience = Patience(connect: 5, answer: try Self.seconds(option, value))
        default: throw UsageError(message: "there is no option \(option)")
        }
    }

    private static func node(_ text: String) throws -> CheckPlan.Node {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { throw UsageError(message: "--node wants NAME=DSN, not \(text)") }
        return CheckPlan.Node(name: String(parts[0]), address: String(parts[1]))
    }

    private static func number(_ option: String, _ value: String) throws -> Int {
        guard let number = Int(value), number >= 0 else {
            throw UsageError(message: "\(option) wants a whole number, not \(value)")
        }
        return number
    }

    private static func seconds(_ option: String, _ value: String) throws -> Double {
        guard let seconds = Double(value), seconds >= 0 else {
            throw UsageError(message: "\(option) wants seconds, not \(value)")
        }
        return seconds
    }
}
