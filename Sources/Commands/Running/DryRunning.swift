internal import ClusterModel
internal import Orchestration
internal import Scripting

extension CommandContext {
    /// Runs a script on a simulation of what is there now, and returns what it would have changed.
    func rehearse(
        _ script: Script,
        _ start: ScriptStart,
        for request: RunRequest,
        display: Display
    ) async throws -> Document {
        let dryRun = try rehearsals.dryRun(over: backend)
        let runner = ScriptRunner(
            orchestrator: Orchestrator(
                backend: dryRun.backend,
                breaksLock: request.breaksLock,
                engine: services.engine,
                web: services.web,
                drivers: checked.drivers
            ),
            console: RehearsalConsole(display: display),
            plugins: plugins
        )
        do {
            _ = try await dryRun.run { try await runner.run(script, start) }
        } catch let help as ScriptHelp {
            throw help
        } catch {
            // What led to the failure is what the reader wants to see.
            display.show(await dryRun.report().result(request.style))
            throw FailedRun(error: error, isOwnScript: script.origin == .bundled, completion: nil)
        }
        return await dryRun.report().result(request.style)
    }

    /// What runs scripts without an effect; throws where the executable brings nothing of the kind.
    var rehearsals: any RehearsalServices {
        get throws {
            if let rehearsals = services.rehearsals { return rehearsals }
            throw ClusterError(
                .failed,
                operation: "rehearse a script",
                message: "this pgbc was built without a simulation"
            )
        }
    }
}

extension DryRunReport {
    fileprivate func result(_ style: OutputStyle) -> Document { style.json ? document : .string(description) }
}

/// Says yes to every question of a script, because nothing comes of it.
private struct RehearsalConsole: Console {
    let display: Display

    func confirm(_ question: String) async throws -> Bool {
        display.receive(.note("\(question) (a dry run goes on without asking)"))
        return true
    }

    func print(_ line: String) { display.print(line) }
}
