import Federation
import Keys
import Testing

@Suite struct `A byte range` {
    @Test(arguments: [
        ("bytes=0-", ByteRange.from(0)), ("bytes=7-", .from(7)), ("bytes=0-0", .closed(0, 0)),
        ("bytes=2-9", .closed(2, 9)), ("bytes=-3", .suffix(3)), ("BYTES=5-", .from(5)),
        ("bytes=9223372036854775807-", .from(.max)),
    ])
    func `is read and written`(_ field: String, _ range: ByteRange) {
        #expect(ByteRange(field: field) == range)
        #expect(ByteRange(field: range.field) == range)
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=-", "bytes=x-", "bytes=1", "bytes=2-1", "bytes=0-1,3-4",
        "bytes=0-, 5-", "bytes= 0-", "bytes=0- ", "bytes=+1-", "bytes=--1", "bytes=1--2",
        "bytes=9223372036854775808-", "bytes=0-9223372036854775808", "items=0-1", "bytes:0-1",
        "bytes=٣-",
    ])
    func `is ignored when it is another, several or none`(_ field: String) {
        #expect(ByteRange(field: field) == nil)
    }

    @Test(
        arguments: [
            (ByteRange.from(0), 10, 0..<10), (.from(9), 10, 9..<10), (.from(10), 10, nil),
            (.from(.max), 10, nil), (.from(0), 0, nil), (.closed(0, 0), 10, 0..<1),
            (.closed(3, .max), 10, 3..<10), (.closed(9, 9), 10, 9..<10), (.closed(10, 11), 10, nil),
            (.suffix(1), 10, 9..<10), (.suffix(10), 10, 0..<10), (.suffix(.max), 10, 0..<10),
            (.suffix(0), 10, nil), (.suffix(1), 0, nil),
        ] as [(ByteRange, Int, Range<Int>?)])
    func `is resolved within a size`(_ range: ByteRange, _ size: Int, _ bytes: Range<Int>?) {
        #expect(range.resolved(in: size) == bytes)
    }

    @Test(arguments: [("bytes 0-0/1", 0..<1, 1), ("bytes 7-9/10", 7..<10, 10)])
    func `of an answer is read and written`(_ field: String, _ bytes: Range<Int>, _ size: Int) {
        #expect(ContentRange(field: field) == ContentRange(bytes, of: size))
        #expect(ContentRange(bytes, of: size).field == field)
    }

    @Test(arguments: [
        "", "bytes", "bytes 0-0", "bytes 0-0/*", "bytes */1", "bytes 0-1/1", "bytes 1-0/2",
        "bytes=0-0/1", "bytes 0-0/1/1", "bytes 0-9223372036854775807/9223372036854775807",
        "bytes -1-0/1", "items 0-0/1",
    ])
    func `of an answer is refused when it fits no whole`(_ field: String) {
        #expect(ContentRange(field: field) == nil)
    }
}

@Suite struct `An entity tag` {
    private let tag = EntityTag(of: [1, 2, 3])

    @Test func `is half of the digest, in quotes`() {
        #expect(tag.field == "\"039058c6f2c0cb492c533b0a4d14ef77\"")
        #expect(EntityTag(digest: Digest(of: [1, 2, 3])) == tag)
        #expect(EntityTag(of: [1, 2]) != tag)
    }

    @Test(arguments: ["<tag>", "W/<tag>", "\"a\", <tag>", "<tag>,\"b\"", " \t, <tag> ,", "*"])
    func `is named by a list`(_ field: String) {
        #expect(tag.isNamed(in: field.replacing("<tag>", with: tag.field)))
    }

    @Test(arguments: [
        "", "\"\"", "\"a\"", "<bare>", "w/<tag>", "<tag>x", "x<tag>", "\"<bare>", "**", "\"*\"",
        "\"a\" junk, <tag>",
    ])
    func `is not named by another list, or by none`(_ field: String) {
        let bare = tag.field.replacing("\"", with: "")
        #expect(
            !tag.isNamed(
                in: field.replacing("<tag>", with: tag.field).replacing("<bare>", with: bare)))
    }
}

@Suite struct `The table of endpoints` {
    @Test(arguments: [
        ("/", ["GET", "HEAD"]), ("/v1/heads", ["GET", "HEAD", "POST"]),
        ("/v1/blobs/batch", ["POST"]), ("/witness/add-checkpoint", ["POST"]),
        ("/log/1/checkpoint", ["GET", "HEAD"]), ("/log/x/checkpoint/confirmed", ["GET", "HEAD"]),
        ("/log/1/tile/0/x001/002.p/3", ["GET", "HEAD"]), ("/items/C-1", ["GET", "HEAD"]),
        ("/log/1", []), ("/log//checkpoint", []), ("/log/1/tile", []), ("/log/1/checkpoint/", []),
        ("/v1/heads/1", []), ("", []), ("/nope", []), ("v1/heads", []), ("/items/", []),
        ("/V1/heads", []), ("/items/a/b", []),
    ])
    func `knows the methods of a path`(_ path: String, _ methods: [String]) {
        #expect(Endpoint.methods(at: path) == methods)
    }

    @Test func `finds each endpoint at a path of its own`() {
        for endpoint in Endpoint.allCases {
            let path = endpoint.template.replacing("{", with: "").replacing("}", with: "")
            #expect(endpoint.serves(path), "\(endpoint)")
            #expect(Endpoint.methods(at: path).contains(endpoint.method), "\(endpoint)")
        }
    }
}
