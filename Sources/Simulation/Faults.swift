/// One thing that goes wrong in a trial.
enum Fault: Sendable, Equatable, Hashable {
    /// The n-th step of that identifier fails before it does anything.
    case fails(step: String, occurrence: Int)
    /// pgbc dies right after it began that step.
    case crashes(step: String, occurrence: Int)
    /// The step is done, and its answer is lost.
    case losesAnswer(step: String, occurrence: Int)
    /// The step takes so many times as long.
    case slows(step: String, occurrence: Int, times: Int)
    /// A node's container dies at that second and comes back so many seconds later.
    case dies(balancer: String, node: Int, at: Int, seconds: Int)
    /// A node stops answering at that second, for so many seconds.
    case hangs(balancer: String, node: Int, at: Int, seconds: Int)
}

extension Fault: CustomStringConvertible {
    /// As `--replay` takes it: `fails=start:shop_replica1#1`, `dies=lb1:0@3+10`.
    var description: String {
        switch self {
        case .fails(let step, let number): "fails=\(step)#\(number)"
        case .crashes(let step, let number): "crashes=\(step)#\(number)"
        case .losesAnswer(let step, let number): "loses=\(step)#\(number)"
        case .slows(let step, let number, let times): "slows=\(step)#\(number)x\(times)"
        case .dies(let balancer, let node, let at, let seconds): "dies=\(balancer):\(node)@\(at)+\(seconds)"
        case .hangs(let balancer, let node, let at, let seconds): "hangs=\(balancer):\(node)@\(at)+\(seconds)"
        }
    }

    init?(_ text: some StringProtocol) {
        let text = String(text)
        if let match = text.wholeMatch(of: /(fails|crashes|loses)=(.+)#(\d+)/), let number = Int(match.3) {
            let step = String(match.2)
            switch match.1 {
            case "fails": self = .fails(step: step, occurrence: number)
            case "crashes": self = .crashes(step: step, occurrence: number)
            default: self = .losesAnswer(step: step, occurrence: number)
            }
            return
        }
        if let match = text.wholeMatch(of: /slows=(.+)#(\d+)x(\d+)/), let number = Int(match.2),
            let times = Int(match.3)
        {
            self = .slows(step: String(match.1), occurrence: number, times: times)
            return
        }
        guard let match = text.wholeMatch(of: /(dies|hangs)=(.+):(\d+)@(\d+)\+(\d+)/), let node = Int(match.3),
            let at = Int(match.4), let seconds = Int(match.5)
        else { return nil }
        let balancer = String(match.2)
        self =
            match.1 == "dies"
            ? .dies(balancer: balancer, node: node, at: at, seconds: seconds)
            : .hangs(balancer: balancer, node: node, at: at, seconds: seconds)
    }

    /// Whether pgbc dies of it.
    var isDeath: Bool { if case .crashes = self { true } else { false } }

    /// The step that it strikes, if it strikes one.
    var step: (id: String, occurrence: Int)? {
        switch self {
        case .fails(let step, let number), .crashes(let step, let number), .losesAnswer(let step, let number),
            .slows(let step, let number, _):
            (step, number)
        case .dies, .hangs: nil
        }
    }

    /// The sentence for a reader.
    var sentence: String {
        switch self {
        case .fails(let step, let number): "the step \(step)\(Self.ordinal(number)) fails"
        case .crashes(let step, let number): "pgbc dies during the step \(step)\(Self.ordinal(number))"
        case .losesAnswer(let step, let number): "the answer of the step \(step)\(Self.ordinal(number)) is lost"
        case .slows(let step, let number, let times):
            "the step \(step)\(Self.ordinal(number)) takes \(times) times as long"
        case .dies(let balancer, let node, let at, let seconds):
            "node \(node) of \(balancer) dies at \(at) s and comes back after \(seconds) s"
        case .hangs(let balancer, let node, let at, let seconds):
            "node \(node) of \(balancer) hangs at \(at) s for \(seconds) s"
        }
    }

    private static func ordinal(_ number: Int) -> String { number == 1 ? "" : " (its run number \(number))" }
}

/// Why a simulated step did not succeed.
enum SimulatedFault: Error {
    case noTopology
    case wouldFail(String)
    case wouldWaitForEver(String)
}
