import CanonicalJSON
import Testing

@Suite struct `JSON values` {
    static let kinds: [(value: JSON, kind: String)] = [
        (.null, "null"), (true, "a boolean"), (1, "a number"), ("a", "a string"),
        ([], "an array"), ([:], "an object"),
    ]

    @Test func `each kind answers only its own question`() {
        for (index, (value, kind)) in Self.kinds.enumerated() {
            #expect(value.kind == kind)
            #expect((value.bool != nil) == (index == 1))
            #expect((value.integer != nil) == (index == 2))
            #expect((value.number != nil) == (index == 2))
            #expect((value.string != nil) == (index == 3))
            #expect((value.array != nil) == (index == 4))
            #expect((value.object != nil) == (index == 5))
            for (other, (second, _)) in Self.kinds.enumerated() {
                #expect((value == second) == (index == other))
            }
        }
    }

    @Test func `subscripts answer nil where nothing is`() {
        let value: JSON = ["a": [1, 2]]
        #expect(value["a"]?[1]?.integer == 2)
        #expect(value["a"]?[2] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["b"] == nil)
        #expect(value[0] == nil)
        #expect(value["a"]?["b"] == nil)
    }

    @Test func `equality is that of canonical forms`() throws {
        func read(_ text: String) throws -> JSON { try JSON.read(Array(text.utf8)) }
        #expect(try read("{\"a\":1,\"b\":[2.0]}") == read("{\"b\":[2],\"a\":1e0}"))
        #expect(try read("-0") == read("0"))
        #expect(try read("\"\u{e9}\"") != read("\"e\u{301}\""))
        #expect(try read("{\"a\":1}") != read("{\"a\":1,\"b\":null}"))
        #expect(try read("{\"a\":1}") != read("{\"b\":1}"))
        #expect(try read("[1,2]") != read("[2,1]"))
    }

    @Test(arguments: [1, 11, 12, 13, 40])
    func `members can be set, replaced and removed`(count: Int) {
        var object = JSONObject()
        for index in 0..<count { object["n\(index)"] = .string("\(index)") }
        #expect(object.names == (0..<count).map { "n\($0)" })
        object["n0"] = "other"
        #expect(object.count == count)
        #expect(object["n0"]?.string == "other")
        object["absent"] = nil
        #expect(object.count == count)
        object["n0"] = nil
        #expect(object["n0"] == nil)
        #expect(object.names == (1..<count).map { "n\($0)" })
        for index in 1..<max(count, 1) { #expect(object["n\(index)"]?.string == "\(index)") }
        object["n0"] = true
        #expect(object.names.last == "n0")
        #expect(object.map(\.name) == object.names)
    }

    @Test func `a literal keeps the last of repeated names`() {
        #expect(["a": 1, "b": 2, "a": 3] as JSON == ["b": 2, "a": 3])
    }

    @Test func `an integer literal beyond the exact range is rounded`() {
        #expect((9_007_199_254_740_993 as JSON).canonicalText == "9007199254740992")
        #expect(JSONNumber(.min).canonicalText == "-9223372036854776000")
        #expect(JSONNumber(.max).integer == nil)
    }
}
