import ClusterModel
import Foundation
import Testing

/// The text of one of the configuration files of the tool that pgbc replaces, without the empty lines at its end.
func legacyText(_ name: String, filePath: String = #filePath) throws -> String {
    let root = URL(filePath: filePath).deletingLastPathComponent().appending(path: "../../..")
    let text = try String(contentsOf: root.appending(path: "Examples/legacy/\(name)"), encoding: .utf8)
    return text.trimmingCharacters(in: .newlines)
}

func legacyDocument(_ name: String) throws -> Document { try Document(json: legacyText(name), source: name) }

/// A small generator that gives the same numbers in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
