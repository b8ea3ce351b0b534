import ClusterModel
import LuaRuntime
import Testing

@testable import Scripting

struct ValueTests {
    @Test func `null is left out of a table and kept in a list`() {
        let document: Document = ["a": nil, "b": [1, nil, 2]]
        #expect(LuaValue(document) == ["b": [1, .null, 2]])
    }

    @Test func `fields come in the order in which they are shown`() {
        let value: LuaValue = ["zebra": 1, "node": "n", "cluster": "c", "apple": 2, "state": "s"]
        guard case .object(let members) = Document(value) else { Issue.record("not an object"); return }
        #expect(members.map(\.key) == ["cluster", "node", "state", "apple", "zebra"])
    }

    @Test func `an empty table is an empty list`() {
        #expect(Document(LuaValue.table(LuaTable())) == [])
    }

    @Test func `a returned list keeps the order of its columns`() {
        var rows = LuaTable(array: [["b": 1, "a": 2], ["a": 3]])
        rows.fields["columns"] = ["b", "a"]
        rows.fields["affected"] = 0
        #expect(Document(returned: [.table(rows)]) == [["b": 1, "a": 2], ["b": nil, "a": 3]])
    }

    @Test func `a returned list without rows is an empty list`() {
        #expect(Document(returned: [["columns": ["b", "a"]]]) == [])
    }

    @Test func `a returned record keeps the order of its columns`() {
        let record: LuaValue = ["columns": ["b", "a"], "a": 1, "b": 2, "hidden": 3]
        #expect(Document(returned: [record]) == ["b": 2, "a": 1])
        #expect(Document(returned: [["columns": ["b", "a"], "a": 1]]) == ["b": .null, "a": 1], "nil leaves no field")
    }

    @Test func `nothing is null and several values are a list`() {
        #expect(Document(returned: []) == .null)
        #expect(Document(returned: [1, "x"]) == [1, "x"])
    }
}
