internal import ClusterModel
internal import Orchestration

/// The steps of a plan and how far each is. A value: events go in, lines come out.
struct StepBoard: Sendable {
    /// How far a step is.
    enum State: Sendable, Equatable {
        case waiting
        case running(since: ContinuousClock.Instant, progress: String?)
        case done(seconds: Double, note: String?)
        case failed(seconds: Double)
        case skipped
    }

    private(set) var cluster = ""
    private(set) var steps: [(step: Step, group: String?)] = []
    private(set) var states: [String: State] = [:]
    private(set) var begin: ContinuousClock.Instant?
    private(set) var seconds: Double?

    /// Takes an event that concerns a plan; any other changes nothing.
    mutating func receive(_ event: Event, at now: ContinuousClock.Instant) {
        switch event {
        case .planStarted(let plan):
            self = StepBoard()
            cluster = plan.cluster
            begin = now
            let groups = plan.groups
            steps = plan.steps.map { ($0, groups($0)) }
        case .stepStarted(let step): states[step.id] = .running(since: now, progress: nil)
        case .stepProgressed(let step, let text):
            guard case .running(let since, _)? = states[step.id] else { return }
            states[step.id] = .running(since: since, progress: text)
        case .stepFinished(let step, let seconds, let note): states[step.id] = .done(seconds: seconds, note: note)
        case .stepFailed(let step, let seconds, _): states[step.id] = .failed(seconds: seconds)
        case .stepSkipped(let step, _): states[step.id] = .skipped
        case .planFinished(_, let seconds): self.seconds = seconds
        case .scriptStep, .note: break
        }
    }

    /// The state of a step.
    func state(of step: Step) -> State { states[step.id] ?? .waiting }
}

extension Plan {
    /// Gives a step the balancer that it belongs to, or `nil` for what concerns the whole cluster.
    fileprivate var groups: (Step) -> String? {
        var owners: [String: String] = [:]
        for balancer in desired?.balancers ?? [] {
            owners[balancer.containerName] = balancer.name
            for node in balancer.nodes { owners[node.containerName] = balancer.name }
        }
        return { step in
            switch step.action {
            case .seed(let balancer), .awaitSeed(let balancer), .createNode(let balancer, _),
                .createBalancer(let balancer), .awaitPrimary(let balancer), .awaitStreaming(let balancer, _),
                .awaitBalancer(let balancer),
                .awaitAttached(let balancer, _), .awaitDetached(let balancer, _), .writeNodeList(let balancer, _):
                balancer
            case .start(let container): owners[container]
            case .removeContainer(let name, _): owners[name]
            default: nil
            }
        }
    }
}
