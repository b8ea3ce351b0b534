/// A rule reads one file and says what in it is not allowed.
struct Rule: Sendable {
    let name: String
    let check: @Sendable (SourceFile) -> [Violation]

    func violations(in files: [SourceFile]) -> [Violation] {
        files.flatMap(check)
    }
}

extension Rule {
    /// Swift imports, judged by the layout table.
    static let imports = Rule(name: "imports") { file in
        guard file.kind == "swift" else { return [] }
        guard let rule = moduleTable.first(where: { $0.module == file.module }) else {
            return [Violation(path: file.path, reason: "the module \(file.module) is not in the layout table")]
        }
        return importedModules(of: file.text).filter { !rule.allows($0.module) }.map { found in
            Violation(path: file.path, line: found.line, reason: "\(file.module) may not import \(found.module)")
        }
    }

    /// C headers that belong to one module.
    static let headers = Rule(name: "headers") { file in
        guard ["c", "h", "cpp", "modulemap", "swift"].contains(file.kind) else { return [] }
        return numbered(file.text).compactMap { line, text in
            guard let header = text.firstMatch(of: /^\s*#\s*(?:include|import)\s*[<"](?:[^>"]*\/)?([^\/>"]+)[>"]/)?.1,
                let owners = headerOwners[String(header)], !owners.contains(file.module)
            else { return nil }
            return Violation(path: file.path, line: line, reason: "\(file.module) may not include \(header)")
        }
    }

    /// Short files, and shorter recipes.
    static let size = Rule(name: "size") { file in
        let limit = file.isRecipe ? 60 : 400
        guard file.lineCount > limit else { return [] }
        return [Violation(path: file.path, reason: "\(file.lineCount) lines, at most \(limit) are allowed")]
    }

    /// Constructs that turn bad outside data into a crash, hide a data race, or outlive what started them.
    static let constructs = Rule(name: "constructs") { file in
        guard file.kind == "swift" else { return [] }
        return SwiftCode(file.text).lines.enumerated().flatMap { index, line in
            Construct.forbidden.filter { !$0.isAllowed(file) && $0.occurs(in: line) }.map {
                Violation(path: file.path, line: index + 1, reason: "\($0.name) is not allowed here")
            }
        }
    }

    static let all: [Rule] = [.imports, .headers, .size, .constructs]
}

/// A piece of Swift that is forbidden, and where it is allowed after all.
struct Construct: Sendable {
    let name: String
    let pattern: @Sendable () -> Regex<Substring>
    /// Text that makes an occurrence on the same line harmless.
    var unless: String?
    var isAllowed: @Sendable (SourceFile) -> Bool = { _ in false }

    func occurs(in line: Substring) -> Bool {
        line.contains(pattern()) && !(unless.map { line.contains($0) } ?? false)
    }

    static let forbidden = [
        Construct(name: "try!", pattern: { /\btry!/ }),
        Construct(name: "as!", pattern: { /\bas!/ }),
        // Foundation's reads past the end of a directory entry on Linux, and crashes at random.
        Construct(name: "Process()", pattern: { /\bProcess\(\)/ }),
        Construct(name: "fatalError", pattern: { /\bfatalError\b/ }),
        Construct(name: "@unchecked Sendable", pattern: { /@unchecked\b/ }, isAllowed: { $0.module == "LuaRuntime" }),
        Construct(
            name: "an unstructured Task",
            pattern: { /\bTask(?:<[^>]*>)?(?:\.detached)?\s*(?:\([^)]*\)\s*)?\{/ },
            unless: "await Task",
            isAllowed: { $0.module == "pgbc" || $0.name.contains("Signal") }
        ),
    ]
}

extension SourceFile {
    var isRecipe: Bool { kind == "lua" && path.lowercased().contains("/recipes/") }
}

/// The modules that a Swift text imports, with the line of each.
func importedModules(of text: String) -> [(module: String, line: Int)] {
    SwiftCode(text).lines.enumerated().flatMap { index, line -> [(module: String, line: Int)] in
        guard line.contains("import") else { return [] }
        return line.split(separator: ";").compactMap { statement in
            statement.firstMatch(of: importStatement()).map { (String($0.1), index + 1) }
        }
    }
}

/// Attributes and an access level may come first, and the kind of a single declaration after `import`.
private func importStatement() -> Regex<(Substring, Substring)> {
    /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var|actor)\s+)?(\w+)/
}

private func numbered(_ text: String) -> [(line: Int, text: Substring)] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0.offset + 1, $0.element) }
}
