import ClusterModel
import Testing

@testable import DockerBackend

struct ArrayTextTests {
    @Test(
        arguments: [
            ("{}", []),
            ("{1,2,NULL}", [1, 2, nil]),
            (#"{"a b","c\"d","e\\f",NULL,"NULL"}"#, ["a b", #"c"d"#, #"e\f"#, nil, "NULL"]),
            ("{{1,2},{3,4}}", [[1, 2], [3, 4]]),
            ("[0:1]={5,6}", [5, 6]),
        ] as [(String, Document)]
    )
    func `an array as PostgreSQL writes it becomes a list`(text: String, expected: Document) {
        let read = ArrayText.elements(of: text) { Int($0).map(Document.integer) ?? .string($0) }
        #expect(read == expected)
    }

    @Test(arguments: ["", "{", "{1", "{1,", "{1}x", #"{"a}"#])
    func `what is no array is not read as one`(text: String) {
        #expect(ArrayText.elements(of: text) { .string($0) } == nil)
    }

    @Test func `a list as a parameter is written as an array, and read back`() {
        let list: Document = ["a\"b", "c\\d", nil, ["x"], 7, true]
        #expect(list.sqlText == #"{"a\"b","c\\d",NULL,{"x"},"7","true"}"#)
        let read = ArrayText.elements(of: list.sqlText ?? "") { .string($0) }
        #expect(read == ["a\"b", "c\\d", nil, ["x"], "7", "true"])
    }
}
