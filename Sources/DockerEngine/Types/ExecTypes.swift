/// A command to run inside a running container.
public struct ExecConfig: Sendable, Equatable {
    /// The program and its arguments.
    public var command: [String]
    /// `USER[:GROUP]`; nil for the container's own.
    public var user: String?
    /// Added to the container's environment.
    public var environment: [String: String]
    /// The working directory; nil for the container's own.
    public var workingDirectory: String?
    /// Gives the command a terminal: one output, line editing, signals from keys.
    public var tty: Bool

    /// A command as the container's own user unless told otherwise.
    public init(
        _ command: [String],
        user: String? = nil,
        environment: [String: String] = [:],
        workingDirectory: String? = nil,
        tty: Bool = false
    ) {
        self.command = command
        self.user = user
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.tty = tty
    }
}

/// What a command left behind.
public struct ExecResult: Sendable, Equatable {
    /// The exit code; 126 and 127 also where the command could not be started, 128 and more for a signal.
    public var exitCode: Int
    /// All of its output.
    public var stdout: [UInt8]
    /// All of its error output.
    public var stderr: [UInt8]

    /// The output as UTF-8.
    public var stdoutText: String { String(decoding: stdout, as: UTF8.self) }
    /// The error output as UTF-8.
    public var stderrText: String { String(decoding: stderr, as: UTF8.self) }
}

/// The body of `POST /containers/{id}/exec`.
struct ExecCreation: Encodable {
    let config: ExecConfig
    let attachesInput: Bool

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.fields()
        try fields.encode(config.command, forKey: "Cmd")
        try fields.put(config.user, "User")
        try fields.put(nonEmpty: config.environment.map { "\($0)=\($1)" }.sorted(), "Env")
        try fields.put(config.workingDirectory, "WorkingDir")
        try fields.encode(config.tty, forKey: "Tty")
        try fields.encode(attachesInput, forKey: "AttachStdin")
        try fields.encode(true, forKey: "AttachStdout")
        try fields.encode(true, forKey: "AttachStderr")
    }
}

/// The body of `POST /exec/{id}/start`.
struct ExecStart: Encodable {
    let tty: Bool

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.fields()
        try fields.encode(false, forKey: "Detach")
        try fields.encode(tty, forKey: "Tty")
    }
}

/// What `GET /exec/{id}/json` tells.
struct ExecState: Decodable, Sendable {
    let isRunning: Bool
    let exitCode: Int?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        isRunning = try fields.value("Running", or: false)
        exitCode = try fields.decodeIfPresent(Int.self, forKey: "ExitCode")
    }
}
