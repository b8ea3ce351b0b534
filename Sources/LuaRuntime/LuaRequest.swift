/// One call of a primitive by a script.
public struct LuaRequest: Sendable {
    /// The primitive.
    public let name: String
    /// Its arguments in order; nil where the script passed none.
    public let arguments: [LuaValue]
    /// The path of the thread that asks, e.g. "0.2": the second one started by the first script.
    public let thread: String
    /// The how-manieth request of its thread, from 1.
    public let number: Int
    /// Where it was called, innermost frame first; empty unless `LuaLimits.tracesRequests`. Errors always have one.
    public private(set) var traceback: String
    private var source: String?
    private var line: Int

    /// A request as a script would make it, for tests of a host.
    public init(
        name: String,
        arguments: [LuaValue] = [],
        thread: String = "0",
        number: Int = 1,
        source: String? = nil,
        line: Int = 0,
        traceback: String = ""
    ) {
        self.name = name
        self.arguments = arguments
        self.thread = thread
        self.number = number
        self.source = source
        self.line = line
        self.traceback = traceback
    }

    /// The same with its place.
    func located(source: String?, line: Int, traceback: String) -> LuaRequest {
        var request = self
        (request.source, request.line, request.traceback) = (source, line, traceback)
        return request
    }

    /// Names the request among all of a run, whatever runs at the same time: "0.2#7".
    public var path: String { "\(thread)#\(number)" }

    /// The nearest frame of a user's chunk, "scale.lua:7".
    public var location: String? { source.map { "\($0):\(line)" } }
}
