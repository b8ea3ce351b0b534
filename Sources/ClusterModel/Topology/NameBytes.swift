extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isLowerAlphanumeric: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }

    var isAlphanumeric: Bool { isLowerAlphanumeric || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }

    /// What Docker allows between the letters and digits of a name.
    var isNameSeparator: Bool { self == UInt8(ascii: "_") || self == UInt8(ascii: ".") || self == UInt8(ascii: "-") }

    var isNameByte: Bool { isAlphanumeric || isNameSeparator }
}
