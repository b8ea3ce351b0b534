internal import ClusterModel

/// One setting of a PostgreSQL server, as it says it itself.
public struct NodeSetting: Sendable, Equatable {
    /// Its name: `work_mem`.
    public var name: String
    /// What is in force, with its unit: `4MB`.
    public var value: String
    /// Where the value comes from: `default`, `configuration file`, ….
    public var source: String
    /// What a change needs: `postmaster` for a restart, anything else for a reload at most.
    public var context: String
    /// True when another value waits for a restart.
    public var isPending: Bool

    /// A setting.
    public init(name: String, value: String, source: String, context: String, isPending: Bool) {
        self.name = name
        self.value = value
        self.source = source
        self.context = context
        self.isPending = isPending
    }

    /// True when a change takes effect only with the next start.
    public var needsRestart: Bool { context == "postmaster" || context == "internal" }
}

extension NodeSetting {
    /// The statement whose rows ``init(_:)`` reads.
    static let question = """
        select name, current_setting(name, true), source, context, pending_restart from pg_settings order by name
        """

    init?(_ row: [Document]) {
        guard row.count == 5, let name = row[0].text, let context = row[3].text else { return nil }
        self.init(
            name: name,
            value: row[1].text ?? "",
            source: row[2].text ?? "",
            context: context,
            isPending: row[4].flag ?? false
        )
    }

    /// The setting as scripts see it.
    var document: Document {
        [
            "name": .string(name), "value": .string(value), "source": .string(source), "context": .string(context),
            "pending_restart": .boolean(isPending),
        ]
    }
}
