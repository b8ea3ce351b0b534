/// The rows of one statement, a batch at a time.
public protocol RowSource: Sendable {
    /// The next rows; `nil` when there are no more.
    func next() async throws -> SQLResult?
    /// Nobody wants the rest.
    func close() async
}

/// All rows in one batch, for backends that hold them anyway.
public actor WholeResult: RowSource {
    private var result: SQLResult?

    /// A source of these rows.
    public init(_ result: SQLResult) { self.result = result }

    /// All rows, once.
    public func next() -> SQLResult? {
        defer { result = nil }
        return result?.rows.isEmpty == true ? nil : result
    }

    /// Forgets the rows.
    public func close() { result = nil }
}
