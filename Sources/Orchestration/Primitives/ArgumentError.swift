/// A call whose arguments do not fit the declaration of what was called.
public struct ArgumentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was called, as scripts spell it: `lb:scale`.
    public var callee: String
    /// The parameter; `nil` when there are too many arguments.
    public var parameter: String?
    /// What would have been right: "an integer of at least 0".
    public var expected: String
    /// What was given: `string "two"`.
    public var given: String
    /// Where in the script: `scale.lua:7`.
    public var location: String?

    /// An error for one argument.
    public init(callee: String, parameter: String?, expected: String, given: String, location: String? = nil) {
        self.callee = callee
        self.parameter = parameter
        self.expected = expected
        self.given = given
        self.location = location
    }

    /// `bad argument 'replicas' to lb:scale: expected an integer of at least 0, got string "two" (scale.lua:7)`.
    public var description: String {
        let place = location.map { " (\($0))" } ?? ""
        return "\(complaint), got \(given)\(place)"
    }

    private var complaint: String {
        guard let parameter else { return "too many arguments to \(callee): expected \(expected)" }
        return "bad argument '\(parameter)' to \(callee): expected \(expected)"
    }
}
