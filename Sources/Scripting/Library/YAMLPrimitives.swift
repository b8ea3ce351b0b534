internal import ClusterModel
internal import Orchestration
#if canImport(Yams)
    internal import Yams

    extension Primitive {
        /// YAML 1.1 as text and back.
        static var yamlPrimitives: [Primitive] { [encodeYAML, decodeYAML] }

        private static var encodeYAML: Primitive {
            Primitive(
                "data.yaml_encode",
                as: "yaml.encode",
                [Parameter("value", .any, optional: true, "any value")],
                result: "text",
                summary: "A value as YAML; an empty table is an empty list.",
                effect: .read
            ) { call in
                .string(try serialize(node: Node(call.arguments["value"] ?? .null), allowUnicode: true))
            }
        }

        private static var decodeYAML: Primitive {
            Primitive(
                "data.yaml_decode",
                as: "yaml.decode",
                [Parameter("text", .string, "YAML, one document")],
                result: "the value",
                summary: "Reads YAML; null becomes nil in a mapping and pgbc.null in a list.",
                effect: .read
            ) { call in
                do {
                    guard let node = try compose(yaml: call.arguments["text"]?.text ?? "") else { return .null }
                    var reader = YAMLReader()
                    return try reader.document(node)
                } catch let error as YamlError {
                    throw ClusterError(.invalid, operation: "read YAML", message: String(describing: error).firstLine)
                }
            }
        }
    }

    /// Reads what a parser made of a text. Anchors may stand for more than there is memory, so that nodes are counted.
    private struct YAMLReader {
        private var left = 1_000_000

        mutating func document(_ node: Node) throws -> Document {
            left -= 1
            guard left > 0 else {
                throw ClusterError(.invalid, operation: "read YAML", message: "its anchors stand for too much")
            }
            switch node {
            case .scalar(let scalar): return Self.document(scalar, node)
            case .sequence(let items): return .array(try items.map { try document($0) })
            case .mapping(let pairs):
                return .object(
                    try pairs.map { key, value in Document.Member(key.string ?? "", try document(value)) }
                )
            case .alias(let alias):
                throw ClusterError(
                    .invalid,
                    operation: "read YAML",
                    message: "there is no anchor '\(alias.anchor.rawValue)'"
                )
            }
        }

        /// By the core schema: null, boolean, integer, number; anything else is text.
        private static func document(_ scalar: Node.Scalar, _ node: Node) -> Document {
            switch Resolver.default.resolveTag(of: node) {
            case .null: .null
            case .bool: Bool.construct(from: scalar).map(Document.boolean) ?? .string(scalar.string)
            case .int: Int.construct(from: scalar).map(Document.integer) ?? .string(scalar.string)
            case .float: Double.construct(from: scalar).map(Document.number) ?? .string(scalar.string)
            default: .string(scalar.string)
            }
        }
    }

    extension Node {
        fileprivate init(_ document: Document) {
            switch document {
            case .null: self = Node("null")
            case .boolean(let value): self = Node(value ? "true" : "false")
            case .integer(let value): self = Node(String(value))
            case .number(let value): self = Node(value.yamlText)
            case .string(let text): self = Node(text, .implicit, Self.style(of: text))
            case .array(let elements):
                self = Node(elements.map { Node($0) }, .implicit, elements.isEmpty ? .flow : .block)
            case .object(let members):
                let pairs = members.map { (Node(.string($0.key)), Node($0.value)) }
                self = Node(pairs, .implicit, members.isEmpty ? .flow : .block)
            }
        }

        /// In quotes where it would otherwise be read as something else than text.
        private static func style(of text: String) -> Scalar.Style {
            if Resolver.default.resolveTag(of: Node(text)) != .str { return .doubleQuoted }
            return text.contains("\n") ? .literal : .any
        }
    }

    extension Double {
        fileprivate var yamlText: String {
            if isNaN { return ".nan" }
            return isInfinite ? (self < 0 ? "-.inf" : ".inf") : description
        }
    }

    extension String {
        fileprivate var firstLine: String { split(separator: "\n").first.map(String.init) ?? self }
    }
#else
    extension Primitive {
        /// None: this build is without YAML.
        static var yamlPrimitives: [Primitive] { [] }
    }
#endif
