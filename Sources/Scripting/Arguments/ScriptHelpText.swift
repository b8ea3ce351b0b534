internal import ClusterModel

extension ScriptArguments {
    /// The help text of a script.
    func help(summary: String) -> String {
        let shown = parameters.positional + parameters.filter { $0.position == nil }
        let rows = shown.map { ($0.title, $0.explanation) } + [("--help", "show this text")]
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { "  \($0.padding(to: width))  \($1)" }
        let usage = (["USAGE: \(command)"] + shown.map(\.usage)).joined(separator: " ")
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

    /// How it is written on a command line.
    fileprivate var title: String { position == nil ? flag + placeholder : "<\(dashed)>" }

    fileprivate var usage: String {
        let text = title + (kind == .list ? " …" : "")
        return isRequired ? text : "[\(text)]"
    }

    fileprivate var explanation: String {
        var notes: [String] = []
        if isRequired { notes.append("required") }
        if min != nil || max != nil { notes.append(expectation) }
        if preset != .null { notes.append("default: \(presetText)") }
        return help + (notes.isEmpty ? "" : (help.isEmpty ? "" : " ") + "(\(notes.joined(separator: "; ")))")
    }

    private var presetText: String {
        switch (kind, preset.wholeNumber) {
        case (.size, let bytes?): bytes.byteText
        case (.duration, let seconds?): "\(seconds)s"
        default: preset.text ?? preset.json()
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
