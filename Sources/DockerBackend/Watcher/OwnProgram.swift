internal import CPostgres
internal import Foundation
internal import Orchestration

/// This program with everything that it has loaded, so that it runs in any container whatever that has installed.
///
/// The libraries are called by the names under which the dynamic linker knows them, and the linker itself comes along: one of
/// another version than the C library does not start a program.
struct OwnProgram {
    let files: [UploadFile]
    /// What runs it, without its own arguments.
    let command: [String]

    var bytes: Int { files.reduce(0) { $0 + $1.bytes.count } }

    private static let folder = "pgbc/program"

    /// Reads it all from this machine.
    static func collected() throws(ClusterError) -> OwnProgram {
        guard pgbc_libpq() != nil else { throw refused("this machine has no libpq", "install libpq5") }
        let loaded = loadedObjects()
        guard let linker = loaded.first(where: { ($0.name).hasPrefix("ld-") }) else {
            throw refused("it was not started by a dynamic linker as Linux has them", "install it from a Linux machine")
        }
        var files = [UploadFile("\(folder)/pgbc", bytes: try contents(of: "/proc/self/exe"), mode: 0o755)]
        for object in loaded {
            files.append(UploadFile("\(folder)/lib/\(object.name)", bytes: try contents(of: object.path), mode: 0o755))
        }
        let libraries = "/\(folder)/lib"
        return OwnProgram(
            files: files,
            command: ["\(libraries)/\(linker.name)", "--library-path", libraries, "/\(folder)/pgbc"]
        )
    }

    private static func contents(of path: String) throws(ClusterError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw refused("\(path) cannot be read", "start pgbc from a file that is still there")
        }
        return [UInt8](data)
    }

    private static func refused(_ reason: String, _ advice: String) -> ClusterError {
        ClusterError(.failed, operation: "copy this program into a container", message: reason, advice: advice)
    }
}

extension OwnProgram {
    /// The shared objects of this process: their names as they were asked for, and where they were found.
    private static func loadedObjects() -> [(name: String, path: String)] {
        var paths: [String] = []
        withUnsafeMutablePointer(to: &paths) { paths in
            pgbc_each_loaded(paths) { context, path in
                guard let context, let path else { return }
                context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: path))
            }
        }
        // The program itself has no name, and the kernel's own object no path.
        return paths.filter { $0.hasPrefix("/") }.map { path in
            (String(path.split(separator: "/").last ?? ""), path)
        }
    }
}
