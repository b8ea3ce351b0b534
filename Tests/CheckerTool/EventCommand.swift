import Foundation
import WriteChecker

/// The program that makes the event happen; each line that it prints becomes a mark.
struct EventCommand: Sendable {
    let words: [String]

    func run(during event: CheckEvent) async throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        // Reading and waiting block: they get a thread of their own.
        let status = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                Self.mark(output.fileHandleForReading, in: event)
                process.waitUntilExit()
                continuation.resume(returning: process.terminationStatus)
            }
        }
        event.ended(with: status)
    }

    private static func mark(_ output: FileHandle, in event: CheckEvent) {
        var text = Data()
        while case let chunk = output.availableData, !chunk.isEmpty {
            text += chunk
            while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                event.mark(String(decoding: text[..<end], as: UTF8.self))
                text = Data(text[(end + 1)...])
            }
        }
    }
}
