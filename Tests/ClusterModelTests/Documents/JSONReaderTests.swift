import ClusterModel
import Testing

@Suite struct JSONReaderTests {
    @Test func `every kind of value is read, members in their order`() throws {
        let json = #"{"b": [1, -2.5, 1e3, "x"], "a": {"t": true, "f": false, "n": null}, "": {}}"#
        let expected: Document = [
            "b": [1, -2.5, 1000.0, "x"], "a": ["t": true, "f": false, "n": nil], "": [:],
        ]
        #expect(try Document(json: json, source: "x.json") == expected)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u00e9\u20AC""#, "é€"),
        (#""\ud83d\ude00""#, "😀"),
        (#""é😀""#, "é😀"),
    ])
    func `strings are unescaped`(json: String, text: String) throws {
        #expect(try Document(json: json, source: "x.json") == .string(text))
    }

    @Test func `whole numbers that do not fit become numbers`() throws {
        #expect(try Document(json: "9223372036854775807", source: "x.json") == .integer(.max))
        #expect(try Document(json: "9223372036854775808", source: "x.json") == .number(9_223_372_036_854_775_808))
        #expect(try Document(json: "-0", source: "x.json") == 0)
    }

    @Test func `a byte order mark and Windows line ends are no error`() throws {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("{\r\n\"a\": 1\r\n}\r\n".utf8)
        #expect(try Document(json: bytes, source: "x.json") == ["a": 1])
    }

    @Test(arguments: [
        ("", "1:1: the file is empty; a JSON object was expected"),
        (" \n ", "2:2: the file is empty; a JSON object was expected"),
        ("{\"a\": 1", "1:8: the file ends inside the object that begins at line 1, column 1"),
        ("[1,\n [2", "2:4: the file ends inside the list that begins at line 2, column 2"),
        ("{\n  \"a\": 1,\n}", "2:9: a comma before '}'; leave the comma out"),
        ("{\n  \"a\": 1\n  \"b\": 2\n}", "3:3: '\"' where ',' or '}' was expected"),
        ("{\"a\" 1}", "1:6: '1' where ':' was expected after the key \"a\""),
        ("{a: 1}", "1:2: 'a' where a key in double quotes was expected"),
        ("{'a': 1}", "1:2: a single quote where a key in double quotes was expected"),
        ("{\"a\": lb1}", "1:7: 'lb1' where the value of \"a\" was expected; text needs double quotes"),
        ("{\"a\": True}", "1:7: 'True' where the value of \"a\" was expected; text needs double quotes"),
        ("{\"a\": { ... }}", "1:9: '.' where a key in double quotes was expected"),
        ("[ ... ]", "1:3: '...' where a value was expected; leave out what pgbc shall choose itself"),
        ("// x\n{}", "1:1: a comment (JSON has none) where a value was expected"),
        ("{\"a\": 1, \"b\": 2,\n \"a\": 3}", "2:2: the key \"a\" is here twice; the first is on line 1"),
        (
            "{\"a\": \"x\ny\"}",
            "1:9: the line ends inside the string that begins at line 1, column 7; close it with '\"' or escape it"
        ),
        ("[\"x", "1:4: the file ends inside the string that begins at line 1, column 2"),
        ("[\"\\q\"]", "1:3: an unknown escape in a string; write '\\\\' for a backslash"),
        ("[\"\\u12g4\"]", "1:3: '\\u' must be followed by four hexadecimal digits"),
        ("[\"\\ud800x\"]", "1:3: half of a surrogate pair in a string"),
        ("[\"\\ud800\\u0041\"]", "1:3: half of a surrogate pair in a string"),
        ("[01]", "1:2: a number cannot begin with 0; write a string if it is not a number"),
        ("[1.]", "1:4: a digit was expected after '.'"),
        ("[1e]", "1:4: a digit was expected in the exponent"),
        ("[-]", "1:3: a digit was expected after '-'"),
        ("[1e999]", "1:2: 1e999 is too large a number"),
        ("{} {}", "1:4: '{' after the end of the document; nothing may follow it"),
        ("[\"é😀\", x]", "1:8: 'x' where a value was expected; text needs double quotes"),
    ])
    func `an error says where and why`(json: String, message: String) {
        #expect(throws: DocumentSyntaxError.self) { try Document(json: json, source: "x.json") }
        #expect(syntaxError(in: Array(json.utf8)) == "x.json:\(message)")
    }

    @Test func `bytes that are not UTF-8 are named`() {
        #expect(
            syntaxError(in: Array("{\n\"a\": \"".utf8) + [0xE9, 0x22, 0x7D])
                == "x.json:2:7: the file is not UTF-8 text; save it as UTF-8"
        )
        #expect(
            syntaxError(in: [0xFF, 0xFE, 0x7B, 0x00])
                == "x.json:1:1: the file is not UTF-8 text (it looks like UTF-16); save it as UTF-8"
        )
    }

    @Test func `nesting has an end before the stack has`() {
        #expect(
            syntaxError(in: Array(String(repeating: "[", count: 100_000).utf8))
                == "x.json:1:201: more than 200 levels of nesting"
        )
    }

    /// Whatever a file holds, reading it ends in a document or in an error with a place inside the file.
    @Test func `damaged files end in an error with a place`() throws {
        let original = Array(try legacyText("pgbalancer_cluster_simple.json").utf8)
        var random = SplitMix(state: 7)
        for _ in 0..<500 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                } else {
                    bytes.removeSubrange(place..<min(bytes.count, place + 3))
                }
            }
            do throws(DocumentSyntaxError) {
                _ = try Document(json: bytes, source: "x.json")
            } catch {
                #expect(error.line >= 1 && error.column >= 1 && error.line <= bytes.count { $0 == 0x0A } + 1)
            }
        }
    }

    private func syntaxError(in bytes: [UInt8]) -> String? {
        do throws(DocumentSyntaxError) {
            _ = try Document(json: bytes, source: "x.json")
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `finds a key that is twice in a long object`() {
        let members = (1...40).map { "\"k\($0)\": \($0)" }.joined(separator: ",\n")
        for number in [1, 15, 17, 40] {
            #expect {
                try Document(json: "{\(members), \"k\(number)\": 0}", source: "x.json")
            } throws: {
                "\($0)".contains("the key \"k\(number)\" is here twice; the first is on line \(number)")
            }
        }
    }

    @Test func `reads and writes texts with and without escapes alike`() throws {
        for text in ["", "plain", "ünï \u{1F600}", "a\"b\\c\n\u{0}\u{7F}\u{2028}", "\\"] {
            let document = Document.object([.init(text, .string(text))])
            #expect(try Document(json: document.json(), source: "x") == document)
        }
        #expect(Document.string("a\u{2028}\u{1}é").json() == #""a\u2028\u0001é""#)
    }
}
