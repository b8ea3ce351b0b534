public import ClusterModel

extension Primitive {
    /// The run itself: what it says, asks and waits for.
    static var runPrimitives: [Primitive] { [log, print, fail, confirm, sleep, time, random, step, remark, refuse] }

    private static var log: Primitive {
        Primitive(
            "run.log",
            as: "log",
            [Parameter("text", .string, "a sentence")],
            result: "nothing",
            summary: "Tells the reader something, next to the steps.",
            effect: .read
        ) { call in
            call.orchestrator.events.receive(.note(try call.text("text")))
            return .null
        }
    }

    private static var print: Primitive {
        Primitive(
            "print",
            as: "print",
            [Parameter("text", .string, "the line")],
            result: "nothing",
            summary: "Prints a line to the standard output.",
            effect: .read
        ) { call in
            call.console.print(try call.text("text"))
            return .null
        }
    }

    private static var fail: Primitive {
        Primitive(
            "run.fail",
            as: "fail",
            [
                Parameter("message", .string, "what is wrong"),
                Parameter(
                    "code",
                    .string,
                    optional: true,
                    "failed, invalid, not_found, conflict or verification_failed"
                ),
                Parameter("fields", .table, optional: true, "what else whoever catches the error sees"),
            ],
            result: "never returns",
            summary: "Ends the script with a message; the code decides the exit code.",
            effect: .read
        ) { call in
            let codes: [ClusterError.Code] = [.failed, .invalid, .notFound, .conflict, .verificationFailed]
            let wanted = call.optionalText("code") ?? "failed"
            guard let code = codes.first(where: { $0.description == wanted }) else {
                throw ArgumentError(
                    callee: "fail",
                    parameter: "code",
                    expected: "one of \(codes.map(\.description).joined(separator: ", "))",
                    given: Document.string(wanted).asGiven
                )
            }
            let fields = (call.arguments["fields"]?.members ?? []).map { ($0.key, $0.value) }
            throw ScriptFailure(code, try call.text("message"), fields: Dictionary(fields) { first, _ in first })
        }
    }

    private static var confirm: Primitive {
        Primitive(
            "run.confirm",
            as: "confirm",
            [Parameter("question", .string, "answered with yes or no")],
            result: "boolean",
            summary: "Asks whoever started the run; fails where there is nobody to ask.",
            effect: .read
        ) { call in
            .boolean(try await call.console.confirm(try call.text("question")))
        }
    }

    private static var step: Primitive {
        Primitive(
            "run.step",
            as: "step",
            [
                Parameter("name", .string, "what the stretch of the script is for"),
                Parameter("state", .string, "begun, done or failed"),
                Parameter("around", .list, optional: true, "names of the steps that it is within, the outermost first"),
                Parameter("seconds", .number(min: 0), optional: true, "how long it took"),
                Parameter("error", .string, optional: true, "what it failed with"),
            ],
            result: "nothing",
            summary: "Tells that a named stretch of the script begins or ends.",
            effect: .read
        ) { call in
            let seconds = call.seconds(default: 0)
            let state: ScriptStep.State =
                switch try call.text("state") {
                case "begun": .begun
                case "failed": .failed(seconds: seconds, error: call.optionalText("error") ?? "it failed")
                default: .done(seconds: seconds)
                }
            let path = try call.texts("around") + [call.text("name")]
            call.orchestrator.events.receive(.scriptStep(ScriptStep(path: path, state: state)))
            return .null
        }
    }

    private static var remark: Primitive {
        Primitive(
            "run.journal",
            as: "journal",
            [Parameter("text", .string, "a remark")],
            result: "nothing",
            summary: "Adds a remark to the journal of this run.",
            effect: .read
        ) { _ in .null }
    }

    private static var refuse: Primitive {
        Primitive(
            "run.refuse",
            as: "a function of the library",
            [
                Parameter("callee", .string, "what was called"),
                Parameter("parameter", .string, "the parameter"),
                Parameter("expected", .string, "what would have been right"),
                Parameter("given", .string, "what was given"),
            ],
            result: "never returns",
            summary: "Refuses a wrong argument of a function that is written in Lua.",
            effect: .read
        ) { call in
            throw ArgumentError(
                callee: try call.text("callee"),
                parameter: try call.text("parameter"),
                expected: try call.text("expected"),
                given: try call.text("given")
            )
        }
    }

    private static var sleep: Primitive {
        Primitive(
            "run.sleep",
            as: "sleep",
            [Parameter("seconds", .number(min: 0), "how long")],
            result: "nothing",
            summary: "Waits.",
            effect: .read
        ) { call in
            let seconds = call.arguments["seconds"]?.double ?? 0
            guard seconds.isFinite else {
                throw ArgumentError(callee: "sleep", parameter: "seconds", expected: "a finite number", given: "inf")
            }
            try await call.orchestrator.backend.sleep(seconds)
            return .null
        }
    }

    private static var time: Primitive {
        Primitive(
            "run.time",
            as: "time",
            result: "seconds",
            summary: "Seconds on a clock that never goes back; only differences mean something.",
            effect: .read
        ) { call in
            .number(await call.orchestrator.backend.time())
        }
    }

    private static var random: Primitive {
        Primitive(
            "run.random",
            as: "random",
            [
                Parameter("low", .integer(), optional: true, "the smallest number, or the largest when it is alone"),
                Parameter("high", .integer(), optional: true, "the largest number"),
            ],
            result: "number",
            summary: "A number from 0 to 1, or a whole number between two others.",
            effect: .read
        ) { call in
            guard let range = try randomRange(call.arguments) else { return .number(.random(in: 0..<1)) }
            return .integer(.random(in: range))
        }
    }

    /// The whole numbers that `random` is asked for; `nil` for a number from 0 to 1.
    public static func randomRange(
        _ arguments: [String: Document],
        location: String? = nil
    ) throws(ArgumentError) -> ClosedRange<Int>? {
        guard let first = arguments["low"]?.wholeNumber else { return nil }
        let second = arguments["high"]?.wholeNumber
        let (low, high) = second.map { (first, $0) } ?? (1, first)
        guard low <= high else {
            throw ArgumentError(
                callee: "random",
                parameter: second == nil ? "low" : "high",
                expected: "an integer of at least \(low)",
                given: "number \(high)",
                location: location
            )
        }
        return low...high
    }
}
