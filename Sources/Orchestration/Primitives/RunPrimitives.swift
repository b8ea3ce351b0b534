internal import ClusterModel

extension Primitive {
    /// The run itself: what it says, asks and waits for.
    static var runPrimitives: [Primitive] { [log, print, fail, confirm, sleep, time, random] }

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
            throw ScriptFailure(code, try call.text("message"))
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

    private static var sleep: Primitive {
        Primitive(
            "run.sleep",
            as: "sleep",
            [Parameter("seconds", .number(min: 0), "how long")],
            result: "nothing",
            summary: "Waits.",
            effect: .read
        ) { call in
            try await Task.sleep(for: .seconds(min(call.arguments["seconds"]?.double ?? 0, 1e9)))
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
        ) { _ in
            let start = Self.start
            return .number((ContinuousClock.now - start).seconds)
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
            guard let first = call.arguments["low"]?.wholeNumber else { return .number(.random(in: 0..<1)) }
            let second = call.arguments["high"]?.wholeNumber
            let (low, high) = second.map { (first, $0) } ?? (1, first)
            guard low <= high else {
                throw ArgumentError(
                    callee: "random",
                    parameter: second == nil ? "low" : "high",
                    expected: "an integer of at least \(low)",
                    given: "number \(high)"
                )
            }
            return .integer(.random(in: low...high))
        }
    }

    private static let start = ContinuousClock.now
}
