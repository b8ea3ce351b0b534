internal import Orchestration

extension LibraryEntry {
    private static let functions = Parameter("functions", "function[]", "the functions")
    private static let limit = Parameter("options", "{ limit: integer? }", optional: true, "so many at a time")

    /// Functions with which a script says how it runs.
    static var runFunctions: [LibraryEntry] {
        [
            entry(
                "parallel",
                [functions, limit],
                gives: "list of their first results",
                "any[]",
                "Runs functions together; the first failure cancels the others and is raised when all have ended."
            ),
            entry(
                "map",
                [
                    Parameter("list", "any[]", "the items"),
                    Parameter("fn", "function", "called with an item and its number"), limit,
                ],
                gives: "list of the results, in the order of the items",
                "any[]",
                "Calls a function for each item, all together or so many at a time."
            ),
            entry(
                "step",
                [Parameter("name", "string", "what it does"), Parameter("fn", "function", "what to run")],
                gives: "what the function returns",
                "any",
                "Runs a part of the script under a name, which is told, kept in the journal, and part of what an error says.",
                by: "run.step"
            ),
            entry(
                "timeout",
                [Parameter("seconds", "number", "how long"), Parameter("fn", "function", "what to run")],
                gives: "what the function returns",
                "any",
                "Runs a function, and cancels it when it takes longer."
            ),
            entry(
                "retry",
                [
                    Parameter(
                        "options",
                        "{ times: integer?, wait: number?, factor: number? }",
                        "seconds to wait, times the factor each time"
                    ),
                    Parameter("fn", "function", "called with the number of the attempt"),
                ],
                gives: "what the function returns",
                "any",
                "Calls a function until it succeeds."
            ),
            entry(
                "defer",
                [Parameter("fn", "function", "what to run")],
                gives: "nothing",
                "",
                "Runs a function when the script ends, however it ends, the last one first; it may wait."
            ),
            entry(
                "inspect",
                [Parameter("value", "any", "any value")],
                gives: "text",
                "string",
                "A value as Lua text, keys sorted."
            ),
            entry(
                "json.encode",
                [
                    Parameter("value", "any", "any value"),
                    Parameter("options", "{ pretty: boolean? }", optional: true, "pretty = true indents"),
                ],
                gives: "text",
                "string",
                "A value as JSON; an empty table is an empty list.",
                by: "data.json_encode"
            ),
            entry(
                "require",
                [Parameter("name", "string", "the module's name; a dot separates folders")],
                gives: "what the module returns",
                "any",
                "Runs a module once: a file beside the script, in ./pgbc, or in the user's or the system's folder.",
                by: "module.find"
            ),
        ]
    }
}
