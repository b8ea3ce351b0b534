/// What values a parameter takes.
public enum ParameterType: Sendable, Hashable, Codable {
    /// `on` or `off`.
    case boolean
    /// A whole number, in the unit if there is one.
    case integer(range: ClosedRange<Int>, unit: ParameterUnit?)
    /// One of these words.
    case choice([String])
    /// Anything on one line.
    case text

    /// The largest number that fits the C integer in which the balancer keeps most parameters.
    static let largest = Int(Int32.max)
}

/// The unit that a bare number is counted in.
public enum ParameterUnit: String, Sendable, Hashable, Codable {
    case milliseconds = "ms"
    case seconds = "s"
    case bytes = "B"

    /// The units that a value may carry, each with its size. Smaller ones than the parameter's own would be rounded, in
    /// the worst case to 0, which often means "off".
    var sizes: [(name: String, size: Int)] {
        switch self {
        case .milliseconds: [("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        case .seconds: [("s", 1), ("min", 60), ("h", 3600), ("d", 86_400)]
        case .bytes: [("B", 1), ("kB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30), ("TB", 1 << 40)]
        }
    }
}

/// Why a value does not fit its parameter.
struct ParameterRefusal: Error, Equatable {
    var reason: String
    var suggestion: String?
}

extension ParameterType {
    /// The value as it is kept: switches as `on` and `off`, choices as the program spells them.
    func normalized(_ value: Document) throws(ParameterRefusal) -> String {
        guard let text = value.scalarText else {
            throw ParameterRefusal(reason: "must be a single value, not \(value.kind)", suggestion: nil)
        }
        switch self {
        case .boolean: return try Self.switchValue(text)
        case .integer(let range, let unit): return try Self.integer(text, range: range, unit: unit)
        case .choice(let words):
            guard let word = words.first(where: { $0.lowercased() == text.lowercased() }) else {
                throw ParameterRefusal(reason: "must be one of \(words.joined(separator: ", "))")
            }
            return word
        case .text:
            guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
                throw ParameterRefusal(reason: "must be on one line and without control characters")
            }
            return text
        }
    }

    private static func switchValue(_ text: String) throws(ParameterRefusal) -> String {
        switch text.lowercased() {
        case "on", "true", "yes", "1": return "on"
        case "off", "false", "no", "0": return "off"
        default: throw ParameterRefusal(reason: "must be on or off")
        }
    }

    private static func integer(
        _ text: String,
        range: ClosedRange<Int>,
        unit: ParameterUnit?
    ) throws(ParameterRefusal) -> String {
        let words = unit.map { "a whole number of \($0)" } ?? "a whole number"
        let digits = text.prefix { $0 == "-" || $0.isNumber }
        let suffix = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int(digits), let size = size(of: suffix, unit: unit) else {
            throw ParameterRefusal(reason: "must be \(words)", suggestion: hint(for: text, suffix: suffix, unit: unit))
        }
        let (value, overflow) = number.multipliedReportingOverflow(by: size)
        guard !overflow, range.contains(value) else {
            let bounds =
                range.upperBound >= largest
                ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
            throw ParameterRefusal(reason: "must be \(words), \(bounds)")
        }
        return text
    }

    private static func size(of suffix: Substring, unit: ParameterUnit?) -> Int? {
        if suffix.isEmpty { return 1 }
        return unit?.sizes.first { $0.name == suffix }?.size
    }

    private static func hint(for text: String, suffix: Substring, unit: ParameterUnit?) -> String? {
        if Double(text) != nil { return "the balancer would cut the fraction off" }
        return unit.map { unit in "its units are \(unit.sizes.map(\.name).joined(separator: ", "))" }
    }
}

extension ParameterUnit: CustomStringConvertible {
    /// In the plural, as in "a whole number of seconds".
    public var description: String {
        switch self {
        case .milliseconds: "milliseconds"
        case .seconds: "seconds"
        case .bytes: "bytes"
        }
    }
}
