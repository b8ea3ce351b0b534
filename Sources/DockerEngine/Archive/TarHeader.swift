/// The 512 bytes in front of an entry, field by field. Source: POSIX.1-2017, pax, "ustar Interchange Format".
struct TarHeader {
    static let size = 512

    /// The byte ranges of the fields.
    enum Field {
        static let name = 0..<100
        static let mode = 100..<108
        static let uid = 108..<116
        static let gid = 116..<124
        static let size = 124..<136
        static let modified = 136..<148
        static let checksum = 148..<156
        static let kind = 156
        static let link = 157..<257
        static let magic = 257..<265
        static let prefix = 345..<500
    }

    private(set) var bytes: [UInt8]

    init() {
        bytes = [UInt8](repeating: 0, count: Self.size)
        put("ustar\u{0}00", Field.magic)
    }

    /// - Parameter bytes: Exactly 512 of them.
    init(bytes: ArraySlice<UInt8>) {
        self.bytes = Array(bytes)
    }

    var kind: UInt8 {
        get { bytes[Field.kind] }
        set { bytes[Field.kind] = newValue }
    }

    /// The text of a field, which ends at the first zero or at the field's end.
    func text(_ field: Range<Int>) -> String {
        String(decoding: bytes[field].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The number of a field: octal digits, or with the top bit set the bytes of a binary number (GNU). Nil where it is neither.
    func number(_ field: Range<Int>) -> Int? {
        guard bytes[field.lowerBound] & 0x80 == 0 else { return binary(field) }
        let digits = text(field).filter { $0 != " " }
        return digits.isEmpty ? 0 : Int(digits, radix: 8)
    }

    /// Writes a text that is known to fit.
    mutating func put(_ text: String, _ field: Range<Int>) {
        bytes.replaceSubrange(field.lowerBound..<field.lowerBound + text.utf8.count, with: text.utf8)
    }

    /// Writes octal digits and a closing zero; false, and a zero instead, where the number does not fit.
    @discardableResult
    mutating func put(_ number: Int, _ field: Range<Int>) -> Bool {
        let digits = String(max(number, 0), radix: 8)
        let fits = number >= 0 && digits.count < field.count
        let written = fits ? digits : "0"
        put(String(repeating: "0", count: field.count - 1 - written.count) + written, field)
        return fits
    }

    /// Writes the checksum; all other fields have to be there.
    mutating func seal() {
        put(sum, Field.checksum.lowerBound..<Field.checksum.upperBound - 1)
        bytes[Field.checksum.upperBound - 1] = UInt8(ascii: " ")
    }

    var isSealed: Bool { number(Field.checksum) == sum }

    /// The sum of all bytes, with the checksum's own read as spaces.
    private var sum: Int {
        bytes.indices.reduce(0) { sum, index in
            sum + Int(Field.checksum.contains(index) ? UInt8(ascii: " ") : bytes[index])
        }
    }

    private func binary(_ field: Range<Int>) -> Int? {
        var value = Int(bytes[field.lowerBound] & 0x7f)
        for byte in bytes[field.dropFirst()] {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 256)
            guard !overflow else { return nil }
            value = shifted | Int(byte)
        }
        return value
    }
}
