internal import DockerEngine
internal import Foundation

/// A file on its way into a container, relative to where its archive is unpacked. Its owner is root.
struct UploadFile: Sendable {
    let path: String
    let bytes: [UInt8]
    /// Permission bits.
    let mode: Int

    init(_ path: String, bytes: [UInt8], mode: Int = 0o600) {
        self.path = path
        self.bytes = bytes
        self.mode = mode
    }

    init(_ path: String, _ text: String, mode: Int = 0o644) {
        self.init(path, bytes: Array(text.utf8), mode: mode)
    }
}

extension TarArchive {
    /// An archive of the files with the directories above them, of which `secrets` is closed to everybody but root.
    init(_ files: [UploadFile]) {
        self.init()
        let now = Int(Date().timeIntervalSince1970)
        var known: Set<String> = []
        for file in files {
            var directory = ""
            for part in file.path.split(separator: "/").dropLast() {
                directory += directory.isEmpty ? String(part) : "/\(part)"
                guard known.insert(directory).inserted else { continue }
                addDirectory(directory, mode: directory == "secrets" ? 0o700 : 0o755, modified: now)
            }
            addFile(file.path, file.bytes, mode: file.mode, modified: now)
        }
    }
}

extension DockerClient {
    /// Unpacks files below an existing directory of a container.
    func upload(_ files: [UploadFile], to container: String, at path: String) async throws(EngineError) {
        try await upload(TarArchive(files), to: container, at: path)
    }
}
