internal import ArgumentParser

/// Which cluster a verb is about.
struct SelectionOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("Configuration file, JSON or Lua.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The cluster's name.", valueName: "name"))
    var cluster: String?

    func validate() throws {
        if config != nil, cluster != nil {
            throw ValidationError("--config and --cluster both choose a cluster; give one of them")
        }
    }
}

/// The cluster as the first word, by its name or by its configuration file.
struct ClusterArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The cluster's name, or its configuration file.", valueName: "cluster"))
    var subject: String?

    @OptionGroup var options: SelectionOptions

    func validate() throws {
        if let subject, options.config != nil || options.cluster != nil {
            throw ValidationError("'\(subject)' and an option both choose a cluster; give one of them")
        }
    }

    var cluster: String? { options.cluster ?? (isFile ? nil : subject) }
    var config: String? { options.config ?? (isFile ? subject : nil) }

    private var isFile: Bool { subject.map(RecipeWords.isFile) ?? false }
}

/// How a verb writes.
struct StyleOptions: ParsableArguments {
    @Flag(help: "One JSON object for each event and for the result.")
    var json = false

    @Flag(name: [.short, .long], help: "More about what is done, and tracebacks of scripts.")
    var verbose = false

    var style: OutputStyle { OutputStyle(json: json, verbose: verbose) }
}

/// For verbs that change a cluster.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Take the cluster's lock away from whoever holds it.")
    var breakLock = false

    @Flag(help: "Carry it out on a simulation of what is there now, and show what would change.")
    var dryRun = false
}

extension RunRequest {
    init(_ verb: String, _ cluster: ClusterArgument, _ style: StyleOptions, _ change: ChangeOptions? = nil) {
        self.init(
            command: "pgbc \(verb)",
            cluster: cluster.cluster,
            config: cluster.config,
            style: style.style,
            breaksLock: change?.breakLock ?? false,
            dryRun: change?.dryRun ?? false
        )
    }

    init(_ verb: String, _ selection: SelectionOptions, _ style: StyleOptions) {
        self.init(command: "pgbc \(verb)", cluster: selection.cluster, config: selection.config, style: style.style)
    }
}

extension [String] {
    /// The words for a script that give each argument that has a value.
    static func words(_ arguments: KeyValuePairs<String, String?>) -> [String] {
        arguments.compactMap { name, value in value.map { "--\(name)=\($0)" } }
    }

    /// The words for a script that give each switch that is on.
    static func switches(_ switches: KeyValuePairs<String, Bool>) -> [String] {
        switches.compactMap { name, isOn in isOn ? "--\(name)" : nil }
    }
}
