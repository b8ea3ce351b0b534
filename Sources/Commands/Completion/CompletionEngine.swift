internal import ArgumentParser
internal import PluginAPI
internal import Scripting

/// Completes the last word of a command line.
struct CompletionEngine {
    let context: CommandContext

    /// What the last word can become; nothing when that is for the shell to say, as with files.
    func candidates(_ typed: [String]) async -> [Candidate] {
        let words = Self.joined(typed)
        let current = words.last ?? ""
        guard let verb = words.first, words.count > 1 else { return Self.matching(verbs, current) }
        let (shape, rest) = await shape(verb, Array(words.dropFirst().dropLast()))
        guard shape.subcommands.isEmpty else { return Self.matching(shape.subcommands, current) }
        if let sign = current.firstIndex(of: "="), current.hasPrefix("--") {
            guard let value = shape.flag(String(current[..<sign]))?.value else { return [] }
            let start = current[...sign]
            return Self.matching(await names(value, words).map { Candidate(start + $0.word, $0.summary) }, current)
        }
        if let last = rest.last, let value = shape.flag(last)?.value {
            return Self.matching(await names(value, words), current)
        }
        if current.hasPrefix("-") { return Self.matching(flags(shape, besides: rest), current) }
        guard let kind = shape.kind(ofWord: Self.freeWords(rest, shape).count) else { return [] }
        return Self.matching(await names(kind, words), current)
    }

    private var verbs: [Candidate] {
        let own = PgbcCommand.verbs.filter { $1.configuration.shouldDisplay }
            .map { Candidate($0, $1.configuration.abstract) }
        let recipes = context.shelf.all.filter { PgbcCommand.verbs[$0.stem] == nil }
            .map { Candidate($0.stem, $0.summary) }
        return own + recipes
    }

    /// What the words in front take, and those of them that belong to it.
    private func shape(_ verb: String, _ words: [String]) async -> (VerbShape, [String]) {
        guard let type = PgbcCommand.verbs[verb] else {
            guard let recipe = try? context.shelf.recipe(verb) else { return (VerbShape(), words) }
            return (VerbShape(await recipe.outline(plugins: context.plugins)), words)
        }
        let shape = VerbShape(type)
        if let name = words.first, shape.subcommands.contains(where: { $0.word == name }),
            let sub = type.configuration.subcommands.first(where: { $0._commandName == name })
        {
            return (VerbShape(sub, under: verb), Array(words.dropFirst()))
        }
        guard verb == "run", let name = Self.freeWords(words, shape).first, let script = try? context.shelf.script(name)
        else { return (shape, words) }
        let place = words.firstIndex(of: name).map { $0 + 1 } ?? 0
        return (VerbShape(await script.outline(plugins: context.plugins)), Array(words[place...]))
    }

    private func flags(_ shape: VerbShape, besides words: [String]) -> [Candidate] {
        shape.flags.filter { $0.isRepeating || Set($0.names).isDisjoint(with: words) }.compactMap { flag in
            let name = flag.names.first { $0.hasPrefix("--") } ?? flag.names.first
            return name.map { Candidate($0, flag.summary) }
        }
    }

    private func names(_ kind: ValueKind, _ words: [String]) async -> [Candidate] {
        switch kind {
        case .other: return []
        case .choices(let choices): return choices.map { Candidate($0) }
        case .recipes: return context.shelf.all.map { Candidate($0.stem, $0.summary) }
        case .plugins: return context.plugins.map { Candidate($0.name, $0.summary) }
        case .clusters, .balancers, .nodes, .targets:
            let place = words.firstIndex(of: "--cluster").map { $0 + 1 }
            let cluster = place.flatMap { words.indices.contains($0) ? words[$0] : nil }
            let chosen = kind == .clusters ? nil : cluster
            return await LiveNames(backend: context.backend, cluster: chosen).names(kind)
        }
    }
}

extension CompletionEngine {
    /// bash takes `--to=x` apart; this puts it together again.
    private static func joined(_ words: [String]) -> [String] {
        var result: [String] = []
        var isOpen = false
        for word in words {
            if word == "=", let last = result.last, last.hasPrefix("--") {
                result[result.count - 1] += "="
                isOpen = true
            } else if isOpen, let last = result.last {
                result[result.count - 1] = last + word
                isOpen = false
            } else {
                result.append(word)
            }
        }
        return result
    }

    private static func freeWords(_ words: [String], _ shape: VerbShape) -> [String] {
        var free: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if shape.flag(word)?.value != nil { _ = rest.popFirst() } else if !word.hasPrefix("-") { free.append(word) }
        }
        return free
    }

    private static func matching(_ candidates: [Candidate], _ current: String) -> [Candidate] {
        let fitting = candidates.filter { $0.word.hasPrefix(current) }
        return Dictionary(grouping: fitting, by: \.word).compactMap(\.value.first).sorted { $0.word < $1.word }
    }
}

extension VerbShape {
    /// The kind of the how-manieth word without a flag, counted from 0.
    fileprivate func kind(ofWord index: Int) -> ValueKind? {
        if words.indices.contains(index) { return words[index] }
        return repeatsLast ? words.last : nil
    }
}
