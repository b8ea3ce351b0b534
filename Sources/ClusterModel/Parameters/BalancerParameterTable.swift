/// The parameters that a topology may set, read once from the text below.
///
/// Names, types, ranges and reload contexts are those of the configuration tables inside the pgpool-II 4.3.5 binary
/// that Debian 12 ships, in the order of its sample file; what pgbc sets itself is left out (see `OwnedName`).
struct BalancerParameterTable: Sendable {
    static let shared = BalancerParameterTable()

    private let parameters: [BalancerParameter]
    private let places: [String: Int]
    /// Where the parameters begin that pgpool-II 4.3 does not have.
    private let laterStart: Int

    private init() {
        let known = Self.pgpool.split(separator: "\n").compactMap(Self.parameter)
        let later = Self.later.split(separator: "\n").compactMap(Self.parameter)
        parameters = known + later
        laterStart = known.count
        places = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1.name, $0) })
    }

    subscript(name: String, set: BalancerParameterSet) -> BalancerParameter? {
        guard let place = places[name], place < laterStart || set == .pgbalancer else { return nil }
        return parameters[place]
    }

    func names(of set: BalancerParameterSet) -> [String] {
        parameters[..<(set == .pgbalancer ? parameters.count : laterStart)].map(\.name)
    }

    /// Where the sample file has this parameter; names it does not have come last.
    func place(of name: String) -> Int { places[name] ?? .max }

    /// The parameters that may be given once more for each node, with a number behind the name, and their unit.
    static let perNode: [String: ParameterUnit?] = [
        "health_check_period": .seconds, "health_check_timeout": .seconds,
        "health_check_max_retries": nil as ParameterUnit?,
        "health_check_retry_delay": .seconds, "connect_timeout": .milliseconds,
    ]

    /// Reads one line: name, `restart` or `reload`, type, and for numbers minimum and unit, for choices the words.
    private static func parameter(_ line: Substring) -> BalancerParameter? {
        let fields = line.split(separator: " ")
        guard fields.count >= 3, let type = type(fields[2...]) else { return nil }
        return BalancerParameter(name: String(fields[0]), type: type, needsRestart: fields[1] == "restart")
    }

    private static func type(_ fields: ArraySlice<Substring>) -> ParameterType? {
        let arguments = fields.dropFirst()
        switch fields.first {
        case "bool": return .boolean
        case "text": return .text
        case "enum": return .choice(arguments.map(String.init))
        case "int":
            let minimum = arguments.first.flatMap { Int($0) } ?? 0
            let unit = arguments.dropFirst().first.flatMap { ParameterUnit(rawValue: String($0)) }
            return .integer(range: minimum...(unit == .bytes ? .max : ParameterType.largest), unit: unit)
        default: return nil
        }
    }
}
