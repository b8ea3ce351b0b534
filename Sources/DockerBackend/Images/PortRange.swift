internal import Foundation
internal import Orchestration

/// The ports from which this machine's outgoing connections begin, from ip(7). `nil` where the system does not tell.
struct PortRange: Equatable {
    let first: Int
    let last: Int

    static var ofThisMachine: PortRange? {
        (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)).flatMap(PortRange.init)
    }

    init?(_ text: String) {
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        (first, last) = (numbers[0], numbers[1])
    }

    func contains(_ port: Int) -> Bool { first <= port && port <= last }

    /// Balancer k gets the ports k9999, k9898, k8080 and from k5432 on: a connection may hold one of them for a moment. The usual range
    /// begins with 32768, so that the first two balancers are never touched.
    var examination: Examination {
        let free = (first - 10000) / 10000
        return free >= 2
            ? Examination("outgoing ports", .good, "\(first) to \(last): those of \(free) balancers lie below")
            : Examination(
                "outgoing ports",
                .warning,
                "\(first) to \(last): the usual ports of a cluster lie within",
                advice:
                    "a start waits a minute for such a port; sysctl net.ipv4.ip_local_port_range moves the range"
            )
    }
}
