internal import ClusterModel
internal import Orchestration

/// Errors of primitives in a journal, and back: what a script sees of them and what they mean for the exit code.
enum RecordedError {
    static func document(of error: any Error) -> Document {
        switch error {
        case let error as ClusterError:
            [
                "type": "cluster", "code": .string(error.code.description), "operation": .string(error.operation),
                "message": .string(error.message), "advice": .optional(error.advice),
                "details": .array(error.details.map(Document.string)),
            ]
        case let error as ScriptFailure:
            [
                "type": "failure", "code": .string(error.code.description), "message": .string(error.description),
                "fields": .object(error.fields.map { Document.Member($0.key, $0.value) }),
            ]
        case let error as ArgumentError:
            ["type": "failure", "code": "invalid", "message": .string(error.description)]
        case let error as ScriptUsageError:
            ["type": "failure", "code": "invalid", "message": .string(error.description)]
        default:
            ["type": "failure", "code": "failed", "message": .string(String(describing: error))]
        }
    }

    static func error(from document: Document) -> any Error {
        let code = ClusterError.Code(named: document["code"]?.text ?? "")
        let message = document["message"]?.text ?? ""
        guard document["type"]?.text == "cluster" else {
            let fields = (document["fields"]?.members ?? []).map { ($0.key, $0.value) }
            return ScriptFailure(code, message, fields: Dictionary(fields) { first, _ in first })
        }
        return ClusterError(
            code,
            operation: document["operation"]?.text ?? "",
            message: message,
            advice: document["advice"]?.text,
            details: (document["details"]?.elements ?? []).compactMap(\.text)
        )
    }
}

extension ClusterError.Code {
    private static let known: [ClusterError.Code] = [
        .failed, .invalid, .unreachable, .permissionDenied, .notFound, .conflict, .verificationFailed, .timedOut,
        .cancelled,
    ]

    /// The code of that name; `failed` for an unknown one.
    init(named name: String) { self = Self.known.first { $0.description == name } ?? .failed }
}
