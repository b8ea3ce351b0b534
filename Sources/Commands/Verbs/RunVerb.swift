internal import ArgumentParser
internal import Scripting

struct RunVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a Lua script or a recipe.",
        usage: "pgbc run [options] <script> [script arguments]",
        discussion: """
            A script is a file, the name of a recipe, or - for the standard input. pgbc run SCRIPT --help shows the arguments \
            of a script.
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var change: ChangeOptions

    @Option(help: ArgumentHelp("Memory that the script may use: 512kB, 64MB, 1GB.", valueName: "size"))
    var memory: ByteSize = ByteSize(bytes: 256 << 20)

    @Option(
        help: ArgumentHelp("Instructions that the script may execute; any number when left out.", valueName: "count")
    )
    var instructions: Int?

    @OptionGroup var permissions: PermissionOptions
    @OptionGroup var style: StyleOptions

    @Argument(help: "A file, a recipe, or -.")
    var script: String

    @Argument(parsing: .postTerminator, help: .hidden)
    var arguments: [String] = []

    func validate() throws {
        if let instructions, instructions < 1 {
            throw ValidationError("--instructions: expected an integer of at least 1, got \(instructions)")
        }
    }

    func perform(in context: CommandContext) async throws {
        var request = RunRequest("run \(script)", selection, style)
        request.breaksLock = change.breakLock
        request.memoryLimit = memory.bytes
        request.instructionLimit = instructions
        request.dryRun = change.dryRun
        request.allow = permissions.allow
        let display = Display(terminal: context.terminal, style: style.style)
        let found = try script == "-" ? standardInput(context) : context.shelf.script(script)
        display.show(try await context.run(found, arguments, for: request, display: display))
    }

    private func standardInput(_ context: CommandContext) throws -> Script {
        let text = String(decoding: try context.terminal.readAll(), as: UTF8.self)
        return Script(name: "stdin", source: text, origin: .file, folder: ".")
    }
}

/// A number of bytes, written with a unit.
struct ByteSize: ExpressibleByArgument {
    let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let units = ["": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30]
        let digits = argument.prefix(while: \.isNumber)
        let unit = argument.dropFirst(digits.count).lowercased()
        guard let number = Int(digits), number > 0, let factor = units[unit] else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { "\(bytes >> 20)MB" }
}
