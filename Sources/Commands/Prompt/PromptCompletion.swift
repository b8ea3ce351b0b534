internal import Scripting

/// Completes what is typed at the prompt, from the globals of the machine and the declarations of the library.
struct PromptCompletion {
    let names: PromptNames
    /// What a method of an object, or a function of `pgbc`, returns: a kind of object, by its name.
    let results: [String: String]

    /// What can be made of the text in front of the cursor.
    func callAsFunction(_ before: String) -> Completion {
        let word = String(before.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.reversed())
        let found = candidates(String(before.dropLast(word.count)), word).filter { $0.hasPrefix(word) }
        guard let first = found.first else { return Completion() }
        let common = found.dropFirst().reduce(first) { $0.sharedPrefix(with: $1) }
        let insertion = String(common.dropFirst(word.count))
        return Completion(insertion: insertion, choices: insertion.isEmpty && found.count > 1 ? found : [])
    }

    private func candidates(_ head: String, _ word: String) -> [String] {
        if head == "." { return PromptCommand.names }
        if head.hasPrefix(".help ") { return Array(results.keys).sorted() }
        if head.hasSuffix(":") { return names.methods[kind(of: head.dropLast())] ?? [] }
        if head.hasSuffix(".") { return names.fields[String(Self.name(endOf: head.dropLast()))] ?? [] }
        guard !word.isEmpty else { return [] }
        return (names.globals.keys + Self.keywords).sorted()
    }

    /// The kind of the object that an expression gives: of a global, or of the last call in it.
    private func kind(of expression: Substring) -> String {
        guard expression.hasSuffix(")") else { return names.globals[String(Self.name(endOf: expression))] ?? "" }
        var depth = 0
        let inside = expression.reversed().prefix { letter in
            if letter == ")" { depth += 1 }
            if letter == "(" { depth -= 1 }
            return depth > 0
        }
        return results[String(Self.name(endOf: expression.dropLast(inside.count + 1)))] ?? ""
    }

    private static func name(endOf text: Substring) -> Substring {
        let count = text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.count
        return text.suffix(count)
    }

    private static let keywords = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not",
        "or", "repeat", "return", "then", "true", "until", "while",
    ]
}

extension String {
    fileprivate func sharedPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
