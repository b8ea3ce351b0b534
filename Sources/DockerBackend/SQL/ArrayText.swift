internal import ClusterModel

/// Arrays as PostgreSQL writes them: `{1,NULL,"a \"b\"",{2}}`, with or without bounds in front.
struct ArrayText {
    private let bytes: [UInt8]
    private var position = 0
    private let element: (String) -> Document

    /// The elements of a text, each made of its own text; `nil` when it is no array.
    static func elements(of text: String, element: @escaping (String) -> Document) -> Document? {
        var reader = ArrayText(text, element)
        guard let array = reader.array(), reader.position == reader.bytes.count else { return nil }
        return array
    }

    private init(_ text: String, _ element: @escaping (String) -> Document) {
        bytes = Array(text.utf8)
        self.element = element
        if bytes.first == UInt8(ascii: "["), let sign = bytes.firstIndex(of: UInt8(ascii: "=")) { position = sign + 1 }
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func array() -> Document? {
        guard next == UInt8(ascii: "{") else { return nil }
        position += 1
        var elements: [Document] = []
        if next == UInt8(ascii: "}") {
            position += 1
            return .array([])
        }
        while true {
            guard let value = value() else { return nil }
            elements.append(value)
            let separator = next
            position += 1
            if separator == UInt8(ascii: "}") { return .array(elements) }
            guard separator == UInt8(ascii: ",") else { return nil }
        }
    }

    private mutating func value() -> Document? {
        switch next {
        case nil: return nil
        case UInt8(ascii: "{"): return array()
        case UInt8(ascii: "\""): return quoted().map(element)
        default:
            let start = position
            while let byte = next, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") { position += 1 }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            return text.uppercased() == "NULL" ? .null : element(text)
        }
    }

    private mutating func quoted() -> String? {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = next else { return nil }
                text.append(escaped)
                position += 1
            } else {
                text.append(byte)
            }
        }
        return nil
    }
}

extension [Document] {
    /// The list as PostgreSQL reads an array.
    var arrayText: String { "{" + map(\.arrayElement).joined(separator: ",") + "}" }
}

extension Document {
    fileprivate var arrayElement: String {
        switch self {
        case .array(let elements): elements.arrayText
        default: sqlText.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" } ?? "NULL"
        }
    }
}
