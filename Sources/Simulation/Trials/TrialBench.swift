internal import ClusterModel
internal import Orchestration

/// All runs of a trial: as it is, with each step failing, with a crash in each step, and with random faults.
struct TrialBench {
    private let trial: Trial
    private let script: TrialScript
    private let progress: ProgressHandler
    private var report = TrialReport()
    /// What the script leaves on purpose, once that is known.
    private var intended: Set<String>?

    init(trial: Trial, script: @escaping TrialScript, progress: @escaping ProgressHandler) {
        self.trial = trial
        self.script = script
        self.progress = progress
    }

    func run() async throws -> TrialReport {
        var bench = self
        try await bench.runAll()
        return bench.report
    }

    private mutating func runAll() async throws {
        if let replay = trial.replay { return try await repeats(replay) }
        let plain = try await run([], "as it is")
        intended = plain.intended
        guard report.failure == nil else { return }
        let steps = chosen(plain.steps)
        for step in steps where report.failure == nil {
            _ = try await run([.fails(step: step.id, occurrence: step.occurrence)], "with a failing step")
        }
        for step in steps where report.failure == nil {
            _ = try await run([.crashes(step: step.id, occurrence: step.occurrence)], "with a crash")
        }
        var dice = SeededDice(seed: trial.seed)
        for number in 0..<max(0, trial.runs) where report.failure == nil {
            let faults = dice.faults(for: plain, of: trial)
            _ = try await run(faults, "with random faults", seed: trial.seed &+ UInt64(number))
        }
    }

    /// At most so many steps of a long plan are tried one by one, evenly chosen.
    private mutating func chosen(_ steps: [(id: String, occurrence: Int)]) -> [(id: String, occurrence: Int)] {
        guard steps.count > Self.mostSteps else { return steps }
        report.notes.append("of \(steps.count) steps \(Self.mostSteps) were made to fail")
        return (0..<Self.mostSteps).map { steps[$0 * steps.count / Self.mostSteps] }
    }

    private static let mostSteps = 200

    private mutating func run(_ faults: [Fault], _ sort: String, seed: UInt64? = nil) async throws -> TrialRun.Result {
        let run = TrialRun(trial: trial, script: script, seed: seed ?? trial.seed, faults: faults, intended: intended)
        let result = try await run()
        count(sort, result)
        guard !result.violations.isEmpty else { return result }
        let (shortest, its) = try await shrunk(run, result)
        report.failure = shortest.failure(its)
        return result
    }

    private mutating func count(_ sort: String, _ result: TrialRun.Result) {
        report.calls += result.calls
        report.seconds += result.seconds
        if let index = report.runs.firstIndex(where: { $0.sort == sort }) {
            report.runs[index].count += 1
        } else {
            report.runs.append(TrialReport.Runs(sort, 1))
            progress(sort)
        }
    }

    /// Leaves out one fault after the other for as long as something is still wrong.
    private func shrunk(_ run: TrialRun, _ result: TrialRun.Result) async throws -> (TrialRun, TrialRun.Result) {
        for index in run.faults.indices where run.faults.count > 1 {
            var faults = run.faults
            faults.remove(at: index)
            let shorter = TrialRun(trial: trial, script: script, seed: run.seed, faults: faults, intended: intended)
            let its = try await shorter()
            if !its.violations.isEmpty { return try await shrunk(shorter, its) }
        }
        return (run, result)
    }

    private mutating func repeats(_ code: String) async throws {
        guard let run = TrialRun(replay: code, trial: trial, script: script) else {
            throw ClusterError(
                .invalid,
                operation: "repeat the run \(code)",
                message: "it is not what a failure prints after \"again\"",
                advice: "give it as it stands there, in quotes"
            )
        }
        let plain = try await TrialRun(trial: trial, script: script, seed: run.seed, faults: [])()
        let result = try await run.knowing(plain.intended)()
        count("again", result)
        report.failure = result.violations.isEmpty ? nil : run.failure(result)
    }
}

extension TrialRun {
    fileprivate init?(replay: String, trial: Trial, script: @escaping TrialScript) {
        guard let slash = replay.firstIndex(of: "/"), let seed = UInt64(replay[..<slash]) else { return nil }
        let words = replay[replay.index(after: slash)...].split(separator: ",")
        let faults = words.compactMap { Fault($0) }
        guard faults.count == words.count else { return nil }
        self.init(trial: trial, script: script, seed: seed, faults: faults)
    }

    fileprivate func knowing(_ intended: Set<String>) -> TrialRun {
        var run = self
        if !faults.isEmpty { run.intended = intended }
        return run
    }

    fileprivate func failure(_ result: Result) -> TrialReport.Failure {
        let lines = result.history.map { "\($0.time.formatted) s  \($0.text)" }
        let story = faults.isEmpty ? "nothing goes wrong" : faults.map(\.sentence).joined(separator: ", and ")
        return TrialReport.Failure(
            story: story,
            violations: result.violations,
            history: lines.count > 60 ? ["…"] + lines.suffix(60) : lines,
            replay: replay
        )
    }
}

extension Double {
    /// With three digits after the point, right-aligned for a column.
    fileprivate var formatted: String {
        let thousandths = Int((self * 1000).rounded())
        let digits = String(thousandths % 1000)
        let text = "\(thousandths / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
}

extension SeededDice {
    /// One to three faults for a run like this one; a balancer loses one node at a time.
    fileprivate mutating func faults(for plain: TrialRun.Result, of trial: Trial) -> [Fault] {
        let balancers = trial.topology?.balancers ?? []
        var unharmed = balancers
        var faults: [Fault] = []
        for _ in 0..<Int.random(in: 1...3, using: &self) {
            let isNode = Bool.random(using: &self)
            if isNode, let balancer = unharmed.randomElement(using: &self) {
                unharmed.removeAll { $0.name == balancer.name }
                faults.append(nodeFault(of: balancer, within: plain.seconds))
            } else if let step = plain.steps.randomElement(using: &self) {
                faults.append(stepFault(step.id, step.occurrence))
            }
        }
        return faults
    }

    private mutating func nodeFault(of balancer: BalancerSpec, within seconds: Double) -> Fault {
        let node = balancer.nodes.randomElement(using: &self)?.id ?? 0
        let at = Int.random(in: 0...max(1, min(600, Int(seconds))), using: &self)
        let long = Int.random(in: 1...20, using: &self)
        return Bool.random(using: &self)
            ? .dies(balancer: balancer.name, node: node, at: at, seconds: long)
            : .hangs(balancer: balancer.name, node: node, at: at, seconds: long)
    }

    private mutating func stepFault(_ id: String, _ occurrence: Int) -> Fault {
        switch Int.random(in: 0..<4, using: &self) {
        case 0: .fails(step: id, occurrence: occurrence)
        case 1: .losesAnswer(step: id, occurrence: occurrence)
        case 2: .crashes(step: id, occurrence: occurrence)
        default: .slows(step: id, occurrence: occurrence, times: Int.random(in: 5...50, using: &self))
        }
    }
}
