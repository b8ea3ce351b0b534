internal import ClusterModel
internal import Orchestration

extension ScriptParameter {
    /// The value that a text on the command line stands for; `nil` when it is none that this argument takes.
    func value(of text: String) -> Document? {
        switch kind {
        case .string, .node, .balancer: text.isEmpty && kind != .string ? nil : .string(text)
        case .list: .string(text)
        case .choice: choices.contains(text) ? .string(text) : nil
        case .boolean: Self.truth[text.lowercased()].map(Document.boolean)
        case .integer: Int(text).flatMap { fits(Double($0)) ? .integer($0) : nil }
        case .number: limited(Double(text))
        case .duration: limited(Self.scaled(text, by: Self.durations))
        case .size: limited(Self.scaled(text, by: Self.sizes)).flatMap(\.wholeNumber).map(Document.integer)
        }
    }

    private func limited(_ number: Double?) -> Document? {
        guard let number, number.isFinite, fits(number) else { return nil }
        return .number(number)
    }

    private func fits(_ number: Double) -> Bool { number >= min ?? -.infinity && number <= max ?? .infinity }

    private static let truth = [
        "true": true, "yes": true, "on": true, "1": true, "false": false, "no": false, "off": false, "0": false,
    ]

    private static let durations: [String: Double] = [
        "": 1, "ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400,
    ]

    private static let sizes: [String: Double] = [
        "": 1, "b": 1, "kb": 1024, "mb": 1_048_576, "gb": 1_073_741_824, "tb": 1_099_511_627_776,
    ]

    /// A number followed by one of these units.
    private static func scaled(_ text: String, by units: [String: Double]) -> Double? {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let unit = text.dropFirst(digits.count).lowercased()
        guard let number = Double(digits), let factor = units[unit] else { return nil }
        return number * factor
    }
}
