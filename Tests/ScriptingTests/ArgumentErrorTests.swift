import ClusterModel
import FakeBackend
import Orchestration
import Testing

struct ArgumentErrorTests {
    @Test(
        arguments: [
            (
                #"pgbc.cluster():balancer("lb1"):scale("two")"#,
                #"bad argument 'replicas' to lb:scale: expected an integer from 0 to 31, got string "two" (x.lua:2)"#
            ),
            (
                #"pgbc.cluster():balancer("lb1"):scale(-1)"#,
                "bad argument 'replicas' to lb:scale: expected an integer from 0 to 31, got number -1 (x.lua:2)"
            ),
            (
                #"pgbc.cluster():balancer("lb1"):scale(2.5)"#,
                "bad argument 'replicas' to lb:scale: expected an integer from 0 to 31, got number 2.5 (x.lua:2)"
            ),
            (
                #"pgbc.cluster():balancer("lb1"):scale()"#,
                "bad argument 'replicas' to lb:scale: expected an integer from 0 to 31, got nothing (x.lua:2)"
            ),
            (
                #"pgbc.cluster():balancer("lb1"):add_replica(0)"#,
                "bad argument 'count' to lb:add_replica: expected an integer from 1 to 31, got number 0 (x.lua:2)"
            ),
            (
                #"pgbc.cluster():balancer("lb1"):remove_replica({})"#,
                "bad argument 'which' to lb:remove_replica: expected an integer of at least 1, a name, or a list of names, got an empty table (x.lua:2)"
            ),
            (
                #"pgbc.cluster():node("lb1-replica1"):query(7)"#,
                "bad argument 'sql' to node:query: expected a string, got number 7 (x.lua:2)"
            ),
            (
                #"sleep(-1)"#,
                "bad argument 'seconds' to sleep: expected a number of at least 0, got number -1 (x.lua:2)"
            ),
            (
                #"sleep(true)"#,
                "bad argument 'seconds' to sleep: expected a number of at least 0, got boolean true (x.lua:2)"
            ),
            (#"confirm({1})"#, "bad argument 'question' to confirm: expected a string, got a list (x.lua:2)"),
            (
                #"random(5, 1)"#,
                "bad argument 'high' to random: expected an integer of at least 5, got number 1 (x.lua:2)"
            ),
            (
                #"pgbc.cluster():export("yaml")"#,
                #"bad argument 'format' to cluster:export: expected "json" or "lua", got string "yaml" (x.lua:2)"#
            ),
        ]
    )
    func `a wrong argument is named with what was expected, what came and where`(call: String, message: String)
        async throws
    {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = try await FakeRun(script: "\n\(call)", on: backend)
        #expect(run.errors == "error: \(message)\n")
        #expect(run.code == 2)
    }

    @Test(
        arguments: [
            (#"pgbc.cluster():balancer("lb1").scale(2)"#, "lb.scale was called with a dot; write lb:scale(…)"),
            (#"pgbc.cluster():balancer("lb1"):scal(2)"#, "lb has no 'scal'; did you mean 'scale'?"),
            (#"pgbc.clustr()"#, "there is no 'pgbc.clustr'; did you mean 'pgbc.cluster'?"),
        ]
    )
    func `a wrong name is refused with the right one`(call: String, message: String) async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = try await FakeRun(script: "\n\(call)", on: backend)
        #expect(run.errors == "error: x.lua:2: \(message)\n")
        #expect(run.code == 2)
    }

    @Test func `what was left out is missing and nil counts as left out`() throws {
        let primitive = Primitive(
            "a.b",
            [Parameter("first", .string, "…"), Parameter("second", .integer(), optional: true, "…")],
            result: "nothing",
            summary: "…",
            effect: .read
        ) { _ in .null }
        #expect(try primitive.bind(["x"]) == ["first": "x"])
        #expect(try primitive.bind(["x", nil, nil]) == ["first": "x"])
        #expect(try primitive.bind(["x", 4.0]) == ["first": "x", "second": 4.0])
        let error = #expect(throws: ArgumentError.self) { try primitive.bind(["x", 1, 2]) }
        #expect(error?.description == "too many arguments to a.b: expected at most 2, got 3")
    }

    @Test func `every primitive has a name, a line of documentation and parameters that say what they are`() {
        let names = Primitive.core.map(\.name)
        #expect(Set(names).count == names.count)
        for primitive in Primitive.core {
            #expect(primitive.summary.hasSuffix("."), "\(primitive.name)")
            #expect(primitive.parameters.allSatisfy { !$0.summary.isEmpty }, "\(primitive.name)")
            let optional = primitive.parameters.firstIndex(where: \.isOptional) ?? primitive.parameters.count
            let required =
                primitive.parameters.lastIndex { !$0.isOptional && $0.name != "sql" && $0.name != "command" } ?? -1
            #expect(required < optional || primitive.name.hasPrefix("node."), "\(primitive.name)")
        }
    }
}
