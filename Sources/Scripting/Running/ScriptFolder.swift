internal import Foundation
public import Orchestration

/// The folder that a run was started in. Relative names are looked up in it.
public struct ScriptFolder: Sendable, Equatable {
    /// Its absolute path.
    public var path: String

    /// A folder.
    public init(_ path: String) { self.path = path }

    /// The working directory of this process.
    public static var current: ScriptFolder { ScriptFolder(FileManager.default.currentDirectoryPath) }

    /// The absolute form of a name that the user gave.
    public func absolute(_ name: String) -> String {
        if name.hasPrefix("/") { return name }
        return path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }

    /// Configuration files that are used when none is named, in this order.
    static let presets = ["./pgbalancer_cluster.json", "./cluster.lua"]

    /// The one of them that it holds.
    var config: String? { Self.presets.first(where: holds) }

    /// Whether it holds a configuration file that is used when none is named.
    public var hasConfig: Bool { config != nil }

    /// Whether there is a file (not a folder) of this name.
    func holds(_ name: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: absolute(name), isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// The bytes of a file; throws an error that says why it cannot be read.
    func read(_ name: String) throws(ClusterError) -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: absolute(name), isDirectory: &isFolder) else {
            throw Self.refusal(name, "there is no such file in \(path)", "check the name, or give the whole path")
        }
        guard !isFolder.boolValue else { throw Self.refusal(name, "it is a folder", "name a file in it") }
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: absolute(name))))
        } catch let error as CocoaError where error.code == .fileReadNoPermission {
            throw Self.refusal(name, "this user may not read it", "chmod u+r it, or run as its owner")
        } catch {
            throw Self.refusal(name, error.localizedDescription, nil)
        }
    }

    private static func refusal(_ name: String, _ reason: String, _ advice: String?) -> ClusterError {
        ClusterError(.invalid, operation: "read \(name)", message: reason, advice: advice)
    }
}

extension ScriptFolder {
    /// The user's and the system's script folders.
    static var shared: [ScriptFolder] {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { "\($0)/.config" }
        return [home.map { "\($0)/pgbc" }, "/usr/local/share/pgbc", "/usr/share/pgbc"].compactMap { $0 }.map(
            ScriptFolder.init
        )
    }
}

extension ScriptFolder {
    /// Names of the Lua files in a folder below this one, without their ending.
    func scripts(in name: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: absolute(name))) ?? []
        return files.filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) }
    }
}

extension ScriptFolder {
    /// Writes a new file, and the folder if need be; refuses to overwrite one. Returns its path.
    public func create(_ name: String, text: String) throws(ClusterError) -> String {
        let file = absolute(name)
        guard !holds(name) else {
            throw ClusterError(
                .conflict,
                operation: "write \(file)",
                message: "there is a file of this name already",
                advice: "remove it, or choose another folder"
            )
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            return file
        } catch {
            throw ClusterError(.failed, operation: "write \(file)", message: error.localizedDescription)
        }
    }
}
