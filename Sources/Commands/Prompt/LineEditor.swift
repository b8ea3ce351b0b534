internal import CEdit
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A line as it comes from a prompt.
enum PromptLine: Equatable, Sendable {
    case text(String)
    /// Ctrl-C: what was typed is thrown away.
    case interrupted
    /// Ctrl-D, or the end of the input.
    case end
}

/// What Tab makes of the text in front of the cursor.
struct Completion: Equatable, Sendable {
    /// What to insert at the cursor.
    var insertion = ""
    /// What there is to choose from, when nothing can be inserted.
    var choices: [String] = []
}

/// Reads lines from the terminal with libedit: editing, history, completion.
actor LineEditor {
    private let desk: Desk
    private let file: String?

    /// An editor whose history is kept in a file; `nil` when the terminal cannot be edited on.
    init?(history file: String?) {
        setlocale(LC_CTYPE, "")
        guard let desk = Desk() else { return nil }
        self.desk = desk
        self.file = file
        if let lines = desk.lines, let file { ce_history_load(lines, file) }
    }

    /// Waits for a line, on the thread of this actor; ends soon when the task is cancelled.
    func line(_ prompt: String, completing: @escaping @Sendable (String) -> Completion) -> PromptLine {
        desk.prompt(prompt)
        desk.completing = completing
        desk.owner.pointee.interrupted = false
        var count: Int32 = 0
        let bytes = ce_line(desk.editor, &count)
        if desk.owner.pointee.interrupted { return .interrupted }
        guard let bytes, count > 0 else { return .end }
        let text = String(cString: bytes)
        return .text(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    /// Keeps an input for later, in the file too.
    func remember(_ input: String) {
        guard let lines = desk.lines, !input.isEmpty else { return }
        ce_history_add(lines, input)
        if let file { ce_history_save(lines, file) }
    }
}

/// The editor, and what it asks while it reads a line. Used by one ``LineEditor`` on its own thread.
private final class Desk {
    let editor: OpaquePointer
    let lines: OpaquePointer?
    let owner: UnsafeMutablePointer<ce_owner>
    var completing: (String) -> Completion = { _ in Completion() }
    private var text: UnsafeMutablePointer<CChar>?

    init?() {
        owner = .allocate(capacity: 1)
        owner.initialize(to: ce_owner())
        guard let editor = ce_open("pgbc", owner) else {
            owner.deallocate()
            return nil
        }
        self.editor = editor
        lines = ce_history_open(editor, 1000)
        setCallbacks()
    }

    deinit {
        el_end(editor)
        if let lines { history_end(lines) }
        owner.deallocate()
        free(text)
    }

    func prompt(_ prompt: String) {
        free(text)
        text = strdup(prompt)
    }

    /// libedit's callbacks lead back here.
    private func setCallbacks() {
        owner.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        owner.pointee.prompt = { context in UnsafePointer(Desk.at(context)?.text) }
        owner.pointee.complete = { context, before, insertion, listing in
            guard let desk = Desk.at(context), let before else { return }
            let completion = desk.completing(String(cString: before))
            insertion?.pointee = strdup(completion.insertion)
            listing?.pointee = strdup(completion.choices.joined(separator: "  "))
        }
        owner.pointee.stops = { _ in Task.isCancelled }
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> Desk? {
        context.map { Unmanaged<Desk>.fromOpaque($0).takeUnretainedValue() }
    }
}
