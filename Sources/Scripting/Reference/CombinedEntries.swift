internal import Orchestration

extension LibraryEntry {
    /// Functions and methods of the prelude that are not one primitive with its own parameters: they combine several, choose
    /// their arguments for them, or need none.
    static var combined: [LibraryEntry] {
        pgbcTable + clusterMethods + balancerMethods + nodeMethods + shared + runFunctions + webFunctions
    }

    /// Names of primitives that only the library itself calls.
    static let `internal`: Set = [
        "topology.refuse", "topology.check", "topology.read", "run.config", "cluster.find", "run.refuse",
        "member.status",
        "balancer.members",
    ]

    /// An entry in the order in which it is written down.
    static func entry(
        _ spelling: String,
        _ parameters: [Parameter] = [],
        gives result: String,
        _ type: String,
        _ summary: String,
        _ effect: Primitive.Effect = .read,
        by primitives: String...
    ) -> LibraryEntry {
        LibraryEntry(
            spelling: spelling,
            parameters: parameters,
            result: result,
            type: type,
            summary: summary,
            effect: effect,
            primitives: primitives
        )
    }

    private static let topology = Parameter("topology", "table", optional: true, "what pgbc.topology gives")
    private static let named = Parameter("name", "string", optional: true, "its name; the only one without")
    private static let prune = Parameter(
        "options",
        "{ prune: boolean? }",
        optional: true,
        "prune = true also takes away what the topology does not have"
    )
}

extension LibraryEntry {
    private static var pgbcTable: [LibraryEntry] {
        [
            entry(
                "pgbc.cluster",
                [Parameter("name", "string", optional: true, "its name; without, that of the run, or the only one")],
                gives: "a cluster",
                "Cluster",
                "A cluster as an object; whether it exists is asked only by its methods.",
                by: "run.selection",
                "run.config",
                "topology.read",
                "topology.check"
            ),
            entry(
                "pgbc.selected",
                gives: "{cluster} or {config}",
                "table",
                "What the run was started for: --cluster, --config, a file in this folder, or the only cluster.",
                by: "run.selection"
            ),
            entry(
                "pgbc.topology",
                [Parameter("file", "string", optional: true, "a JSON or Lua file; without, that of the run")],
                gives: "{name, balancers, nodes, document, source}",
                "table",
                "Reads and checks a topology; fails with every problem at once.",
                by: "run.config",
                "topology.read",
                "topology.check",
                "topology.refuse"
            ),
            entry(
                "pgbc.columns",
                [
                    Parameter("names", "string[]", "names of the columns, in order"),
                    Parameter("rows", "table", "a list of rows, or one row"),
                ],
                gives: "the rows",
                "table",
                "Gives rows that a script returns the order of their columns."
            ),
        ]
    }

    private static var clusterMethods: [LibraryEntry] {
        [
            entry(
                "cluster:balancers",
                gives: "list of balancers",
                "Balancer[]",
                "All balancers.",
                by: "cluster.status"
            ),
            entry("cluster:balancer", [named], gives: "a balancer", "Balancer", "One balancer.", by: "cluster.find"),
            entry("cluster:nodes", gives: "list of nodes", "Node[]", "All nodes.", by: "cluster.status"),
            entry(
                "cluster:node",
                [Parameter("name", "string", "its host or container name")],
                gives: "a node",
                "Node",
                "One node.",
                by: "cluster.find"
            ),
            entry(
                "cluster:target",
                [Parameter("name", "string", optional: true, "of a balancer or a node; without, the first balancer")],
                gives: "a balancer or a node",
                "Balancer|Node",
                "A balancer or a node by its name.",
                by: "cluster.find"
            ),
            entry(
                "cluster:events",
                [
                    Parameter(
                        "options",
                        "{ interval: number?, seconds: number? }",
                        optional: true,
                        "seconds between two looks (1), and in all (without end)"
                    )
                ],
                gives: "an iterator of {event, time, balancer, node, …}",
                "fun(): table",
                "What happens to the cluster, as it happens: for event in cluster:events() do … end.",
                by: "cluster.status",
                "run.time",
                "run.sleep"
            ),
            entry(
                "cluster:look_after",
                [
                    Parameter(
                        "options",
                        "{ every: number?, rounds: integer?, only_tell: boolean?, give_up: number? }",
                        optional: true,
                        "seconds between two looks (3), how many (without end), whether to change nothing, and for how many "
                            + "seconds the engine may be silent"
                    )
                ],
                gives: "{cluster, looks, steps}, once the cluster is gone",
                "table",
                "Looks after the cluster: kills what hangs, begins to bring back what is gone, tells of each change of primary.",
                .change,
                by: "cluster.status",
                "cluster.repair",
                "cluster.history",
                "cluster.exists",
                "cluster.find",
                "node.query",
                "node.fence",
                "run.log",
                "run.time",
                "run.sleep"
            ),
            entry(
                "cluster:plan",
                [topology, prune],
                gives: "{cluster, steps, text}",
                "table",
                "What apply would do, each step with its cause.",
                by: "cluster.plan"
            ),
            entry(
                "cluster:apply",
                [topology, prune],
                gives: "the plan that was carried out",
                "table",
                "Makes the cluster as its topology says; without one, as it was last asked to be.",
                .change,
                by: "cluster.apply"
            ),
            entry(
                "cluster:destroy",
                [Parameter("options", "{ keep_data: boolean? }", optional: true, "keep_data = true keeps the volumes")],
                gives: "the plan that was carried out",
                "table",
                "Removes the containers, the network and the volumes of the cluster, and nothing else.",
                .destroy,
                by: "cluster.destroy"
            ),
        ]
    }

