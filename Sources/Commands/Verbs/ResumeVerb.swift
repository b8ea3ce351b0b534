internal import ArgumentParser
internal import ClusterModel
internal import Orchestration
internal import Scripting

struct ResumeVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a run that was cut, interrupted, or that failed.",
        discussion: """
            What was finished is answered from the run's journal. What was under way is looked at in the cluster first, and done \
            again only if it did not happen. The script, its arguments and the cluster have to be as the run left them.
            """
    )

    @Argument(help: "The run's name, its beginning or end, or last.")
    var id: String

    @Flag(name: .customLong("recorded"), help: "Go on with the script as it was when the run began.")
    var asRecorded = false

    @Flag(help: "Go on although somebody has changed the cluster in between.")
    var anyway = false

    @Flag(name: .customLong("repeat"), help: "Do again what was under way and cannot be looked at, such as exec.")
    var again = false

    @Flag(help: "Take for done what was under way and cannot be looked at.")
    var skip = false

    @OptionGroup var permissions: PermissionOptions

    @Flag(help: "Take the cluster's lock away from whoever holds it.")
    var breakLock = false

    @OptionGroup var style: StyleOptions

    func validate() throws {
        if again, skip { throw ValidationError("--repeat and --skip contradict each other; give one of them") }
    }

    func perform(in context: CommandContext) async throws {
        let journal = try context.keptRuns.resume(
            id,
            doubt: again ? .repeat : skip ? .skip : .refuse,
            ignoringTheWorld: anyway
        )
        var start = journal.header.start
        let script = try script(of: journal.header, context.shelf(in: start.folder))
        if !permissions.allow.isEmpty { start.permissions = try Permissions(permissions.allow) }
        let display = Display(terminal: context.terminal, style: style.style)
        display.receive(.note(Self.beginning(of: journal)))
        let request = RunRequest(
            command: "pgbc resume \(journal.header.id)",
            style: style.style,
            breaksLock: breakLock
        )
        let result = try await context.run(script, start, for: request, display: display, journal: journal)
        display.show(result)
    }

    private static func beginning(of journal: RunJournal) -> String {
        let (start, known) = (journal.header.start, journal.answers)
        let words = ([start.command] + start.arguments).joined(separator: " ")
        return "going on with \(words) of \(journal.header.time): \(known) answers are in its journal"
    }

    /// The script as it was; throws when it has changed since.
    private func script(of header: RunHeader, _ shelf: RecipeShelf) throws -> Script {
        let then = header.script
        if asRecorded || then.name == "stdin" {
            guard header.isCensored else { return then }
            throw Self.changed(header, "its text held a password, and was not kept", "run it anew")
        }
        let now: Script
        do {
            now = try shelf.script(then.name.recipeName ?? then.name)
        } catch {
            throw Self.changed(header, "\(then.name) is gone")
        }
        guard RunHeader.digest(of: now.source) == header.digest else {
            throw Self.changed(header, "\(then.name) has changed since")
        }
        return now
    }

    private static func changed(
        _ header: RunHeader,
        _ message: String,
        _ advice: String = "--recorded goes on with the script as it was; or run the new one from its beginning"
    ) -> ClusterError {
        ClusterError(
            .conflict,
            operation: "resume \(header.id)",
            message: message,
            advice: advice
        )
    }
}

extension CommandContext {
    fileprivate func shelf(in folder: ScriptFolder) -> RecipeShelf { RecipeShelf(folder: folder, plugins: plugins) }
}

extension String {
    /// `scale` for `recipe/scale.lua`.
    fileprivate var recipeName: String? {
        hasPrefix("recipe/") && hasSuffix(".lua") ? String(dropFirst(7).dropLast(4)) : nil
    }
}
