internal import ArgumentParser

/// What a script may reach outside of its clusters.
struct PermissionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the script may reach: read=PATH, write=PATH, run=PROGRAM, net=HOST[:PORT], env=NAME. May be given again.",
            valueName: "permission"
        )
    )
    var allow: [String] = []
}
