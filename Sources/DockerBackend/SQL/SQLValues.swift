internal import CPostgres
internal import ClusterModel
internal import Orchestration

extension Document {
    /// The value as text for a statement's parameter; `nil` for null.
    var sqlText: String? {
        switch self {
        case .null: nil
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .string(let value): value
        case .array(let elements): elements.arrayText
        case .object: json(pretty: false)
        }
    }
}

extension SQLResult {
    /// Copies an answer of libpq.
    init(_ result: OpaquePointer) {
        let columns = (0..<lazy_PQnfields(result)).map { String(cString: lazy_PQfname(result, $0)) }
        let types = (0..<lazy_PQnfields(result)).map { lazy_PQftype(result, $0) }
        let rows = (0..<lazy_PQntuples(result)).map { row in
            types.indices.map { column in
                lazy_PQgetisnull(result, row, Int32(column)) == 1
                    ? Document.null
                    : Document(
                        sqlText: String(cString: lazy_PQgetvalue(result, row, Int32(column))),
                        type: types[column]
                    )
            }
        }
        self.init(columns: columns, rows: rows, affected: Int(String(cString: lazy_PQcmdTuples(result))) ?? 0)
    }
}

extension Document {
    /// A column's text in its own type, by the type's number in `pg_type`: booleans, numbers, and arrays of any type.
    ///
    /// A `numeric` becomes a number only where that loses nothing; dates, JSON and everything else stay text.
    fileprivate init(sqlText text: String, type: Oid) {
        switch type {
        case 16: self = .boolean(text == "t")
        case 20, 21, 23, 26: self = Int(text).map(Document.integer) ?? .string(text)
        case 700, 701: self = Double(sqlText: text).map(Document.number) ?? .string(text)
        case 1700: self = Document(numeric: text)
        default:
            guard let element = Self.elementTypes[type] ?? (Self.textArrays.contains(type) ? 25 : nil) else {
                self = .string(text)
                return
            }
            self = ArrayText.elements(of: text) { Document(sqlText: $0, type: element) } ?? .string(text)
        }
    }

    private init(numeric text: String) {
        if let whole = Int(text) {
            self = .integer(whole)
        } else if text.count(where: \.isNumber) <= 15, let number = Double(text) {
            self = .number(number)
        } else {
            self = .string(text)
        }
    }

    /// The types of the elements of arrays whose elements do not stay text.
    private static let elementTypes: [Oid: Oid] = [
        1000: 16, 1005: 21, 1007: 23, 1016: 20, 1021: 700, 1022: 701, 1028: 26, 1231: 1700,
    ]

    /// Arrays whose elements stay text: those of "char", name, text, bpchar, varchar, bytea, date, time, timestamp, timestamptz, timetz, interval, uuid, inet, cidr,
    /// macaddr, json, jsonb, xml, pg_lsn, regclass.
    private static let textArrays: Set<Oid> = [
        1002, 1003, 1009, 1014, 1015, 1001, 1182, 1183, 1115, 1185, 1270, 1187, 2951, 1041, 651, 1040, 199, 3807, 143,
        3221, 2210,
    ]
}

extension Double {
    /// As PostgreSQL writes it, with `NaN` and `Infinity`.
    fileprivate init?(sqlText text: String) {
        switch text {
        case "NaN": self = .nan
        case "Infinity": self = .infinity
        case "-Infinity": self = -.infinity
        default: self.init(text)
        }
    }
}
