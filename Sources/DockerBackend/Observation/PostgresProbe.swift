internal import ClusterModel
internal import Orchestration

/// Asks a PostgreSQL server, in one statement, what it is and how far it is.
enum PostgresProbe {
    /// Limit for one probe, in seconds: a hung server is named, not waited for.
    static let timeout = 2.5

    static func ask(_ endpoint: PostgresEndpoint) async throws -> PostgresView {
        let result = try await PostgresSession.run(
            SQLQuery(statement, writes: true, timeout: timeout),
            on: endpoint
        )
        guard case .string(let text)? = result.rows.first?.first,
            let answer = try? Document(json: text, source: "probe"),
            let view = PostgresView(answer)
        else {
            throw PostgresError(
                kind: .connection,
                message: "\(endpoint.host):\(endpoint.port): an answer of another shape"
            )
        }
        return view
    }

    /// Works from PostgreSQL 13 on, with the rights of `pg_monitor`.
    private static let statement = """
        with me as (select pg_is_in_recovery() as standby)
        select json_build_object(
          'standby', standby,
          'version', split_part(current_setting('server_version'), ' ', 1),
          'system', (select system_identifier::text from pg_control_system()),
          'timeline', case when standby
            then coalesce((select received_tli from pg_stat_wal_receiver),
                          (select timeline_id from pg_control_checkpoint()))
            else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end,
          'lsn', case when standby then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end,
          'position', (case when standby then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end - '0/0')::bigint,
          'streaming', coalesce((select status = 'streaming' from pg_stat_wal_receiver), false),
          'lag', case when not standby then null
            when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
            else extract(epoch from now() - pg_last_xact_replay_timestamp()) end,
          'followers', coalesce((select json_agg(json_build_object(
              'name', application_name, 'state', state, 'sync', sync_state,
              'lag', (pg_current_wal_lsn() - replay_lsn)::bigint))
            from pg_stat_replication where not standby), '[]'),
          'slots', coalesce((select json_agg(json_build_object(
              'name', slot_name, 'active', active, 'status', wal_status,
              'retained', (pg_current_wal_lsn() - restart_lsn)::bigint))
            from pg_replication_slots where not standby), '[]'),
          'connections', (select count(*) from pg_stat_activity where backend_type = 'client backend'),
          'max_connections', current_setting('max_connections')::int,
          'pending', coalesce((select json_agg(name order by name) from pg_settings where pending_restart), '[]')
        )::text from me
        """
}

extension PostgresView {
    /// Reads the probe's answer; `nil` when it has another shape.
    fileprivate init?(_ answer: Document) {
        guard case .boolean(let standby)? = answer["standby"],
            let version = answer["version"]?.text,
            let system = answer["system"]?.text,
            let timeline = answer["timeline"]?.wholeNumber
        else { return nil }
        self.init(
            role: standby ? .replica : .primary,
            version: version,
            timeline: timeline,
            lsn: answer["lsn"]?.text ?? "0/0",
            position: answer["position"]?.wholeNumber ?? 0,
            systemIdentifier: system,
            isStreaming: answer["streaming"] == .boolean(true),
            lagSeconds: answer["lag"]?.double,
            followers: answer["followers"].elements.compactMap(Follower.init),
            slots: answer["slots"].elements.compactMap(Slot.init),
            connections: answer["connections"]?.wholeNumber ?? 0,
            maxConnections: answer["max_connections"]?.wholeNumber ?? 0,
            pendingRestart: answer["pending"].elements.compactMap(\.text)
        )
    }
}

extension PostgresView.Follower {
    fileprivate init?(_ row: Document) {
        guard let name = row["name"]?.text, let state = row["state"]?.text else { return nil }
        self.init(name: name, state: state, lagBytes: row["lag"]?.wholeNumber ?? 0, sync: row["sync"]?.text ?? "")
    }
}

extension PostgresView.Slot {
    fileprivate init?(_ row: Document) {
        guard let name = row["name"]?.text else { return nil }
        self.init(
            name: name,
            active: row["active"] == .boolean(true),
            retainedBytes: row["retained"]?.wholeNumber,
            walStatus: row["status"]?.text
        )
    }
}

extension Document {
    /// The number, whole or not.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

extension Document? {
    /// The elements of a list; none for anything else.
    fileprivate var elements: [Document] {
        if case .array(let elements)? = self { elements } else { [] }
    }
}
