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
        case .array, .object: json(pretty: false)
        }
    }
}

extension SQLResult {
    /// Copies an answer of libpq.
    init(_ result: OpaquePointer) {
        let columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
        let types = (0..<PQnfields(result)).map { PQftype(result, $0) }
        let rows = (0..<PQntuples(result)).map { row in
            types.indices.map { column in
                PQgetisnull(result, row, Int32(column)) == 1
                    ? Document.null
                    : Document(sqlText: String(cString: PQgetvalue(result, row, Int32(column))), type: types[column])
            }
        }
        self.init(columns: columns, rows: rows, affected: Int(String(cString: PQcmdTuples(result))) ?? 0)
    }
}

extension Document {
    /// A column's text in its own type, by the type's number in `pg_type`; anything but numbers and booleans stays text.
    fileprivate init(sqlText text: String, type: Oid) {
        switch type {
        case 16: self = .boolean(text == "t")
        case 20, 21, 23, 26: self = Int(text).map(Document.integer) ?? .string(text)
        case 700, 701: self = Double(text).map(Document.number) ?? .string(text)
        default: self = .string(text)
        }
    }
}
