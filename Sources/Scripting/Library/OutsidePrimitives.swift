internal import ClusterModel
internal import Foundation
internal import Orchestration

extension ScriptSession {
    /// What a script may reach outside of its clusters, each only if it was granted.
    var outsidePrimitives: [Primitive] {
        [readFile, fileExists, listFiles, writeFile, appendFile, runProgram, readVariable, httpRequest]
    }

    private var readFile: Primitive {
        Primitive(
            "file.read",
            [.path],
            result: "text",
            summary: "The text of a file; needs --allow read=PATH.",
            effect: .read
        ) { call in
            let path = try allowed(.read, in: call, doing: "read")
            guard let text = String(validating: try folder.read(path), as: UTF8.self) else {
                throw ClusterError(
                    .failed,
                    operation: "read \(path)",
                    message: "it is not UTF-8 text",
                    advice: "a program can encode it: run(\"base64\", { \"\(path)\" })"
                )
            }
            return .string(text)
        }
    }

    private var fileExists: Primitive {
        Primitive(
            "file.exists",
            [.path],
            result: "boolean",
            summary: "Whether there is a file or folder; needs --allow read=PATH.",
            effect: .read
        ) { call in
            .boolean(
                FileManager.default.fileExists(atPath: folder.absolute(try allowed(.read, in: call, doing: "look for")))
            )
        }
    }

    private var listFiles: Primitive {
        Primitive(
            "file.list",
            [.path],
            result: "list of names",
            summary: "What is in a folder, by name; needs --allow read=PATH.",
            effect: .read
        ) { call in
            let path = try allowed(.read, in: call, doing: "list")
            do {
                let names = try FileManager.default.contentsOfDirectory(atPath: folder.absolute(path))
                return .array(names.sorted().map(Document.string))
            } catch {
                throw ClusterError(.failed, operation: "list \(path)", message: error.localizedDescription)
            }
        }
    }

    private var writeFile: Primitive {
        Primitive(
            "file.write",
            [.path, .text],
            result: "nothing",
            summary: "Makes a file, or puts this text in the place of what is there; needs --allow write=PATH.",
            effect: .change
        ) { call in
            let path = try allowed(.write, in: call, doing: "write")
            guard await call.isReal("write \(path)") else { return .null }
            do {
                let data = Data((call.arguments["text"]?.text ?? "").utf8)
                try data.write(to: URL(fileURLWithPath: folder.absolute(path)), options: .atomic)
                return .null
            } catch {
                throw ClusterError(.failed, operation: "write \(path)", message: error.localizedDescription)
            }
        }
    }

    private var appendFile: Primitive {
        Primitive(
            "file.append",
            [.path, .text],
            result: "nothing",
            summary: "Adds text at the end of a file; needs --allow write=PATH.",
            effect: .change
        ) { call in
            let path = try allowed(.write, in: call, doing: "add to")
            guard await call.isReal("add to \(path)") else { return .null }
            let text = call.arguments["text"]?.text ?? ""
            try folder.append(text, to: path)
            return .null
        }
    }

    private var runProgram: Primitive {
        Primitive(
            "program.run",
            as: "run",
            [
                Parameter("program", .string, "its name, looked up on the path, or its path"),
                Parameter("arguments", .list, optional: true, "its arguments"),
                Parameter("options", .table, optional: true, "input (text)"),
            ],
            result: "{exit_code, output, errors}",
            summary: "Runs a program of this machine; needs --allow run=PROGRAM.",
            effect: .change
        ) { call in
            let program = call.arguments["program"]?.text ?? ""
            try start.permissions.check(.run, program, doing: "run \(program)", in: folder)
            let words = (call.arguments["arguments"]?.elements ?? []).map { $0.text ?? $0.json() }
            guard await call.isReal("run \(program)") else { return ["exit_code": 0, "output": "", "errors": ""] }
            let input = call.arguments["options"]?["input"]?.text ?? ""
            let result = try await HostProgram(name: program, arguments: words, input: input, folder: folder.path).run()
            return [
                "exit_code": .integer(result.exitCode), "output": .string(result.output),
                "errors": .string(result.errors),
            ]
        }
    }

    private var readVariable: Primitive {
        Primitive(
            "env.read",
            as: "env",
            [Parameter("name", .string, "the variable")],
            result: "text, or nil",
            summary: "A variable of the environment; needs --allow env=NAME.",
            effect: .read
        ) { call in
            let name = call.arguments["name"]?.text ?? ""
            try start.permissions.check(.env, name, doing: "read the variable \(name)", in: folder)
            return .optional(ProcessInfo.processInfo.environment[name])
        }
    }

    private func allowed(_ kind: Permissions.Kind, in call: PrimitiveCall, doing verb: String) throws -> String {
        let path = call.arguments["path"]?.text ?? ""
        try start.permissions.check(kind, path, doing: "\(verb) \(path)", in: folder)
        return path
    }
}

extension Parameter {
    fileprivate static let path = Parameter("path", .string, "a path; a relative one is looked up where the run began")
    fileprivate static let text = Parameter("text", .string, "the text")
}

extension PrimitiveCall {
    /// Whether it is to be done; in a rehearsal it is only told of.
    func isReal(_ what: String) async -> Bool {
        guard let rehearsed = orchestrator.backend as? any RehearsedBackend else { return true }
        await rehearsed.wouldDo(what)
        return false
    }
}

extension ScriptFolder {
    /// Adds text at the end of a file, which is made if need be.
    fileprivate func append(_ text: String, to name: String) throws(ClusterError) {
        let path = absolute(name)
        do {
            if !holds(name) { try Data().write(to: URL(fileURLWithPath: path)) }
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        } catch {
            throw ClusterError(.failed, operation: "add to \(path)", message: error.localizedDescription)
        }
    }
}
