/// One parameter of a primitive.
public struct Parameter: Sendable, Equatable {
    /// Its type, with the limits of a value.
    public enum Kind: Sendable, Equatable {
        case string
        case integer(min: Int? = nil, max: Int? = nil)
        case number(min: Double? = nil)
        case boolean
        case list
        case table
        case any
    }

    /// Its name in messages and in the reference.
    public let name: String
    /// Its type.
    public let kind: Kind
    /// Whether it may be left out.
    public let isOptional: Bool
    /// One line of documentation.
    public let summary: String

    /// A parameter; required unless told otherwise.
    public init(_ name: String, _ kind: Kind, optional: Bool = false, _ summary: String) {
        self.name = name
        self.kind = kind
        self.isOptional = optional
        self.summary = summary
    }
}

extension Parameter.Kind: CustomStringConvertible {
    /// What an argument of this kind has to be: "an integer of at least 0".
    public var description: String {
        switch self {
        case .string: "a string"
        case .integer(let min, let max): "an integer" + Self.limits(min.map(String.init), max.map(String.init))
        case .number(let min): "a number" + Self.limits(min?.shortText, nil)
        case .boolean: "true or false"
        case .list: "a list"
        case .table: "a table"
        case .any: "any value"
        }
    }

    private static func limits(_ min: String?, _ max: String?) -> String {
        switch (min, max) {
        case (let min?, let max?): " from \(min) to \(max)"
        case (let min?, nil): " of at least \(min)"
        case (nil, let max?): " of at most \(max)"
        case (nil, nil): ""
        }
    }
}

extension Double {
    /// The number without a fraction where it has none: "2", "0.5".
    public var shortText: String {
        Int(exactly: self).map(String.init) ?? description
    }
}
