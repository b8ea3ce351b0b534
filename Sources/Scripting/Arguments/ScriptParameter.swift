internal import ClusterModel
internal import Orchestration

/// One argument of a script, as `pgbc.args` declares it.
struct ScriptParameter: Sendable, Equatable {
    /// What its text has to be.
    enum Kind: String, Sendable, CaseIterable {
        case string, integer, number, boolean, list, duration, size, choice, node, balancer
    }

    var name: String
    var kind: Kind
    var help: String
    var isRequired: Bool
    var preset: Document
    var min: Double?
    var max: Double?
    var choices: [String]
    /// Its place among those that may be given as a word of their own, without a flag; `nil` when it is none of them.
    var position: Int?

    /// As it is written on a command line: `--keep-data`.
    var flag: String { "--" + name.replacing("_", with: "-") }

    /// What has to be given: "an integer from 1 to 31".
    var expectation: String {
        switch kind {
        case .string: "text"
        case .integer: "an integer" + limits { $0.shortText }
        case .number: "a number" + limits { $0.shortText }
        case .boolean: "true or false"
        case .list: "a value"
        case .duration: "a duration such as 90s, 5m or 1h" + limits { "\($0.shortText)s" }
        case .size: "a size such as 512kB, 16MB or 1GB" + limits { Int($0).byteText }
        case .choice: "one of \(choices.joined(separator: ", "))"
        case .node: "a node"
        case .balancer: "a balancer"
        }
    }

    private func limits(_ write: (Double) -> String) -> String {
        switch (min, max) {
        case (let min?, let max?): " from \(write(min)) to \(write(max))"
        case (let min?, nil): " of at least \(write(min))"
        case (nil, let max?): " of at most \(write(max))"
        case (nil, nil): ""
        }
    }
}

extension ScriptParameter {
    private static let keys = ["help", "type", "required", "default", "min", "max", "choices", "positional"]
    /// Options that pgbc takes itself, wherever they stand.
    static let reserved = ["help", "config", "cluster", "json", "verbose", "break_lock", "dry_run", "allow"]

    /// Reads one entry of the table given to `pgbc.args`.
    init(_ name: String, _ declaration: Document) throws(ClusterError) {
        guard !Self.reserved.contains(name) else {
            throw Self.refusal(name, "pgbc takes an option of this name itself", "choose another name")
        }
        guard name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil else {
            throw Self.refusal(name, "a name is made of a-z, 0-9 and _", nil)
        }
        guard let members = declaration.members else {
            throw Self.refusal(name, "expected a table, got \(declaration.asGiven)", "for example { help = \"…\" }")
        }
        for member in members where !Self.keys.contains(member.key) {
            let near = member.key.nearest(in: Self.keys).map { "did you mean '\($0)'?" }
            throw Self.refusal(
                name,
                "unknown key '\(member.key)'",
                near ?? "the keys are \(Self.keys.joined(separator: ", "))"
            )
        }
        self.name = name
        choices = (declaration["choices"]?.elements ?? []).compactMap(\.text)
        kind = try Self.kind(name, declaration["type"], hasChoices: !choices.isEmpty)
        help = declaration["help"]?.text ?? ""
        isRequired = declaration["required"]?.flag ?? false
        preset = declaration["default"] ?? .null
        min = declaration["min"]?.double
        max = declaration["max"]?.double
        position = declaration["positional"].flatMap { $0.wholeNumber ?? ($0.flag == true ? 0 : nil) }
        guard kind != .choice || !choices.isEmpty else { throw Self.refusal(name, "a choice needs 'choices'", nil) }
        try readPreset()
    }

    /// A default of a duration or a size may be written as on the command line: `default = "5m"`.
    private mutating func readPreset() throws(ClusterError) {
        guard [.duration, .size].contains(kind), let text = preset.text else { return }
        guard let value = value(of: text) else {
            throw Self.refusal(name, "its default has to be \(expectation), not \(preset.asGiven)", nil)
        }
        preset = value
    }

    private static func kind(_ name: String, _ value: Document?, hasChoices: Bool) throws(ClusterError) -> Kind {
        guard let value else { return hasChoices ? .choice : .string }
        if let kind = value.text.flatMap(Kind.init(rawValue:)) { return kind }
        let kinds = Kind.allCases.map(\.rawValue)
        throw refusal(name, "unknown type \(value.asGiven)", "the types are \(kinds.joined(separator: ", "))")
    }

    private static func refusal(_ name: String, _ message: String, _ advice: String?) -> ClusterError {
        ClusterError(.invalid, operation: "declare the argument '\(name)'", message: message, advice: advice)
    }
}
