internal import ClusterModel
internal import Foundation
internal import Orchestration

/// What a run was started with: all that is needed to start it again.
public struct RunHeader: Sendable, Equatable {
    /// The run's name: its time and a few random letters.
    public var id: String
    /// The script as it was, except for passwords in its text.
    public var script: Script
    /// Whether it was a session at the prompt, which has no script that could be run again.
    public var isSession: Bool { script == ScriptPrompt.script }
    /// Tells its text from any other.
    public var digest: String
    /// Whether passwords were taken out of its text, so that it cannot be run.
    public var isCensored: Bool { digest != Self.digest(of: script.source) }
    /// The command line and the folder that it was started in.
    public var start: ScriptStart
    /// Where the run's random numbers come from.
    public var seed: UInt64
    /// When it was started, as ISO 8601 in UTC.
    public var time: String
    /// The process that ran it.
    public var process: Int

    /// The header of a run that starts now.
    public init(script: Script, start: ScriptStart, seed: UInt64 = .random(in: .min ... .max)) {
        time = Self.now
        let digits = time.filter(\.isNumber)
        let letters = String(UInt32.random(in: 0x1000...0xFFFF), radix: 16)
        id = "\(digits.prefix(8))-\(digits.dropFirst(8))-\(letters)"
        self.script = script
        self.script.source = script.source.withoutPasswords
        digest = Self.digest(of: script.source)
        self.start = start
        self.seed = seed
        process = Self.process
    }

    /// FNV-1a of a text, 64 bits, and its length.
    public static func digest(of text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "\(String(hash, radix: 16))-\(text.utf8.count)"
    }

    /// The time now, as ISO 8601 in UTC.
    static var now: String { Date().formatted(.iso8601) }
    /// This process.
    static var process: Int { Int(ProcessInfo.processInfo.processIdentifier) }
}

extension RunHeader {
    /// The first record of a journal.
    var record: Document {
        [
            "kind": "run", "format": 1, "id": .string(id), "time": .string(time), "process": .integer(process),
            "script": .string(script.name), "origin": .string(script.origin.word),
            "script_folder": .optional(script.folder), "source": .string(script.source), "digest": .string(digest),
            "command": .string(start.command), "arguments": .array(start.arguments.map(Document.string)),
            "cluster": .optional(start.cluster), "config": .optional(start.config),
            "folder": .string(start.folder.path), "memory": .integer(start.memoryLimit),
            "instructions": start.instructionLimit.map(Document.integer) ?? .null,
            "permissions": .array(start.permissions.words.map(Document.string)),
            "seed": .string(String(seed, radix: 16)),
        ]
    }

    /// Reads the first record; `nil` when it is none.
    init?(_ record: Document) {
        guard record["kind"]?.text == "run", record["format"]?.wholeNumber == 1, let id = record["id"]?.text,
            let name = record["script"]?.text, let source = record["source"]?.text,
            let digest = record["digest"]?.text, let folder = record["folder"]?.text,
            let seed = UInt64(record["seed"]?.text ?? "", radix: 16),
            let permissions = try? Permissions((record["permissions"]?.elements ?? []).compactMap(\.text))
        else { return nil }
        self.id = id
        self.digest = digest
        script = Script(
            name: name,
            source: source,
            origin: Script.Origin(word: record["origin"]?.text ?? ""),
            folder: record["script_folder"]?.text
        )
        start = ScriptStart(
            command: record["command"]?.text ?? "",
            arguments: (record["arguments"]?.elements ?? []).compactMap(\.text),
            cluster: record["cluster"]?.text,
            config: record["config"]?.text,
            folder: ScriptFolder(folder),
            memoryLimit: record["memory"]?.wholeNumber ?? 256 << 20,
            instructionLimit: record["instructions"]?.wholeNumber,
            permissions: permissions
        )
        self.seed = seed
        time = record["time"]?.text ?? ""
        process = record["process"]?.wholeNumber ?? 0
    }
}

extension Script.Origin {
    fileprivate var word: String {
        switch self {
        case .file: "file"
        case .override: "override"
        case .bundled: "bundled"
        case .plugin(let name): "plugin:\(name)"
        }
    }

    fileprivate init(word: String) {
        self =
            switch word {
            case "override": .override
            case "bundled": .bundled
            case let word where word.hasPrefix("plugin:"): .plugin(String(word.dropFirst(7)))
            default: .file
            }
    }
}

extension Document {
    /// The text, or null.
    static func optional(_ text: String?) -> Document { text.map(Document.string) ?? .null }
}
