#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Orchestration

/// The psql of this machine.
struct Psql {
    private let program: String
    private let environment: [String: String]

    /// Finds it on the path; throws an error that says how to install it.
    init(environment: [String: String]) throws(ClusterError) {
        self.environment = environment
        let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        guard let found = folders.map({ String($0) + "/psql" }).first(where: { access($0, X_OK) == 0 }) else {
            throw ClusterError(
                .notFound,
                operation: "open psql",
                message: "it is not installed on this machine",
                advice: "apt-get install postgresql-client (Debian, Ubuntu) or brew install libpq (macOS)"
            )
        }
        program = found
    }

    /// Runs it to its end, with the terminal to itself; returns its exit code.
    func run(_ connection: ConnectionString, _ arguments: [String]) async throws -> Int32 {
        let temporary = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        let file = try PasswordFile(connection.passwordLine ?? "", temporary: temporary)
        defer { file.remove() }
        let words = [program, "-d", connection.withPassword(inFile: file.path)] + arguments
        let process = try spawn(words)
        return await Signals.leaving(to: process) { await Self.waitForExit(of: process) }
    }

    private func spawn(_ words: [String]) throws(ClusterError) -> pid_t {
        var process: pid_t = 0
        let argv = words.map { strdup($0) } + [nil]
        let variables = environment.filter { $0.key != "PGPASSWORD" && $0.key != "PGPASSFILE" }
        let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // This process ignores Ctrl-C, its threads block signals, and psql must inherit neither.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        posix_spawnattr_setsigmask(&attributes, &unblocked)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGINT)
        sigaddset(&defaults, SIGTERM)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let code = posix_spawn(&process, program, nil, &attributes, argv, envp)
        guard code == 0 else {
            throw ClusterError(.failed, operation: "start \(program)", message: String(cString: strerror(code)))
        }
        return process
    }

    @concurrent
    private static func waitForExit(of process: pid_t) async -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
