internal import ClusterModel
internal import Orchestration

extension JournalPast {
    /// How the run stands: running, done, failed, interrupted, or cut.
    func state(isRunning: Bool) -> String {
        if isRunning { return "running" }
        if let outcome = outcome?["outcome"]?.text { return outcome }
        return records.last?["kind"]?.text == "interrupted" ? "interrupted" : "cut"
    }

    /// The run as a row of a list.
    func row(isRunning: Bool) -> Document {
        [
            "id": .string(header.id), "time": .string(header.time), "command": .string(header.start.command),
            "arguments": .string(header.start.arguments.joined(separator: " ")),
            "state": .string(state(isRunning: isRunning)), "message": outcome?["message"] ?? .optional(underWay),
        ]
    }

    /// The run with all that it asked for.
    func account(isRunning: Bool) -> Document {
        guard case .object(let row) = row(isRunning: isRunning) else { return .null }
        return .object(
            row + [
                .init("script", .string(header.script.name)), .init("folder", .string(header.start.folder.path)),
                .init("requests", .array(requests)),
            ]
        )
    }

    /// The change that was begun and of which nothing is known.
    private var underWay: String? {
        guard outcome == nil else { return nil }
        return lines.last { $0.kind == "asked" && open.keys.contains($0.path) }.map { "in \($0.text)" }
    }

    /// What the script asked for, except for what only looks things up for the library itself.
    private var requests: [Document] {
        let lines = lines
        let ended = Set(lines.filter { $0.kind != "asked" }.map(\.path))
        return lines.compactMap { line in
            if line.isInternal || line.kind == "asked" && ended.contains(line.path) { return nil }
            return [
                "path": .string(line.path), "what": .string(line.text),
                "seconds": line.seconds, "end": .string(line.end),
            ]
        }
    }

    /// The records that say what was asked for and what came of it; a change has its arguments where it was begun.
    private var lines: [AccountLine] {
        var begun: [String: Document] = [:]
        return records.compactMap { record in
            let path = record["path"]?.text ?? ""
            if record["kind"] == "asked" { begun[path] = record["arguments"] }
            return AccountLine(record, arguments: record["arguments"] ?? begun[path])
        }
    }
}

/// One record of a journal, for a reader.
private struct AccountLine {
    let record: Document
    let kind: String
    let arguments: [Document]

    init?(_ record: Document, arguments: Document?) {
        guard let kind = record["kind"]?.text, Self.shown.contains(kind) else { return nil }
        self.record = record
        self.kind = kind
        self.arguments = arguments?.elements ?? []
    }

    private static let shown: Set = [
        "asked", "answered", "failed", "cancelled", "resumed", "interrupted", "limit", "input",
    ]
    private static let lookups: Set = [
        "cluster.find", "module.find", "run.config", "run.selection", "rows.next", "rows.close",
    ]
    private static let declared = Dictionary(Primitive.core.map { ($0.name, $0) }) { first, _ in first }

    var path: String { record["path"]?.text ?? "" }
    private var name: String { record["name"]?.text ?? "" }
    var isInternal: Bool { Self.lookups.contains(name) }

    /// Whole milliseconds.
    var seconds: Document {
        let taken = name == "run.step" && arguments.count > 3 ? arguments[3] : record["seconds"]
        return taken?.double.map { .number(($0 * 1000).rounded() / 1000) } ?? .null
    }

    /// As the script wrote it, after what it is about: `shop/lb1: lb:scale(4)`.
    var text: String {
        switch kind {
        case "resumed", "interrupted": return kind
        case "limit": return "time limit"
        case "input": return "> \(record["text"]?.text ?? "")"
        default: break
        }
        if name == "run.step" {
            let path = ((arguments.count > 2 ? arguments[2].elements : nil) ?? []) + arguments.prefix(1)
            return "step \(path.compactMap(\.text).joined(separator: " > "))"
        }
        guard let primitive = Self.declared[name] else { return "\(name)(\(Self.listed(arguments)))" }
        let pairs = zip(primitive.parameters, arguments)
        let subject = pairs.filter { Self.subjects.contains($0.0.name) }.compactMap(\.1.text).joined(separator: "/")
        let own = pairs.filter { !Self.subjects.contains($0.0.name) }.map(\.1)
        return "\(subject.isEmpty ? "" : subject + ": ")\(primitive.spelling)(\(Self.listed(own)))"
    }

    private static let subjects: Set = ["cluster", "balancer", "node"]

    private static func listed(_ values: [Document]) -> String {
        let given = values.dropLast(values.reversed().prefix { $0 == .null }.count)
        let text = given.map { $0.json() }.joined(separator: ", ")
        return text.count > 120 ? "…" : text
    }

    var end: String {
        if name == "run.step", kind == "answered" { return arguments.dropFirst().first?.text ?? "done" }
        return switch kind {
        case "asked": "begun"
        case "input": ""
        case "answered": record["result"].map { $0.isShort ? $0.json() : "done" } ?? "done"
        case "failed": record["error"]?["message"]?.text ?? "failed"
        default: kind
        }
    }
}

extension Document {
    fileprivate var isShort: Bool {
        switch self {
        case .array, .object: false
        case .string(let text): text.count <= 60
        default: true
        }
    }
}
