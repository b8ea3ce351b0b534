internal import ArgumentParser
internal import ClusterModel
internal import Orchestration

extension VerbShape {
    /// What a verb in Swift takes, from the declarations that its parser works with.
    init(_ type: any ParsableCommand.Type, under parent: String? = nil) {
        let command = (try? Document(json: type._dumpHelp(), source: "the parser"))?["command"] ?? .null
        for argument in command["arguments"]?.elements ?? [] where argument["shouldDisplay"]?.flag != false {
            if argument["kind"]?.text == "positional" {
                words.append(Self.kind(argument, parent))
                repeatsLast = argument["isRepeating"]?.flag ?? false
            } else {
                flags.append(Self.flag(argument, parent))
            }
        }
        subcommands = (command["subcommands"]?.elements ?? []).compactMap { sub in
            guard let name = sub["commandName"]?.text, name != "help" else { return nil }
            return Candidate(name, sub["abstract"]?.text ?? "")
        }
    }

    private static func flag(_ argument: Document, _ parent: String?) -> FlagShape {
        let names = (argument["names"]?.elements ?? []).compactMap { name -> String? in
            guard let text = name["name"]?.text else { return nil }
            return name["kind"]?.text == "long" ? "--\(text)" : "-\(text)"
        }
        return FlagShape(
            names: names,
            summary: argument["abstract"]?.text ?? "",
            value: argument["kind"]?.text == "option" ? kind(argument, parent) : nil,
            isRepeating: argument["isRepeating"]?.flag ?? false
        )
    }

    private static func kind(_ argument: Document, _ parent: String?) -> ValueKind {
        let names = (argument["names"]?.elements ?? []).compactMap { $0["name"]?.text }
        if names.contains("cluster") { return .clusters }
        if names.contains("balancer") { return .balancers }
        if names.contains("node") { return .nodes }
        if let choices = argument["allValues"]?.elements, !choices.isEmpty {
            return .choices(choices.compactMap(\.text))
        }
        switch (argument["valueName"]?.text, parent) {
        case ("cluster", _): return .clusters
        case ("target", _): return .targets
        case ("script", _), ("name", "recipe"): return .recipes
        case ("names", "plugin"): return .plugins
        default: return .other
        }
    }
}
