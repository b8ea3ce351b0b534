internal import ClusterModel
internal import Orchestration

/// Reads a command line by what a script declares.
struct ScriptArguments {
    let command: String
    let parameters: [ScriptParameter]

    /// The values by name; what was neither given nor has a default is missing.
    func parse(_ words: [String]) throws(ScriptUsageError) -> Document {
        var values: [String: Document] = [:]
        var rest = words[...]
        var free: [String] = []
        while let word = rest.popFirst() {
            if word == "--" {
                free += rest
                break
            }
            guard word.hasPrefix("--") else {
                free.append(word)
                continue
            }
            let (flag, attached) = Self.split(word)
            let (parameter, negated) = try parameter(for: flag)
            let text: String
            if negated {
                guard attached == nil else { throw usage("\(flag) takes no value") }
                text = "false"
            } else if let attached {
                text = attached
            } else if parameter.kind == .boolean {
                text = "true"
            } else {
                guard let next = rest.popFirst() else { throw usage("\(flag) needs \(parameter.expectation)") }
                text = next
            }
            try store(text, for: parameter, in: &values)
        }
        try place(free, in: &values)
        var settled: [Document.Member] = []
        for parameter in parameters {
            if let member = try self.settled(parameter, values[parameter.name]) { settled.append(member) }
        }
        return .object(settled)
    }

    /// Gives words without a flag to the positional parameters that have no value yet, in their order.
    private func place(_ words: [String], in values: inout [String: Document]) throws(ScriptUsageError) {
        var rest = words[...]
        for parameter in parameters.positional where values[parameter.name] == nil {
            repeat {
                guard let word = rest.popFirst() else { return }
                try store(word, for: parameter, in: &values)
            } while parameter.kind == .list
        }
        guard let word = rest.first else { return }
        let known = parameters.positional.map { "<\($0.dashed)>" }.joined(separator: ", ")
        throw usage(
            "unexpected argument '\(word)'; "
                + (known.isEmpty ? "arguments are written --name value" : "without a flag it takes only \(known)")
        )
    }

    private func settled(
        _ parameter: ScriptParameter,
        _ given: Document?
    ) throws(ScriptUsageError) -> Document.Member? {
        if let given { return .init(parameter.name, given) }
        if parameter.preset != .null { return .init(parameter.name, parameter.preset) }
        if parameter.isRequired {
            throw usage(
                "\(parameter.flag) is missing: \(parameter.help.isEmpty ? parameter.expectation : parameter.help)"
            )
        }
        return parameter.kind == .boolean ? .init(parameter.name, false) : nil
    }

    private func store(
        _ text: String,
        for parameter: ScriptParameter,
        in values: inout [String: Document]
    ) throws(ScriptUsageError) {
        guard let value = parameter.value(of: text) else {
            throw usage("\(parameter.flag): expected \(parameter.expectation), got \"\(text)\"")
        }
        if parameter.kind == .list {
            values[parameter.name] = .array((values[parameter.name]?.elements ?? []) + [value])
        } else if values.updateValue(value, forKey: parameter.name) != nil {
            throw usage("\(parameter.flag) is given twice")
        }
    }

    private func parameter(for flag: String) throws(ScriptUsageError) -> (ScriptParameter, negated: Bool) {
        let name = flag.dropFirst(2).replacing("-", with: "_")
        if let found = parameters.first(where: { $0.name == name }) { return (found, false) }
        if name.hasPrefix("no_"),
            let found = parameters.first(where: { $0.name == name.dropFirst(3) && $0.kind == .boolean })
        {
            return (found, true)
        }
        let known = parameters.map(\.flag)
        let hint = flag.nearest(in: known).map { "did you mean \($0)?" }
        let all = known.isEmpty ? "there are none" : "the arguments are \(known.joined(separator: ", "))"
        throw usage("unknown argument \(flag); \(hint ?? all)")
    }

    private static func split(_ word: String) -> (flag: String, value: String?) {
        guard let sign = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<sign]), String(word[word.index(after: sign)...]))
    }

    private func usage(_ message: String) -> ScriptUsageError { ScriptUsageError(command: command, message: message) }
}
