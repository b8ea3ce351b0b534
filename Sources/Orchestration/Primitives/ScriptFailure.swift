/// A failure that a script declared itself, with `fail`.
public struct ScriptFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure; it decides the exit code.
    public var code: ClusterError.Code
    /// The script's own words.
    public var description: String

    /// A failure in a script's own words.
    public init(_ code: ClusterError.Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
