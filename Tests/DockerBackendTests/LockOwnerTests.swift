import Foundation
import Testing

@testable import DockerBackend

@Suite struct `The owner of a lock` {
    @Test func `is gone once its process was killed, also before anybody has waited for that`() async throws {
        var process: pid_t = 0
        let words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
        defer { words.forEach { free($0) } }
        let failure = posix_spawn(&process, "/bin/sleep", nil, nil, words, environ)
        try #require(failure == 0)
        defer {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        var label = LockOwner.current.label.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        label[2] = String(process)
        label[3] = try #require(Self.status(of: process).last)
        let owner = LockOwner(labels: [Label.owner: label.joined(separator: "\n")], created: 0)
        #expect(!owner.isGone)
        kill(process, SIGKILL)
        for _ in 0..<1000 where try Self.status(of: process).first != "Z" {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(owner.isGone)
    }

    /// The state of a process and its start, fields 3 and 22 of its line in /proc.
    private static func status(of process: pid_t) throws -> [String] {
        let line = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        let fields = line.split(separator: ")")[1].split(separator: " ").map(String.init)
        return [fields[0], fields[19]]
    }
}
