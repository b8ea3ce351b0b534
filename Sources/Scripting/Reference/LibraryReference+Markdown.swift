internal import Orchestration

extension LibraryReference {
    /// The reference as a page of Markdown.
    public var markdown: String {
        var lines = [
            "# What a script can call", "",
            "Made by `pgbc lua reference` from the declarations that scripts are checked against. `pgbc lua annotations` makes the",
            "same for editors (LuaCATS). Everything may wait; no callback is needed anywhere.", "",
        ]
        for group in groups {
            let members = entries.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            lines += ["## \(Self.titles[group] ?? "The table `\(group)`")", ""]
            lines += members.flatMap(Self.section)
        }
        return (lines + Self.arguments + Self.events).joined(separator: "\n") + "\n"
    }

    private static let titles = [
        "pgbc": "The table `pgbc`", "cluster": "A cluster", "lb": "A balancer", "node": "A node",
        "run": "The run itself",
    ]

    private static func section(_ entry: LibraryEntry) -> [String] {
        let rows = entry.parameters.map { parameter in
            "- `\(parameter.name)` (\(parameter.type)\(parameter.isOptional ? ", optional" : "")): \(parameter.summary)"
        }
        let effect = entry.effect == .read ? "" : " Effect: \(entry.effect.rawValue)."
        return ["### `\(entry.signature)`", "", entry.summary, ""] + rows
            + ["- returns \(entry.result).\(effect)", ""]
    }

    private static var arguments: [String] {
        [
            "## Arguments of a script", "",
            "`pgbc.args { name = { … } }` declares them; flags, checks, `--help` and shell completion come from it. Each may have:",
            "",
            "- `help`: one line for the reader;",
            "- `type`: \(ScriptParameter.Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "));",
            "- `required`, `default`, `min`, `max`, `choices`;",
            "- `positional`: true, or its place, for an argument that may be given without its flag; a list takes all that are left.",
            "",
        ]
    }

    private static var events: [String] {
        let rows = EventCatalogue.all.map { event in
            let fields = event.fields.map { "`\($0.name)`: \($0.summary)" }.joined(separator: "; ")
            return "| `\(event.name)` | \(event.summary) | \(fields) |"
        }
        return [
            "## Events", "",
            "What `--json` prints and what handlers of plugins receive: a table with the name in `event`.", "",
            "| event | when | fields |", "|---|---|---|",
        ] + rows
    }
}
