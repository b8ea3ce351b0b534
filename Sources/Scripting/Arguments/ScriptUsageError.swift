/// Arguments that a script does not take.
public struct ScriptUsageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was called, as the user called it: `pgbc run scale.lua`.
    public var command: String
    /// What is wrong: "unknown argument --replcas; did you mean --replicas?".
    public var message: String

    /// An error about the arguments of a command.
    public init(command: String, message: String) {
        self.command = command
        self.message = message
    }

    /// What is wrong, and where to read more.
    public var description: String { "\(message)\n  \(command) --help shows the arguments" }
}

/// Not a failure: the script was asked for its help text.
public struct ScriptHelp: Error, Sendable, Equatable {
    /// The help text.
    public var text: String

    /// A help text.
    public init(text: String) { self.text = text }
}
