import Foundation

/// The start of a program in the background.
///
/// Not by `Foundation.Process`, which reads past the end of a directory entry on Linux and ends the tests at random; and not by
/// Subprocess, whose programs end with the call that started them.
struct Spawn {
    private let program: Program
    private let streams: Streams

    init(_ program: Program, streams: Streams) { (self.program, self.streams) = (program, streams) }

    /// Starts it, with files as its standard streams and with default handlers of signals; returns its number.
    func start() throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        try check(posix_spawn_file_actions_init(&actions))
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, stream) in [Streams.Name.input, .output, .errors].enumerated() {
            let flags = stream == .input ? O_RDONLY : O_WRONLY
            let path = streams.file(stream).path
            try check(posix_spawn_file_actions_addopen(&actions, Int32(descriptor), path, flags, 0))
        }
        // Closing one that is not open is no error.
        for descriptor in Int32(3)..<256 { try check(posix_spawn_file_actions_addclose(&actions, descriptor)) }
        var attributes = posix_spawnattr_t()
        try check(posix_spawnattr_init(&attributes))
        defer { posix_spawnattr_destroy(&attributes) }
        try resetSignals(&attributes)
        return try start(actions, attributes)
    }

    private func start(_ actions: posix_spawn_file_actions_t, _ attributes: posix_spawnattr_t) throws -> pid_t {
        var identifier: pid_t = 0
        try withUnsafePointer(to: actions) { actions in
            try withUnsafePointer(to: attributes) { attributes in
                try withCStrings(command) { command in
                    try withCStrings(environment) { environment in
                        try check(posix_spawn(&identifier, "/usr/bin/env", actions, attributes, command, environment))
                    }
                }
            }
        }
        return identifier
    }

    /// `env` changes the current folder and then becomes the program, so that its number is the program's.
    private var command: [String] {
        ["/usr/bin/env", "--chdir=\(program.folder.path)", program.executable] + program.arguments
    }

    private var environment: [String] {
        ProcessInfo.processInfo.environment.merging(program.environment) { $1 }.map { "\($0)=\($1)" }
    }

    private func resetSignals(_ attributes: inout posix_spawnattr_t) throws {
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        try check(posix_spawnattr_setsigdefault(&attributes, &all))
        try check(posix_spawnattr_setsigmask(&attributes, &none))
        try check(posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)))
    }

    private func check(_ code: Int32) throws {
        guard code == 0 else {
            throw ProgramFailure(
                description: "could not start \(program.executable): \(String(cString: strerror(code)))"
            )
        }
    }
}

/// Hands a null-terminated array of C strings to the body.
private func withCStrings(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws -> Void
) throws {
    var copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    try copies.withUnsafeMutableBufferPointer { buffer in
        guard let first = buffer.baseAddress else { return }
        try body(first)
    }
}
