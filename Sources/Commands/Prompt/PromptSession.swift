internal import ClusterModel
internal import Foundation
internal import Orchestration
internal import Scripting

/// Runs what comes from a prompt, a file or the command line, and shows the results.
struct PromptSession {
    let prompt: ScriptPrompt
    let display: Display
    let shelf: RecipeShelf
    let reference: LibraryReference

    /// Runs a complete input or finds that it is not complete. Returns whether it was complete.
    func run(_ input: String) async throws -> Bool {
        guard !input.allSatisfy(\.isWhitespace) else { return true }
        switch try await prompt.run(input) {
        case .incomplete: return false
        case .value(let result):
            display.settle()
            display.show(result)
            return true
        }
    }

    /// Carries out a line that begins with a dot. Returns false when the session is to end.
    func carryOut(_ command: PromptCommand) throws -> Bool {
        switch command {
        case .quit: return false
        case .recipes:
            display.show(
                .array(shelf.all.map { ["recipe": .string($0.stem), "summary": .string($0.summary)] as Document })
            )
        case .help(let name):
            let text = try name.map { try help(on: $0) } ?? PromptCommand.overview + overview
            display.show(.string(text))
        }
        return true
    }

    private func help(on name: String) throws -> String {
        let found = reference.entries.filter { $0.spelling == name || $0.name == name }
        guard found.isEmpty else { return found.map(\.help).joined(separator: "\n\n") }
        let near = name.nearest(in: reference.entries.map(\.spelling)).map { "did you mean \($0)?" }
        throw UsageError("there is no \(name)", advice: near ?? ".help lists what there is")
    }

    private var overview: String {
        let groups = Dictionary(grouping: reference.entries, by: \.group)
        let names = reference.groups.map { group in
            "\(group): " + (groups[group] ?? []).map(\.name).joined(separator: ", ")
        }
        return "\n" + names.joined(separator: "\n")
    }
}
