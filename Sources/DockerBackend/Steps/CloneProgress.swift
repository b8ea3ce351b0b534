internal import DockerEngine
internal import Orchestration

/// Follows a clone by the lines "pgbc: clone DONE/TOTAL bytes" that the node's start-up script prints.
final actor CloneProgress {
    private let client: DockerClient
    private let container: String
    private let report: ProgressHandler
    /// How far it was when it was looked at last: "12.0 of 40.1 MB".
    private(set) var amount: String?

    init(client: DockerClient, container: String, report: @escaping ProgressHandler) {
        self.client = client
        self.container = container
        self.report = report
    }

    /// Looks once; true when there is news.
    func hasMoved() async -> Bool {
        guard let chunks = try? await client.logs(container, tail: 100) else { return false }
        var newest: String?
        do {
            for try await line in LogLines.stream(of: chunks) {
                newest = Self.amount(in: line.text) ?? newest
            }
        } catch {
            return false
        }
        guard let newest, newest != amount else { return false }
        amount = newest
        report("clone \(newest)")
        return true
    }

    private static func amount(in line: String) -> String? {
        let words = line.split(separator: " ")
        guard words.count >= 4, words[0] == "pgbc:", words[1] == "clone", words[3] == "bytes" else { return nil }
        let sizes = words[2].split(separator: "/").compactMap { Double($0) }
        guard sizes.count == 2 else { return nil }
        return "\(megabytes(sizes[0])) of \(megabytes(sizes[1])) MB"
    }

    private static func megabytes(_ bytes: Double) -> String {
        let tenths = Int((bytes / 100_000).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
