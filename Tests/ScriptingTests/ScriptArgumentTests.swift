import ClusterModel
import Testing

@testable import Scripting

struct ScriptArgumentTests {
    private func reader() throws -> ScriptArguments {
        ScriptArguments(
            command: "pgbc run x.lua",
            parameters: [
                try ScriptParameter(
                    "replicas",
                    ["help": "replicas wanted", "type": "integer", "min": 0, "required": true]
                ),
                try ScriptParameter("balancer", ["help": "balancer to scale", "default": "lb1"]),
                try ScriptParameter("keep_data", ["type": "boolean"]),
                try ScriptParameter("format", ["choices": ["json", "lua"], "default": "json"]),
                try ScriptParameter("node", ["type": "list"]),
                try ScriptParameter("wait", ["type": "duration", "max": 3600]),
                try ScriptParameter("size", ["type": "size"]),
            ]
        )
    }

    @Test func `values come in their types, with defaults, and switches are off`() throws {
        let values = try reader().parse(["--replicas", "4"])
        #expect(values == ["replicas": 4, "balancer": "lb1", "keep_data": false, "format": "json"])
    }

    @Test func `everything can be given`() throws {
        let words = [
            "--replicas=2", "--balancer", "lb2", "--keep-data", "--format", "lua", "--node", "a", "--node=--b",
            "--wait",
            "5m", "--size", "16MB",
        ]
        let values = try reader().parse(words)
        #expect(values["keep_data"] == true)
        #expect(values["format"] == "lua")
        #expect(values["node"] == ["a", "--b"])
        #expect(values["wait"] == 300.0)
        #expect(values["size"] == .integer(16 << 20))
    }

    @Test func `a switch can be switched off`() throws {
        #expect(try reader().parse(["--replicas=1", "--no-keep-data"])["keep_data"] == false)
        #expect(try reader().parse(["--replicas=1", "--keep-data=yes"])["keep_data"] == true)
    }

    @Test(
        arguments: [
            ([], "--replicas is missing: replicas wanted"),
            (["--replicas"], "--replicas needs an integer of at least 0"),
            (["--replicas", "two"], #"--replicas: expected an integer of at least 0, got "two""#),
            (["--replicas", "-1"], #"--replicas: expected an integer of at least 0, got "-1""#),
            (["--replicas=1", "--replicas=2"], "--replicas is given twice"),
            (["--replcas", "1"], "unknown argument --replcas; did you mean --replicas?"),
            (
                ["--colour=red"],
                "unknown argument --colour; the arguments are --replicas, --balancer, --keep-data, --format, --node, --wait, --size"
            ),
            (["--replicas=1", "--format=xml"], #"--format: expected one of json, lua, got "xml""#),
            (
                ["--replicas=1", "--wait=2h"],
                #"--wait: expected a duration such as 90s, 5m or 1h of at most 3600s, got "2h""#
            ),
            (["--replicas=1", "lb1"], "unexpected argument 'lb1'; arguments are written --name value"),
            (["--replicas=1", "--no-keep-data=yes"], "--no-keep-data takes no value"),
        ]
    )
    func `wrong words are refused with what would be right`(words: [String], message: String) throws {
        let error = #expect(throws: ScriptUsageError.self) { try reader().parse(words) }
        #expect(error?.message == message)
        #expect(error?.description == "\(message)\n  pgbc run x.lua --help shows the arguments")
    }

    @Test func `the help text shows everything that was declared`() throws {
        let text = try reader().help(summary: "set the number of replicas")
        #expect(
            text == """
                set the number of replicas

                USAGE: pgbc run x.lua --replicas <integer> [--balancer <string>] [--keep-data] [--format <json|lua>] [--node <list> …] [--wait <duration>] [--size <size>]

                ARGUMENTS:
                  --replicas <integer>  replicas wanted (required; an integer of at least 0)
                  --balancer <string>   balancer to scale (default: lb1)
                  --keep-data           
                  --format <json|lua>   (default: json)
                  --node <list>         
                  --wait <duration>     (a duration such as 90s, 5m or 1h of at most 3600s)
                  --size <size>         
                  --help                show this text
                """
        )
    }

    @Test(
        arguments: [
            (
                "config", [:] as Document,
                "could not declare the argument 'config': pgbc takes an option of this name itself\n  choose another name"
            ),
            ("a b", [:] as Document, "could not declare the argument 'a b': a name is made of a-z, 0-9 and _"),
            (
                "a", ["typ": "x"] as Document,
                "could not declare the argument 'a': unknown key 'typ'\n  did you mean 'type'?"
            ),
            ("a", ["type": "choice"] as Document, "could not declare the argument 'a': a choice needs 'choices'"),
            (
                "a", 7 as Document,
                "could not declare the argument 'a': expected a table, got number 7\n  for example { help = \"…\" }"
            ),
        ]
    )
    func `a wrong declaration is refused`(name: String, declaration: Document, message: String) {
        #expect(throws: (any Error).self) { try ScriptParameter(name, declaration) }
        do {
            _ = try ScriptParameter(name, declaration)
        } catch {
            #expect("\(error)" == message)
        }
    }
}
