internal import ClusterModel

extension ScriptArguments {
    /// The help text of a script.
    func help(summary: String) -> String {
        let rows = parameters.map { ("\($0.flag)\($0.placeholder)", $0.explanation) } + [("--help", "show this text")]
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { "  \($0.padding(to: width))  \($1)" }
        let usage = (["USAGE: \(command)"] + parameters.map(\.usage)).joined(separator: " ")
        return ([summary, "", usage, "", "ARGUMENTS:"].drop(while: \.isEmpty) + lines).joined(separator: "\n")
    }
}

extension ScriptParameter {
    fileprivate var placeholder: String {
        switch kind {
        case .boolean: ""
        case .choice: " <\(choices.joined(separator: "|"))>"
        default: " <\(kind.rawValue)>"
        }
    }

    fileprivate var usage: String {
        let text = flag + placeholder + (kind == .list ? " …" : "")
        return isRequired ? text : "[\(text)]"
    }

    fileprivate var explanation: String {
        var notes: [String] = []
        if isRequired { notes.append("required") }
        if min != nil || max != nil { notes.append(expectation) }
        if preset != .null { notes.append("default: \(preset.text ?? preset.json())") }
        return help + (notes.isEmpty ? "" : (help.isEmpty ? "" : " ") + "(\(notes.joined(separator: "; ")))")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
