public import ClusterModel

/// A failure that a script declared itself, with `fail`.
public struct ScriptFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure; it decides the exit code.
    public var code: ClusterError.Code
    /// The script's own words.
    public var description: String
    /// What else the script said: fields that whoever catches the error sees.
    public var fields: [String: Document]

    /// A failure in a script's own words.
    public init(_ code: ClusterError.Code, _ description: String, fields: [String: Document] = [:]) {
        self.code = code
        self.description = description
        self.fields = fields
    }
}
