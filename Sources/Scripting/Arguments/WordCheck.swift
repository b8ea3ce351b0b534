internal import Synchronization

/// Refuses words behind a script that reads none: such a word is a mistake, and ignoring it would hide that.
///
/// A script reads its words by `pgbc.args` or as `...`. One that requires modules may leave that to them: then the words are
/// refused at its first change, or at its end, if nobody has read them until then.
final class WordCheck: Sendable {
    private let words: [String]
    private let command: String
    private let isRead: Mutex<Bool>

    /// - Throws: a ``ScriptUsageError`` when it is plain from the text that nobody reads the words.
    init(_ script: Script, _ start: ScriptStart) throws(ScriptUsageError) {
        words = start.arguments
        command = start.command
        let reading = script.readingOfWords
        isRead = Mutex(reading == .certain || words.isEmpty || start.asksForHelp)
        if reading == .none { try check() }
    }

    /// The script has declared its arguments.
    func read() { isRead.withLock { $0 = true } }

    /// Throws when there are words that nobody has read.
    func check() throws(ScriptUsageError) {
        guard !isRead.withLock({ $0 }), let word = words.first else { return }
        throw ScriptUsageError(
            command: command,
            message:
                "unexpected argument '\(word)'; the script takes none (pgbc.args declares what it takes), and options of "
                + "pgbc itself stand before the script"
        )
    }
}

extension Script {
    /// Throws a ``ScriptUsageError`` when it is plain from the text that nobody reads the words that it is started with.
    public func checkWords(of start: ScriptStart) throws(ScriptUsageError) { _ = try WordCheck(self, start) }

    fileprivate enum ReadingOfWords { case certain, byModules, none }

    fileprivate var readingOfWords: ReadingOfWords {
        let code = source.replacing(Self.commentOrText, with: " ")
        if code.contains("...") || textWithoutComments.contains(/\bargs\b/.wordBoundaryKind(.simple)) {
            return .certain
        }
        return code.contains(/\brequire\b/.wordBoundaryKind(.simple)) ? .byModules : .none
    }

    private var textWithoutComments: String {
        source.replacing(Self.commentOrText) { $0.output.0.hasPrefix("--") ? " " : String($0.output.0) }
    }

    /// Comments and texts of Lua, long and short ones.
    private static var commentOrText: Regex<(Substring, Substring?, Substring?)> {
        /--\[(=*)\[[\s\S]*?\]\1\]|--[^\n]*|\[(=*)\[[\s\S]*?\]\2\]|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/
    }
}
