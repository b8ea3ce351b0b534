internal import ClusterModel

// What a node's start-up script does.

extension SimulatedCluster {
    /// A server has started: as the primary when the record names it, and as a replica otherwise.
    mutating func boot(_ index: Int, _ number: Int) {
        balancers[index].nodes[number].isExpecting = false
        var node = balancers[index].nodes[number]
        guard node.isRunning, let record = balancers[index].record else { return wait(index, number) }
        if node.data == nil {
            guard let source = balancers[index].source?.data else { return wait(index, number) }
            node.data = source
            tell("\(node.spec.host) was cloned")
        }
        node.server = .up
        node.role = record.node == node.id ? .primary : .replica
        node.isStreaming = false
        node.takeSettings()
        balancers[index].nodes[number] = node
        tell("\(node.spec.host) is up as a \(node.role.rawValue)")
    }

    private mutating func wait(_ index: Int, _ number: Int) { balancers[index].nodes[number].server = .down }

    /// A replica follows the primary; one that holds what the primary never had is rewound first.
    mutating func stream(_ index: Int, _ number: Int) {
        balancers[index].nodes[number].isExpecting = false
        guard balancers[index].nodes[number].answers, let source = balancers[index].source?.data,
            let data = balancers[index].nodes[number].data
        else { return }
        guard data.isBeginning(of: source) else {
            balancers[index].nodes[number].data = source
            balancers[index].nodes[number].isExpecting = true
            tell("\(balancers[index].nodes[number].spec.host) is rewound")
            return plan(.streams, index, node: number, in: dice.around(1.5))
        }
        balancers[index].nodes[number].isStreaming = true
        balancers[index].nodes[number].data = source
    }

    /// A node's container is killed, and nobody starts it again by himself.
    mutating func fence(_ id: Int, of name: String) {
        guard let index = index(of: name), let number = balancers[index].index(of: id) else { return }
        balancers[index].nodes[number].end()
        balancers[index].nodes[number].isServing = false
        balancers[index].nodes[number].isStopped = true
        balancers[index].nodes[number].container?.state = .exited
        tell("\(balancers[index].nodes[number].spec.host) is killed")
        reconcile(index)
    }

    mutating func restartContainer(_ index: Int, _ number: Int) {
        guard balancers[index].nodes[number].container != nil else { return }
        balancers[index].nodes[number].container?.state = .running
        tell("the container of \(balancers[index].nodes[number].spec.host) is started again")
    }

    /// A node that hung reads the record before it goes on.
    mutating func wake(_ index: Int, _ number: Int) {
        let node = balancers[index].nodes[number]
        tell("\(node.spec.host) goes on")
        balancers[index].nodes[number].isHung = false
        guard node.role == .primary, balancers[index].record?.node != node.id else { return }
        balancers[index].nodes[number].end()
        tell("\(node.spec.host) reads that it is not the primary any more, and stops")
    }

    /// A fault of the trial strikes, if there is something that it can strike.
    mutating func strike(_ fault: Fault) {
        switch fault {
        case .dies(let balancer, let node, _, let seconds):
            guard let (index, number) = running(balancer, node) else { return }
            tell("\(balancers[index].nodes[number].spec.host) dies")
            disturb(index)
            balancers[index].nodes[number].end()
            balancers[index].nodes[number].container?.state = .restarting
            plan(.containerRestarts, index, node: number, in: Double(seconds))
            reconcile(index)
        case .hangs(let balancer, let node, _, let seconds):
            guard let (index, number) = running(balancer, node) else { return }
            tell("\(balancers[index].nodes[number].spec.host) hangs")
            disturb(index)
            balancers[index].nodes[number].touch()
            balancers[index].nodes[number].isHung = true
            balancers[index].nodes[number].isStreaming = false
            plan(.noticesSilence, index, node: number, in: dice.around(3))
            plan(.wakes, index, node: number, in: Double(seconds))
            reconcile(index)
        case .fails, .crashes, .losesAnswer, .slows: break
        }
    }

    private mutating func disturb(_ index: Int) { balancers[index].isDisturbed = true }

    private func running(_ balancer: String, _ node: Int) -> (Int, Int)? {
        guard let index = index(of: balancer), let number = balancers[index].index(of: node),
            balancers[index].nodes[number].isRunning, balancers[index].nodes[number].server == .up
        else { return nil }
        return (index, number)
    }
}

extension SimulatedNode {
    /// What a start does to settings that waited for one.
    mutating func takeSettings() {
        refused = spec.settings.filter { !Self.isPlausible($0.key, $0.value) }.mapValues { "invalid value: \"\($0)\"" }
        inForce = spec.settings.filter { refused[$0.key] == nil }
        pending = []
    }

    /// What a reload does: some settings need a restart, and some values are refused.
    mutating func reloadSettings() {
        refused = [:]
        for (name, value) in spec.settings where inForce[name] != value {
            if !Self.isPlausible(name, value) {
                refused[name] = "invalid value for parameter \"\(name)\": \"\(value)\""
            } else if Self.startOnly.contains(name) {
                pending.insert(name)
            } else {
                inForce[name] = value
            }
        }
        for name in inForce.keys where spec.settings[name] == nil {
            if Self.startOnly.contains(name) { pending.insert(name) } else { inForce[name] = nil }
        }
        for name in pending where spec.settings[name] == inForce[name] { pending.remove(name) }
    }

    /// Settings of PostgreSQL 15 that a running server does not change.
    static let startOnly: Set<String> = [
        "archive_mode", "autovacuum_freeze_max_age", "autovacuum_max_workers", "bonjour", "cluster_name",
        "dynamic_shared_memory_type", "event_source", "hot_standby", "huge_page_size", "huge_pages", "jit_provider",
        "listen_addresses", "logging_collector", "max_connections", "max_files_per_process",
        "max_locks_per_transaction", "max_logical_replication_workers", "max_pred_locks_per_transaction",
        "max_prepared_transactions", "max_replication_slots", "max_wal_senders", "max_worker_processes",
        "min_dynamic_shared_memory", "old_snapshot_threshold", "port", "shared_buffers", "shared_memory_type",
        "shared_preload_libraries", "superuser_reserved_connections", "track_activity_query_size",
        "track_commit_timestamp", "unix_socket_directories", "wal_buffers", "wal_level", "wal_log_hints",
    ]

    /// Sizes and numbers begin with a digit; everything else is believed.
    private static func isPlausible(_ name: String, _ value: String) -> Bool {
        guard name.hasSuffix("_mem") || name.hasSuffix("_size") || name.hasSuffix("_buffers") || name.hasPrefix("max_")
        else { return true }
        return value.first.map { $0.isNumber || $0 == "-" } ?? false
    }
}
