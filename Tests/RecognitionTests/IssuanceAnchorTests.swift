import CanonicalJSON
import Keys
import Testing
import TransparencyLog

@testable import Recognition

/// The commitment of `issuance.anchored` and what is handed out to prove it.
@Suite struct IssuanceAnchorTests {
    private static let subject = "000102030405060708090a0b0c0d0e0f"

    private static func digest(_ number: Int) -> Digest { Digest(of: Array("c\(number)".utf8)) }

    private static func salt(_ number: Int) -> [UInt8] {
        Digest(of: Array("s\(number)".utf8)).bytes
    }

    private static func tree(_ size: Int) -> IssuanceTree {
        IssuanceTree((0..<size).map { IssuanceTree.entry(salt: salt($0), digest: digest($0)) })
    }

    private static func leaf(_ commitment: Digest, type: String = "issuance.anchored") -> [UInt8] {
        let leaf: JSON = [
            "at": "2026-11-23T18:00:00Z", "commitment": .string(commitment.hex), "revision": 1,
            "subject": .string(subject), "type": .string(type), "v": 1,
        ]
        return leaf.canonicalBytes
    }

    private static func anchor(_ index: Int, of size: Int) throws -> IssuanceAnchor {
        let tree = tree(size)
        return try IssuanceAnchor(
            leaf: leaf(tree.root), salt: salt(index), index: index, size: size,
            path: tree.path(of: index))
    }

    @Test func `one credential's commitment is the leaf hash of salt and digest`() throws {
        let entry = [0] + Self.salt(0) + Self.digest(0).bytes
        #expect(Self.tree(1).root == Digest(of: entry))
        #expect(try Self.anchor(0, of: 1).path.isEmpty)
    }

    @Test func `two credentials' commitment is their node`() throws {
        let entries = (0..<2).map { Digest(of: [0] + Self.salt($0) + Self.digest($0).bytes) }
        #expect(Self.tree(2).root == Digest(of: [1] + entries[0].bytes + entries[1].bytes))
    }

    @Test(arguments: 1...9)
    func `each of a batch is covered, and nothing else`(_ size: Int) throws {
        for index in 0..<size {
            let anchor = try Self.anchor(index, of: size)
            #expect(anchor.covers(Self.digest(index)))
            #expect(!anchor.covers(Self.digest(index + 1)))
            #expect(anchor.path.count < 5)
        }
    }

    @Test func `with another salt, index, size or path it covers nothing`() throws {
        let good = try Self.anchor(2, of: 5)
        func changed(
            salt: [UInt8]? = nil, index: Int? = nil, size: Int? = nil, path: [Digest]? = nil
        ) throws -> IssuanceAnchor {
            try IssuanceAnchor(
                leaf: good.leaf, salt: salt ?? good.salt, index: index ?? good.index,
                size: size ?? good.size, path: path ?? good.path)
        }
        #expect(try changed().covers(Self.digest(2)))
        #expect(try !changed(salt: Self.salt(3)).covers(Self.digest(2)))
        #expect(try !changed(index: 3).covers(Self.digest(2)))
        #expect(try !changed(size: 9).covers(Self.digest(2)))
        #expect(try !changed(index: 5).covers(Self.digest(2)))
        #expect(try !changed(path: []).covers(Self.digest(2)))
        #expect(try !changed(path: good.path + [good.path[0]]).covers(Self.digest(2)))
    }

    @Test func `its file says it all, and nothing more is read`() throws {
        let anchor = try Self.anchor(1, of: 3)
        let json = try JSON.read(anchor.json.canonicalBytes)
        #expect(Set(json.object?.names ?? []) == ["leaf", "salt", "index", "size", "path"])
        #expect(try IssuanceAnchor(json: json) == anchor)
        for (name, value) in [
            ("leaf", JSON.string("@")), ("leaf", .string(Base64URL.encode([0x7b, 0x7d]))),
            ("salt", .string("AAAA")), ("index", -1), ("index", .string("1")), ("size", .null),
            ("path", [.string("00")]), ("path", .string("")), ("more", 1),
        ] {
            var object = try #require(json.object)
            object[name] = value
            #expect(throws: RecordError.self, "\(name)") {
                try IssuanceAnchor(json: .object(object))
            }
        }
        #expect(throws: RecordError.self) { try IssuanceAnchor(json: [1]) }
    }

    @Test func `only a leaf of its type is one`() throws {
        let root = Self.tree(1).root
        func read(_ leaf: [UInt8]) throws -> IssuanceAnchor {
            try IssuanceAnchor(leaf: leaf, salt: Self.salt(0), index: 0, size: 1, path: [])
        }
        #expect(try read(Self.leaf(root)).commitment == root)
        #expect(throws: RecordError.self) {
            try read(Self.leaf(root, type: "decision.recorded"))
        }
        #expect(throws: RecordError.self) { try read(Self.leaf(root) + [0x20]) }
        #expect(throws: RecordError.self) { try read([]) }
    }

    @Test func `a leaf that stands anew says the same, one of another batch does not`() throws {
        let anchor = try Self.anchor(0, of: 1)
        var anew = try #require(JSON.read(anchor.leaf).object)
        anew["at"] = "2026-11-24T18:00:00Z"
        anew["refs"] = [.string("uni-a.example/eccoe/1#7@" + Self.digest(9).hex)]
        #expect(anchor.isSaid(by: JSON.object(anew).canonicalBytes))
        #expect(!anchor.isSaid(by: Self.leaf(Self.digest(1))))
        anew["subject"] = .string(String(Self.subject.reversed()))
        #expect(!anchor.isSaid(by: JSON.object(anew).canonicalBytes))
        #expect(!anchor.isSaid(by: []))
    }
}
