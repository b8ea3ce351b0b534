internal import ClusterModel

/// One record of a journal as its line: a checksum, a blank, JSON, and the end of the line.
///
/// A line counts only when it is complete and its checksum fits, so that a journal may be cut at any byte.
enum JournalLine {
    static func encode(_ record: Document) -> [UInt8] {
        var line = [UInt8](repeating: UInt8(ascii: " "), count: 9)
        record.writeJSON(to: &line)
        line.replaceSubrange(0..<8, with: checksum(line[9...]).utf8)
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// The records up to the first line that is torn, and the length of what was read.
    static func decode(_ bytes: [UInt8]) -> (records: [Document], length: Int) {
        var records: [Document] = []
        var position = 0
        while let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) {
            guard let record = record(bytes[position..<end]) else { break }
            records.append(record)
            position = end + 1
        }
        return (records, position)
    }

    private static func record(_ line: ArraySlice<UInt8>) -> Document? {
        guard line.count > 9, line[line.startIndex + 8] == UInt8(ascii: " ") else { return nil }
        let text = line.dropFirst(9)
        guard line.prefix(8).elementsEqual(checksum(text).utf8) else { return nil }
        return try? Document(json: Array(text), source: "journal")
    }

    /// CRC-32 (IEEE 802.3) as eight hexadecimal digits.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> String {
        let table = table
        let value = bytes.withUnsafeBufferPointer { bytes in
            bytes.reduce(0xFFFF_FFFF as UInt32) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
        }
        let digits = String(~value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
