import PluginAPI

/// Adds the primitive `alarm.worst`, the recipe `lag-alarm`, the verb `behind`, and a count of failed steps.
public struct LagAlarm: Plugin {
    /// As lists and messages name it.
    public let name = "lag-alarm"
    /// Its own version.
    public let version = "1.0.0"
    /// One line for `pgbc plugin list`.
    public let summary = "Which replica is furthest behind, and an alarm when that is too far."
    /// What scripts can call.
    public let primitives = [worst]
    /// What can follow `pgbc`.
    public let verbs = [behind]

    /// The plugin.
    public init() {}

    /// One for each run.
    public var eventSinks: [any EventSink] { [FailureCount()] }

    /// The verb `pgbc lag-alarm`.
    public var recipes: [ContributedRecipe] { [ContributedRecipe(name: "lag-alarm", source: Self.recipe)] }

    private static let recipe = """
        -- lag-alarm: fail when the replica that is furthest behind is too far behind
        local args = pgbc.args {
          max = { type = "size", default = 16 * 1024 * 1024, help = "how far a replica may be behind" },
        }

        local worst = alarm.worst(pgbc.cluster().name)
        if worst and worst.lag_bytes > args.max then
          fail(("%s is %d bytes behind"):format(worst.node, worst.lag_bytes), "verification_failed")
        end
        return worst
        """
}
