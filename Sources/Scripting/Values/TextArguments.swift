internal import LuaRuntime
internal import Orchestration

extension Primitive {
    /// What only tells somebody something may hold anything.
    private static let tellers: Set = ["run.log", "run.fail", "run.refuse", "run.step", "run.journal"]
    /// What hands its text on to functions of C.
    private static let endAtNul: Set = ["node.query", "rows.open", "node.exec", "program.run"]

    /// Throws for a string that would arrive as another one: bytes that are no UTF-8, or, where it would end the text, a NUL.
    func requireText(_ arguments: [LuaValue]) throws(ArgumentError) {
        guard !Self.tellers.contains(name) else { return }
        for (index, value) in arguments.enumerated() {
            guard let wrong = value.wrongText(refusesNul: Self.endAtNul.contains(name)) else { continue }
            throw ArgumentError(
                callee: spelling,
                parameter: index < parameters.count ? parameters[index].name : "\(index + 1)",
                expected: "text",
                given: wrong
            )
        }
    }
}

extension LuaValue {
    /// What is wrong with the first string in it that is not plain text; `nil` for nothing.
    func wrongText(refusesNul: Bool = false) -> String? {
        switch self {
        case .bytes(let bytes): "a string that is not UTF-8 (\(bytes.count) bytes); encode it, as in hex or base64"
        case .string(let text):
            refusesNul && text.utf8.contains(0) ? "a string with a zero byte in it (\(text.utf8.count) bytes)" : nil
        case .table(let table):
            table.array.lazy.compactMap { $0.wrongText(refusesNul: refusesNul) }.first
                ?? table.fields.lazy.compactMap { $0.value.wrongText(refusesNul: refusesNul) }.first
        default: nil
        }
    }
}
