import LuaRuntime
import Testing

@Suite struct `Fields of a Lua table` {
    @Test func `are equal whatever their order is`() {
        let left: LuaTable = ["a": 1, "b": [1, 2], "c": true]
        let right: LuaTable = ["c": true, "a": 1, "b": [1, 2]]
        #expect(left == right)
        #expect(left != ["a": 1, "b": [1, 2], "d": true])
        #expect(left != ["a": 1, "b": [1, 2]])
    }

    @Test func `are replaced, removed and kept in the order in which they came`() {
        var fields: LuaFields = ["a": 1, "b": 2, "a": 3]
        #expect(fields.keys == ["a", "b"])
        #expect(fields["a"] == 3)
        fields["c"] = 4
        fields["a"] = nil
        fields["z"] = nil
        #expect(fields.keys == ["b", "c"])
        #expect(fields["a"] == nil)
    }

    @Test func `with a name that is there twice, by bytes that are no text, can be compared`() {
        var twice = LuaFields()
        twice.append("a", 1)
        twice.append("a", 1)
        #expect(twice != ["a": 1, "b": 1])
        #expect(twice != (["b": 1, "a": 1] as LuaFields))
        var other = twice
        other.append("b", 2)
        var swapped: LuaFields = ["b": 2]
        swapped.append("a", 1)
        swapped.append("a", 1)
        #expect(other == swapped)
    }
}
