import ClusterModel
import Testing

@Suite struct DocumentWriterTests {
    static let sample: Document = [
        "text": "a \"b\"\\\n\u{1}é", "numbers": [1, -2, 0.5, 1e300], "empty": [[], [:]], "flags": [true, false, nil],
    ]

    @Test func `compact JSON is one line`() {
        #expect(
            Self.sample.json(pretty: false)
                == #"{"text":"a \"b\"\\\n\u0001é","numbers":[1,-2,0.5,1e+300],"empty":[[],{}],"flags":[true,false,null]}"#
        )
    }

    @Test func `pretty JSON has two spaces per level`() {
        let document: Document = ["a": [1, ["b": "c"]], "d": []]
        #expect(
            document.json(pretty: true) == """
                {
                  "a": [
                    1,
                    {
                      "b": "c"
                    }
                  ],
                  "d": []
                }
                """
        )
    }

    @Test(arguments: [true, false])
    func `what is written is read again`(pretty: Bool) throws {
        #expect(try Document(json: Self.sample.json(pretty: pretty), source: "x.json") == Self.sample)
    }

    @Test func `Lua has keys without quotes where they are names`() {
        let document: Document = ["a": 1, "end": 2, "b-c": "x\ty\u{1}7", "1": nil, "list": ["x", 2.5, true]]
        #expect(
            document.lua() == #"{ a = 1, ["end"] = 2, ["b-c"] = "x\ty\u{1}7", ["1"] = nil, list = { "x", 2.5, true } }"#
        )
    }

    @Test func `a long Lua table is broken into lines`() {
        let text = String(repeating: "x", count: 60)
        let document: Document = ["first": .string(text), "second": ["inner": .string(text)]]
        #expect(document.lua() == "{\n  first = \"\(text)\",\n  second = { inner = \"\(text)\" },\n}")
    }
}
