/// A stretch of a script that it has given a name, with `step(name, fn)`.
public struct ScriptStep: Sendable, Equatable {
    /// How far it is.
    public enum State: Sendable, Equatable {
        case begun
        /// It is over, after so many seconds.
        case done(seconds: Double)
        /// It ended with an error, after so many seconds.
        case failed(seconds: Double, error: String)
    }

    /// The names of the steps that it is within, the outermost first, and its own.
    public let path: [String]
    /// How far it is.
    public let state: State

    /// A stretch of a script.
    public init(path: [String], state: State) {
        self.path = path
        self.state = state
    }

    /// Its own name.
    public var name: String { path.last ?? "" }
    /// All names: `drain > stop`.
    public var wholeName: String { path.joined(separator: " > ") }
}
