internal import Scripting

/// The help text of `pgbc` itself, with the recipes that are verbs too.
struct RootHelp {
    let text: String

    init(_ parsed: String, shelf: RecipeShelf) {
        let rows = shelf.all.filter { PgbcCommand.verbs[$0.stem] == nil }
            .map { recipe in (recipe.stem, recipe.summary + Self.note(recipe.origin)) }
        guard !rows.isEmpty else {
            text = parsed
            return
        }
        let lines = rows.map { name, summary in
            "  \(name)".padded(to: 26) + summary
        }
        let section = (["RECIPES:"] + lines).joined(separator: "\n")
        let end = "\n\n  See 'pgbc help"
        let place = parsed.firstRange(of: end)?.lowerBound ?? parsed.endIndex
        text = parsed[..<place] + "\n\n" + section + parsed[place...]
    }

    private static func note(_ origin: Script.Origin) -> String {
        switch origin {
        case .plugin(let name): " (from the plugin \(name))"
        case .override: " (your own in place of pgbc's, in ./pgbc)"
        case .file: " (your own, in ./pgbc)"
        case .bundled: ""
        }
    }
}

extension String {
    /// The text with spaces behind it up to a width, and at least one.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}

extension Script {
    /// The name without folder and ending.
    var stem: String {
        let file = name.split(separator: "/").last.map(String.init) ?? name
        return file.hasSuffix(".lua") ? String(file.dropLast(4)) : file
    }
}
