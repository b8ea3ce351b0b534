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
            "state": .string(state(isRunning: isRunning)), "message": outcome?["message"] ?? .null,
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

    /// What the script asked for, except for what only looks things up for the library itself.
    private var requests: [Document] {
        records.compactMap { record in
            guard let kind = record["kind"]?.text, let text = Self.text(kind, record) else { return nil }
            return [
                "path": record["path"] ?? .null, "what": .string(text),
                "seconds": record["seconds"] ?? .null, "end": .string(Self.end(kind, record)),
            ]
        }
    }

    private static func text(_ kind: String, _ record: Document) -> String? {
        switch kind {
        case "asked", "answered", "failed", "cancelled":
            let arguments = (record["arguments"]?.elements ?? []).map { $0.json() }.joined(separator: ", ")
            let name = record["name"]?.text ?? ""
            return record["arguments"] == nil ? name : "\(name)(\(arguments.count > 120 ? "…" : arguments))"
        case "resumed", "interrupted": return kind
        case "limit": return "time limit"
        default: return nil
        }
    }

    private static func end(_ kind: String, _ record: Document) -> String {
        switch kind {
        case "asked": "begun"
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
