internal import Scripting

extension VerbShape {
    /// What a script takes, with the options of pgbc itself.
    init(_ outline: ScriptOutline) {
        let positional = outline.arguments.filter(\.isPositional)
        words = positional.map(ValueKind.init)
        if words.isEmpty { words = [.clusters] }
        repeatsLast = positional.last?.type == "list"
        flags = outline.arguments.map { argument in
            FlagShape(
                names: [argument.flag],
                summary: argument.help,
                value: argument.takesValue ? ValueKind(argument) : nil,
                isRepeating: argument.type == "list"
            )
        }
        flags += OwnOptions.all.map { option in
            FlagShape(
                names: option.names,
                summary: option.help,
                value: option.value.map { _ in option.names.contains("--cluster") ? .clusters : .other }
            )
        }
        flags.append(FlagShape(names: ["--help"], summary: "show the arguments"))
    }
}
