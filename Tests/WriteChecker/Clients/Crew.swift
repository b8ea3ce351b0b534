/// All threads of a check, and what they bring back.
struct Crew {
    /// What one of them remembers.
    enum Notes: Sendable {
        case writes(Diary)
        case bank(Diary)
        case append(Diary, [AppendTransaction])
        case reads(ReadClient.Notes)
        case none
    }

    private static let maximumTransactions = 20_000

    let plan: CheckPlan
    let stage: Stage
    let boards: [ProbeBoard]
    let pool: PoolBoard

    /// Runs everybody until the stage is over.
    func run() async -> [Notes] {
        await withTaskGroup(of: Notes.self) { group in
            for work in writers + sideClients + observers {
                group.addTask { await onOwnThread(work) }
            }
            var notes: [Notes] = []
            for await each in group { notes.append(each) }
            return notes
        }
    }

    private typealias Work = @Sendable () -> Notes

    private var writers: [Work] {
        (0..<plan.clients).map { number in
            {
                let line = Line(plan.balancer, patience: plan.patience, application: "checker_\(number)")
                return .writes(InsertClient(number: number, line: line, pause: plan.pause, stage: stage).run())
            }
        }
    }

    private var sideClients: [Work] {
        let bank: [Work] = (0..<plan.bankClients).map { number in
            {
                let client = BankClient(number: number, transactions: transactions("checker_bank"))
                return .bank(client.run(limit: Self.maximumTransactions))
            }
        }
        let append: [Work] = (0..<plan.appendClients).map { number in
            {
                let client = AppendClient(number: number, transactions: transactions("checker_append"))
                let (diary, history) = client.run(limit: Self.maximumTransactions)
                return .append(diary, history)
            }
        }
        return bank + append
    }

    private func transactions(_ application: String) -> TransactionClient {
        let line = Line(plan.balancer, patience: plan.patience, application: application)
        return TransactionClient(line: line, pause: plan.sidePause, stage: stage)
    }

    /// Readers and probes leave a wait at once when the stage is over: nothing of theirs can be in doubt.
    private var observers: [Work] {
        let readers: [Work] = (0..<plan.readers).map { number in
            {
                let line = line(plan.balancer, plan.patience, "checker_reader")
                return .reads(ReadClient(number: number, line: line, pause: plan.sidePause, stage: stage).run())
            }
        }
        let probes: [Work] = zip(plan.nodes, boards).map { node, board in
            {
                let line = line(node.address, Patience(connect: 1, answer: plan.limit), "checker_probe")
                NodeProbe(line: line, period: plan.probePeriod, stage: stage, board: board).run()
                return .none
            }
        }
        let poolProbe: Work = {
            let line = line(plan.balancer, Patience(connect: 2, answer: 5), "checker_pool")
            PoolProbe(line: line, stage: stage, board: pool).run()
            return .none
        }
        return readers + probes + [poolProbe]
    }

    private func line(_ address: String, _ patience: Patience, _ application: String) -> Line {
        Line(address, patience: patience, application: application) { stage.isOver }
    }
}
