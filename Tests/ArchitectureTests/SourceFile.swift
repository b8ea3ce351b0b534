import Foundation

/// One file below `Sources`.
struct SourceFile: Sendable {
    /// From `Sources` on, such as `ClusterModel/Topology.swift`.
    let path: String
    let text: String

    var module: String { String(path.prefix { $0 != "/" }) }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var kind: String { name.contains(".") ? name.split(separator: ".").last.map(String.init) ?? "" : "" }

    /// Lines as an editor counts them: the newline that ends the file starts no line.
    var lineCount: Int {
        text.utf8.count { $0 == UInt8(ascii: "\n") } + (text.isEmpty || text.hasSuffix("\n") ? 0 : 1)
    }
}

/// Something that a rule does not allow.
struct Violation: Equatable, CustomStringConvertible {
    let path: String
    var line: Int?
    let reason: String

    var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + reason }
}

/// The checkout that these tests were built from.
enum Checkout {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    /// Every text file below `Sources`, by path; links are followed.
    static func sources() throws -> [SourceFile] {
        let top = root.appending(path: "Sources")
        return try FileManager.default.contentsOfDirectory(atPath: top.path).sorted().flatMap { module in
            try files(in: top.appending(path: module).resolvingSymlinksInPath(), path: module)
        }
    }

    private static func files(in folder: URL, path: String) throws -> [SourceFile] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().compactMap { name in
            let url = folder.appending(path: name)
            guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true,
                let text = try? String(contentsOf: url, encoding: .utf8)
            else { return nil }
            return SourceFile(path: "\(path)/\(name)", text: text)
        }
    }
}
