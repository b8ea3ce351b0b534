/// What a script is started with.
public struct ScriptStart: Sendable, Equatable {
    /// What the user typed to get here, for messages: `pgbc run scale.lua`.
    public var command: String
    /// The words for the script itself.
    public var arguments: [String]
    /// The cluster that was named.
    public var cluster: String?
    /// The configuration file that was named.
    public var config: String?
    /// Where relative names are looked up.
    public var folder: ScriptFolder
    /// Memory of the script, in bytes.
    public var memoryLimit: Int
    /// Instructions that the script may execute, counted a thousand at a time; `nil` for any number.
    public var instructionLimit: Int?
    /// What the script may reach outside of its clusters.
    public var permissions: Permissions

    /// A start; 256 MiB of memory and any number of instructions unless told otherwise.
    public init(
        command: String,
        arguments: [String] = [],
        cluster: String? = nil,
        config: String? = nil,
        folder: ScriptFolder = .current,
        memoryLimit: Int = 256 << 20,
        instructionLimit: Int? = nil,
        permissions: Permissions = .none
    ) {
        self.command = command
        self.arguments = arguments
        self.cluster = cluster
        self.config = config
        self.folder = folder
        self.memoryLimit = memoryLimit
        self.instructionLimit = instructionLimit
        self.permissions = permissions
    }

    /// Whether only the help text is wanted.
    var asksForHelp: Bool { arguments.contains("--help") || arguments.contains("-h") }
}
