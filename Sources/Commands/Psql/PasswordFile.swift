#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Orchestration

/// A password file that only this user can read, in a folder of its own.
struct PasswordFile {
    let path: String
    private let folder: String

    /// Writes the line to a new file.
    init(_ line: String, temporary: String) throws(ClusterError) {
        var template = Array("\(temporary)/pgbc-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Self.failure(temporary) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = "\(folder)/pgpass"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { close(descriptor) }
        let bytes = Array(line.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw Self.failure(path) }
    }

    /// Removes the file and its folder.
    func remove() {
        unlink(path)
        rmdir(folder)
    }

    private static func failure(_ path: String) -> ClusterError {
        ClusterError(
            .failed,
            operation: "write a private password file in \(path)",
            message: String(cString: strerror(errno)),
            advice: "TMPDIR names the folder for temporary files"
        )
    }
}
