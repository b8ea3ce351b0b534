import Foundation
import Testing

/// Where things are: the program that was built beside the tests, and the files that the repository shows to users.
enum Places {
    /// The built `pgbc`, which stands beside the test bundle.
    static func pgbc() throws -> String {
        let given = CommandLine.arguments.filter { $0.hasSuffix(".xctest") } + [CommandLine.arguments[0]]
        let bundles = given.map { URL(filePath: $0) } + [Bundle.main.bundleURL]
        let folders = bundles.flatMap { [$0, $0.deletingLastPathComponent()] }
        let candidates = folders.map { $0.appending(path: "pgbc").path() }
        let found = candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
        return try #require(found, "pgbc is not built; looked for \(candidates.joined(separator: ", "))")
    }

    /// A program on the search path.
    static func program(_ name: String, package: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let candidates = path.split(separator: ":").map { "\($0)/\(name)" }
        let found = candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
        return try #require(
            found,
            "\(name) is not on the PATH; these tests need it (Debian: apt-get install \(package))"
        )
    }

    /// A file below `Examples`.
    static func example(_ name: String, filePath: String = #filePath) -> URL {
        URL(filePath: filePath).deletingLastPathComponent().appending(path: "../../../Examples/\(name)").standardized
    }
}
