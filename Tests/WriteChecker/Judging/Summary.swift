/// Puts together what the clients and the probes remember.
struct Summary {
    private static let notableGap = 0.1
    private static let maximumChanges = 400

    /// When the event began, in the stage's seconds.
    let begin: Double
    let boards: [ProbeBoard]
    let nodes: [CheckPlan.Node]
    let pool: PoolBoard

    func write(_ notes: [Crew.Notes], into report: inout CheckReport) {
        report.writes = service(notes.writes)
        report.reads = service(notes.reads.map(\.diary))
        report.bank = service(notes.bank)
        report.append = service(notes.appendDiaries)
        report.staleReads = notes.reads.reduce(0) { $0 + $1.stale }
        report.wrongTotalsRead = notes.reads.reduce(0) { $0 + $1.wrongTotals }
        let windows = WritableWindows(boards.map { $0.now.accepted.filter { $0 >= begin } })
        (report.twoWritable, report.strayWrites) = (windows.seconds, windows.writes)
        let through = WritableWindows(servers(notes.writes))
        (report.twoServing, report.strayAcknowledgements) = (through.seconds, through.writes)
        report.changes = changes
        report.poolChanges = pool.changes.suffix(Self.maximumChanges).map {
            CheckReport.Mark(at: $0.moment - begin, text: "\($0.up) up")
        }
    }

    /// When each server acknowledged writes that came through the balancer.
    private func servers(_ diaries: [Diary]) -> [[Double]] {
        var moments: [String: [Double]] = [:]
        for entry in diaries.lazy.flatMap(\.entries) where entry.outcome == .acknowledged && entry.moment >= begin {
            moments[entry.server ?? "", default: []].append(entry.moment)
        }
        return Array(moments.values)
    }

    private var changes: [CheckReport.Change] {
        let all = zip(nodes, boards).flatMap { node, board in
            board.now.changes.map {
                CheckReport.Change(at: $0.moment - begin, node: node.name, state: $0.state.rawValue)
            }
        }
        return all.sorted { $0.at < $1.at }.suffix(Self.maximumChanges)
    }

    private func service(_ diaries: [Diary]) -> CheckReport.Service {
        var service = CheckReport.Service()
        for diary in diaries {
            for entry in diary.entries {
                switch entry.outcome {
                case .acknowledged: service.succeeded += 1
                case .failed: service.failed += 1
                case .unknown: service.unknown += 1
                }
            }
            service.errors.merge(diary.failures) { $0 + $1 }
            service.retries += diary.retries
            service.worstClient = max(service.worstClient, Gaps(diary.successes).longest(after: begin)?.length ?? 0)
        }
        // A transaction that was tried again is no failure.
        service.failed = max(0, service.failed - service.retries)
        let gaps = Gaps(diaries.flatMap(\.successes))
        service.longestGap = gaps.longest(after: begin)?.moved(by: -begin)
        service.gaps = gaps.longer(than: Self.notableGap, after: begin).suffix(200).map { $0.moved(by: -begin) }
        return service
    }
}

extension Diary {
    /// The moments of acknowledgements.
    var successes: [Double] { entries.compactMap { $0.outcome == .acknowledged ? $0.moment : nil } }
}

extension [Crew.Notes] {
    var writes: [Diary] { compactMap { if case .writes(let diary) = $0 { diary } else { nil } } }
    var bank: [Diary] { compactMap { if case .bank(let diary) = $0 { diary } else { nil } } }
    var reads: [ReadClient.Notes] { compactMap { if case .reads(let notes) = $0 { notes } else { nil } } }
    var appendDiaries: [Diary] { compactMap { if case .append(let diary, _) = $0 { diary } else { nil } } }
    var histories: [AppendTransaction] {
        flatMap { notes -> [AppendTransaction] in if case .append(_, let history) = notes { history } else { [] } }
    }
}
