extension ObservedNode {
    /// What is wrong with this node, itself and in the eyes of its balancer.
    ///
    /// - Parameter primary: the balancer's one primary.
    func findings(in balancer: ObservedBalancer, behind primary: ObservedNode?, cluster: String) -> [Finding] {
        guard let container else {
            return [finding("node_missing", "has no container", advice: "pgbc apply \(cluster) creates it")]
        }
        guard container.state == .running else { return [downFinding(container.state, cluster: cluster)] }
        if container.isCutOff {
            return [
                finding(
                    "node_cut_off",
                    "is not connected to its network",
                    advice: "pgbc apply \(cluster) connects it again"
                )
            ]
        }
        if let postgresError {
            return [
                finding(
                    "postgres_silent",
                    "runs, but PostgreSQL does not answer: \(postgresError)",
                    advice: "pgbc logs \(spec.host) shows why"
                )
            ]
        }
        let own = outdatedFindings + refusalFindings
        guard let postgres else { return own + viewFindings(in: balancer, cluster: cluster) }
        return replicationFindings(postgres, behind: primary) + slotFindings(postgres, in: balancer)
            + settingFindings(postgres, cluster: cluster) + own + viewFindings(in: balancer, cluster: cluster)
    }

    private func downFinding(_ state: ObservedContainer.State, cluster: String) -> Finding {
        let advice = state == .restarting ? "pgbc logs \(spec.host) shows why" : "pgbc apply \(cluster) starts it"
        return finding("node_down", "is \(state.rawValue)", advice: advice)
    }

    private func replicationFindings(_ postgres: PostgresView, behind primary: ObservedNode?) -> [Finding] {
        guard postgres.role == .replica else { return [] }
        guard let primary, let source = primary.postgres else {
            return postgres.isStreaming ? [] : [finding("not_streaming", "does not stream from any primary")]
        }
        let name = primary.spec.host
        guard postgres.systemIdentifier == source.systemIdentifier else {
            return [
                finding(
                    "foreign_data",
                    "holds another database system than \(name)",
                    advice: "remove this replica and add a new one"
                )
            ]
        }
        var findings: [Finding] = []
        if !postgres.isStreaming { findings.append(finding("not_streaming", "does not stream from \(name)")) }
        if postgres.timeline != source.timeline {
            findings.append(
                finding("other_timeline", "is on timeline \(postgres.timeline), \(name) on \(source.timeline)")
            )
        }
        let behind = lagBytes(behind: primary) ?? 0
        if behind >= Self.notableLag {
            let time = postgres.lagSeconds.map { ", \($0.tenths) s" } ?? ""
            findings.append(finding("lagging", "is \(behind.byteText)\(time) behind \(name)"))
        }
        return findings
    }

    private func slotFindings(_ postgres: PostgresView, in balancer: ObservedBalancer) -> [Finding] {
        postgres.slots.compactMap { slot in
            if slot.walStatus == "lost" {
                let follower = balancer.follower(of: slot)
                return finding(
                    "slot_lost",
                    "no longer keeps what \(follower) needs to catch up",
                    advice: "remove \(follower) and add a new replica"
                )
            }
            guard !slot.active, let kept = slot.retainedBytes, kept >= Self.notableLag else { return nil }
            return finding(
                "wal_retained",
                "keeps \(kept.byteText) of WAL for \(balancer.follower(of: slot)), which is away"
            )
        }
    }

    private var outdatedFindings: [Finding] {
        guard let outdated = container?.outdated else { return [] }
        return [finding("outdated", outdated, advice: "pgbc upgrade makes it anew")]
    }

    /// Settings that PostgreSQL was given and does not have.
    private var refusalFindings: [Finding] {
        let atStart = refusedSettings.map { words in
            finding(
                "settings_refused",
                "does not start with its new settings and runs with those before: \(words)",
                advice: "pgbc configure takes them back"
            )
        }
        let atReload = (postgres?.refusedSettings ?? [:]).sorted { $0.key < $1.key }.map { name, words in
            finding("settings_refused", "refuses \(name): \(words)", advice: "pgbc configure takes it back")
        }
        return [atStart].compactMap(\.self) + atReload
    }

    private func settingFindings(_ postgres: PostgresView, cluster: String) -> [Finding] {
        var findings: [Finding] = []
        if !postgres.pendingRestart.isEmpty {
            let names = postgres.pendingRestart.joined(separator: ", ")
            findings.append(
                finding(
                    "restart_pending",
                    "has settings that wait for a restart: \(names)",
                    advice: "pgbc rolling-restart \(cluster) --only-pending"
                )
            )
        }
        if postgres.maxConnections > 0, postgres.connections * 10 >= postgres.maxConnections * 9 {
            findings.append(
                finding(
                    "connections_short",
                    "uses \(postgres.connections) of its \(postgres.maxConnections) connections"
                )
            )
        }
        return findings
    }

    private func viewFindings(in balancer: ObservedBalancer, cluster: String) -> [Finding] {
        guard let pool = balancer.pool, balancer.spec.driver.view != .none else { return [] }
        let name = balancer.spec.name
        guard let seen = pool.nodes.first(where: { $0.id == spec.id }) else {
            return [finding("not_in_pool", "is not known to \(name)", advice: "pgbc apply attaches it")]
        }
        guard !seen.isServing else { return [] }
        if seen.isDetached {
            return [
                seen.isAway
                    ? finding(
                        "away",
                        "was taken out of \(name) by an operation that did not put it back",
                        advice: "pgbc apply \(cluster) puts it back"
                    )
                    : finding(
                        "maintenance",
                        "is out of \(name) for maintenance, so it gets no queries",
                        advice: "pgbc maintenance \(spec.host) off puts it back"
                    )
            ]
        }
        return [
            finding(
                "detached",
                "runs, but \(name) holds it \(seen.status), so it gets no queries",
                advice: "pgbc logs \(name) shows why"
            )
        ]
    }

    private func finding(_ kind: String, _ rest: String, advice: String? = nil) -> Finding {
        Finding(kind, spec.host, "\(spec.host) \(rest)", advice: advice)
    }

    /// From here on a distance is worth a sentence: one WAL segment.
    private static let notableLag = 16 << 20
}

extension ObservedBalancer {
    /// The node that a slot is for, or the slot's own name.
    fileprivate func follower(of slot: PostgresView.Slot) -> String {
        nodes.first { $0.spec.replicationName == slot.name }?.spec.host ?? slot.name
    }
}

extension Int {
    /// A number of bytes for people: "512 B", "40.1 MB". Powers of 1024.
    public var byteText: String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(self)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(self) B" : "\(value.tenths) \(units[unit])"
    }
}

extension Double {
    /// The number with one digit after the point.
    public var tenths: String {
        let scaled = (self * 10).rounded()
        guard let whole = Int(exactly: scaled) else { return description }
        return "\(whole < 0 ? "-" : "")\(abs(whole) / 10).\(abs(whole) % 10)"
    }
}
