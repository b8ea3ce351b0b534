internal import ArgumentParser
internal import Scripting

/// The words behind a recipe's name, told apart: what pgbc takes itself, and what belongs to the script.
struct RecipeWords: Equatable {
    private(set) var own: [String] = []
    private(set) var script: [String] = []

    /// Tells them apart by what the script declares; what nobody knows is left to the script, which refuses it.
    ///
    /// A script that takes no word without a flag leaves the first such word to pgbc: it is the cluster.
    init(_ words: [String], for outline: ScriptOutline) {
        var cluster: String?
        let takesWords = outline.arguments.contains(where: \.isPositional)
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                script += [word] + rest
                break
            }
            if let argument = outline.argument(word) {
                script.append(word)
                if argument.takesValue, !word.contains("="), let value = rest.popFirst() { script.append(value) }
            } else if let option = OwnOptions.named(word) {
                own.append(word)
                if option.value != nil, !word.contains("="), let value = rest.popFirst() { own.append(value) }
            } else if !word.hasPrefix("-"), !takesWords, cluster == nil {
                cluster = word
            } else {
                script.append(word)
            }
        }
        if let cluster { own += [Self.isFile(cluster) ? "--config" : "--cluster", cluster] }
    }

    /// Whether a word that names a cluster is its configuration file.
    static func isFile(_ word: String) -> Bool {
        word.contains("/") || word.hasSuffix(".json") || word.hasSuffix(".lua")
    }
}

extension ScriptOutline {
    /// The argument whose flag a word is, in the forms `--name`, `--name=value` and `--no-name`.
    fileprivate func argument(_ word: String) -> Argument? {
        guard word.hasPrefix("--") else { return nil }
        let flag = word.prefix { $0 != "=" }.replacing("_", with: "-")
        return arguments.first { $0.flag == flag }
            ?? arguments.first { !$0.takesValue && "--no-" + $0.flag.dropFirst(2) == flag }
    }
}
