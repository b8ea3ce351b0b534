/// What events there are: the one place where they are documented.
public enum EventCatalogue {
    /// One kind of event.
    public struct Entry: Sendable, Equatable {
        /// Its name in the field `event`.
        public let name: String
        /// Its other fields, each with its meaning.
        public let fields: [(name: String, summary: String)]
        /// When it happens.
        public let summary: String

        /// By name.
        public static func == (left: Entry, right: Entry) -> Bool { left.name == right.name }
    }

    private static let step = [("id", "the step's identifier"), ("title", "what it does")]

    private static let scriptStep = [
        ("name", "its name"), ("path", "that with the names that it is within, in a list"),
    ]

    /// All kinds of events, in the order of a plan's life.
    public static let all = [
        Entry(
            name: "plan.started",
            fields: [("cluster", "the cluster's name"), ("steps", "identifiers of the steps")],
            summary: "A plan is about to be carried out."
        ),
        Entry(name: "step.started", fields: step + [("cause", "why it is done")], summary: "A step began."),
        Entry(
            name: "step.progressed",
            fields: step + [("progress", "how far it is: \"clone 12.0 of 40.1 MB\"")],
            summary: "A step got on."
        ),
        Entry(
            name: "step.finished",
            fields: step + [("seconds", "how long it took"), ("note", "what is worth knowing of it; may be missing")],
            summary: "A step succeeded."
        ),
        Entry(
            name: "step.failed",
            fields: step + [("seconds", "how long it took"), ("error", "what went wrong")],
            summary: "A step failed."
        ),
        Entry(
            name: "step.skipped",
            fields: step + [("because", "what it would have needed")],
            summary: "A step was not begun, because one that it depends on failed or the run was cut."
        ),
        Entry(
            name: "plan.finished",
            fields: [("cluster", "the cluster's name"), ("seconds", "how long it took")],
            summary: "Every step of a plan is over."
        ),
        Entry(
            name: "script.step.started",
            fields: scriptStep,
            summary: "A stretch that the script has named with step(name, fn) began."
        ),
        Entry(
            name: "script.step.finished",
            fields: scriptStep + [("seconds", "how long it took")],
            summary: "Such a stretch succeeded."
        ),
        Entry(
            name: "script.step.failed",
            fields: scriptStep + [("seconds", "how long it took"), ("error", "what went wrong")],
            summary: "Such a stretch ended with an error."
        ),
        Entry(name: "note", fields: [("text", "a sentence")], summary: "Something for the reader."),
    ]

    /// Their names.
    public static let names = all.map(\.name)
}
