/// A check that could not be carried out.
public struct CheckFailure: Error, CustomStringConvertible {
    /// What was tried, on what, and what came back.
    public let description: String
}