    private static var balancerMethods: [LibraryEntry] {
        [
            entry(
                "lb:status",
                gives: "what cluster:status says of it",
                "table",
                "What is there now of this balancer.",
                by: "member.status"
            ),
            entry(
                "lb:primary",
                gives: "a node; nil when there is none",
                "Node",
                "Who is primary now.",
                by: "balancer.members"
            ),
            entry("lb:replicas", gives: "list of nodes", "Node[]", "Its replicas.", by: "balancer.members"),
            entry("lb:nodes", gives: "list of nodes", "Node[]", "Its nodes.", by: "balancer.members"),
        ]
    }

    private static var nodeMethods: [LibraryEntry] {
        [
            entry(
                "node:status",
                gives: "what cluster:status says of it",
                "table",
                "What is there now of this node.",
                by: "member.status"
            ),
            entry("node:role", gives: "\"primary\" or \"replica\"", "string", "What it is now.", by: "member.status"),
            entry(
                "node:lag",
                gives: "bytes; nil for a primary",
                "integer",
                "How far it is behind.",
                by: "member.status"
            ),
            entry("node:timeline", gives: "number", "integer", "Its timeline.", by: "member.status"),
        ]
    }

    /// What a balancer and a node have in common.
    private static var shared: [LibraryEntry] {
        ["lb", "node"].flatMap { object in
            [
                entry(
                    "\(object):query",
                    [
                        Parameter("sql", "string", "one statement, with $1, $2, … for the values"),
                        Parameter(
                            "...",
                            "any",
                            optional: true,
                            "the values; { write = true } at the end lets it change"
                        ),
                    ],
                    gives: "list of rows by column name, with columns (the names in order) and affected",
                    "table[]",
                    "Runs SQL; read-only unless it is asked to write.",
                    by: "node.query"
                ),
                entry(
                    "\(object):rows",
                    [
                        Parameter("sql", "string", "one statement, with $1, $2, … for the values"),
                        Parameter("...", "any", optional: true, "the values; { batch = 500 } at the end"),
                    ],
                    gives: "an iterator of rows by column name",
                    "fun(): table",
                    "Rows of a large result, a batch at a time: for row in \(object):rows(sql) do … end.",
                    by: "rows.open",
                    "rows.next",
                    "rows.close"
                ),
                entry(
                    "\(object):exec",
                    [Parameter("...", "string", "the program and its arguments")],
                    gives: "{exit_code, output, errors}",
                    "table",
                    "Runs a program in the container.",
                    .change,
                    by: "node.exec"
                ),
                entry(
                    "\(object):logs",
                    [Parameter("tail", "integer", optional: true, "only that many of the last lines")],
                    gives: "list of lines",
                    "string[]",
                    "The log.",
                    by: "node.logs"
                ),
                entry(
                    "\(object):print_logs",
                    [
                        Parameter("tail", "integer", optional: true, "only that many of the last lines"),
                        Parameter("follow", "boolean", optional: true, "go on as lines come"),
                    ],
                    gives: "nothing",
                    "",
                    "Prints the log to the standard output.",
                    by: "node.print_logs"
                ),
                entry(
                    "\(object):dsn",
                    [Parameter("database", "string", optional: true, "the database; postgres without")],
                    gives: "text; it contains the password",
                    "string",
                    "A libpq connection string for clients on this machine.",
                    by: "cluster.dsn"
                ),
            ]
        }
    }
}

extension ScriptSession {
    /// The declarations of the primitives that belong to one run of a script.
    static var declared: [Primitive] {
        let script = Script(name: "", source: "", origin: .file)
        return ScriptSession(script: script, start: ScriptStart(command: "pgbc")).primitives
            + OpenRows().primitives
    }
}
