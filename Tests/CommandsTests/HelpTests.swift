import FakeBackend
import Testing

@testable import Commands

struct HelpTests {
    @Test func `every verb explains itself without asking the engine`() async {
        let backend = FakeBackend()
        for verb in PgbcCommand.verbNames where verb != "help" {
            let run = await FakeRun([verb, "--help"], on: backend)
            #expect(run.code == 0, "\(verb)")
            #expect(run.output.hasPrefix("OVERVIEW: "), "\(verb)")
            #expect(run.output.contains("USAGE: pgbc \(verb)"), "\(verb)")
            #expect(run.errors == "", "\(verb)")
        }
        #expect(await backend.calls == 0)
    }

    @Test func `the root lists every verb that is promised`() async {
        let run = await FakeRun(["--help"])
        let promised = """
            init status destroy add-replica remove-replica scale plan apply validate export logs psql dsn exec list run recipe \
            images doctor
            """
        for verb in promised.split(separator: " ") {
            #expect(run.output.contains("\n  \(verb) "), "\(verb)")
        }
        #expect(await FakeRun([]).output == run.output)
    }

    @Test func `the version`() async {
        #expect(await FakeRun(["--version"]).output == "pgbc \(PgbcCommand.version)\n")
    }

    @Test func `the help of scale`() async {
        let run = await FakeRun(["scale", "--help"])
        #expect(
            run.output.hasPrefix(
                """
                OVERVIEW: Set the number of replicas behind a balancer.

                USAGE: pgbc scale [<cluster>] [--config <file>] [--cluster <name>] [--balancer <balancer>] --replicas <replicas> [--break-lock] [--dry-run] [--json] [--verbose]

                ARGUMENTS:
                  <cluster>               The cluster's name, or its configuration file.

                OPTIONS:
                  -c, --config <file>     Configuration file, JSON or Lua.
                  --cluster <name>        The cluster's name.
                  -b, --balancer <balancer>
                                          Balancer; the only one when left out.
                  -r, --replicas <replicas>
                                          Replicas wanted, from 0 to 31.
                """
            )
        )
    }

    @Test func `every verb that works on a cluster has a recipe whose help can be read`() async {
        let recipes = [
            "init", "status", "destroy", "scale", "add-replica", "remove-replica", "plan", "apply", "validate",
            "export",
            "list", "dsn", "logs", "exec",
        ]
        for recipe in recipes {
            let run = await FakeRun(["run", recipe, "--help"])
            #expect(run.code == 0, "\(recipe)")
            #expect(run.output.contains("\n\nUSAGE: pgbc run \(recipe)"), "\(recipe)")
        }
    }
}
