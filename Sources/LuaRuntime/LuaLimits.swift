/// What a script may use.
public struct LuaLimits: Sendable, Equatable {
    /// Memory of the virtual machine with all that its scripts hold, in bytes.
    public var memoryBytes: Int
    /// Instructions of one run with all of its coroutines, counted in thousands; nil: any number.
    public var instructions: Int?
    /// How long a cancelled script may go on to clean up, with all that it waits for.
    public var cleanup: Duration
    /// Whether each request carries a traceback, which costs some microseconds.
    public var tracesRequests: Bool

    /// The standard limits, except for those that are given.
    public init(
        memoryBytes: Int = 256 << 20,
        instructions: Int? = nil,
        cleanup: Duration = .seconds(30),
        tracesRequests: Bool = false
    ) {
        self.memoryBytes = memoryBytes
        self.instructions = instructions
        self.cleanup = cleanup
        self.tracesRequests = tracesRequests
    }

    /// 256 MiB, any number of instructions, 30 s to clean up, no tracebacks on requests.
    public static let standard = LuaLimits()
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
