import Foundation
import WriteChecker

/// `pgbc-checker OPTIONS -- COMMAND…`: writes through a balancer while the command runs, then prints as JSON what came of it.
///
/// Ends with 0 when the check was carried out, whatever it found; 1 when it was not; 2 for wrong options.
do {
    let options = try Options(CommandLine.arguments.dropFirst())
    let command = options.command
    let report = try await Check(options.plan).during { event in try await command.run(during: event) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
} catch let error as UsageError {
    FileHandle.standardError.write(Data("pgbc-checker: \(error.message)\n\(Options.usage)\n".utf8))
    exit(2)
} catch {
    FileHandle.standardError.write(Data("pgbc-checker: \(error)\n".utf8))
    exit(1)
}
