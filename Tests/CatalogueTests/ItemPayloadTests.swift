import CanonicalJSON
import Keys
import Testing

@testable import Catalogue

@Suite struct ItemPayloadTests {
    private let salt = [UInt8](0..<32)

    @Test func `the smallest item has these bytes for ever`() throws {
        let golden =
            #"{"item":{"awardingBody":{"name":{"en":"Uni A"}},"defaultLanguage":"en","id":"BC-101","#
            + #""provider":{"name":{"en":"Uni A"}},"title":{"en":"Robotics"}},"kind":"item","#
            + #""salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","v":1}"#
        let bytes = try ItemPayload.bytes(item: SampleItem.smallest, salt: salt)
        #expect(String(decoding: bytes, as: UTF8.self) == golden)
    }

    @Test func `the complete item has this digest for ever`() throws {
        let bytes = try ItemPayload.bytes(item: SampleItem.complete, salt: salt)
        #expect(
            Digest(of: bytes).hex
                == "a2b09f8d80f67cbe3b6dac84dd68fd0ad67dfb06cf12a16bed1bc59fc8e37abc"
        )
    }

    @Test func `a payload is read back`() throws {
        let bytes = try ItemPayload.bytes(item: SampleItem.complete, salt: salt)
        let payload = try ItemPayload(bytes: bytes)
        #expect(payload.item == SampleItem.complete)
        #expect(payload.salt == salt)
    }

    @Test func `the same item with another salt is unchanged`() throws {
        let first = try ItemPayload.bytes(item: SampleItem.complete, salt: salt)
        let second = try ItemPayload.bytes(
            item: SampleItem.complete,
            salt: [UInt8](repeating: 9, count: 32)
        )
        #expect(first != second)
        #expect(try ItemPayload(bytes: first).item == ItemPayload(bytes: second).item)
    }

    @Test(arguments: [31, 33, 0])
    func `a salt of another length is refused`(count: Int) {
        #expect(throws: ItemPayloadError.saltLength(count)) {
            try ItemPayload.bytes(
                item: SampleItem.smallest,
                salt: [UInt8](repeating: 0, count: count)
            )
        }
    }

    @Test func `a payload of 256 KiB is accepted and one byte more is not`() throws {
        func item(descriptionBytes: Int) -> LearningOpportunity {
            var item = SampleItem.smallest
            var rest = descriptionBytes
            var texts: [String: String] = [:]
            for tag in ["aa", "bb", "cc", "dd", "ee", "ff"] where rest > 0 {
                let part = min(rest, 60_000)
                texts[tag] = String(repeating: "x", count: part)
                rest -= part
            }
            item.description = LocalizedText(texts)
            return item
        }
        let overhead =
            try ItemPayload.bytes(item: item(descriptionBytes: 250_000), salt: salt).count - 250_000
        let most = ItemPayload.maximumBytes - overhead
        let bytes = try ItemPayload.bytes(item: item(descriptionBytes: most), salt: salt)
        #expect(bytes.count == 262_144)
        #expect(try ItemPayload(bytes: bytes).item == item(descriptionBytes: most))
        #expect(throws: ItemPayloadError.tooLarge(262_145)) {
            try ItemPayload.bytes(item: item(descriptionBytes: most + 1), salt: salt)
        }
    }

    @Test func `an invalid item does not become a payload`() {
        var item = SampleItem.smallest
        item.id = String(repeating: "a", count: 65)
        #expect(throws: ItemPayloadError.self) { try ItemPayload.bytes(item: item, salt: salt) }
    }

    @Test(arguments: [
        (#""v":1"#, #""v":2"#, ItemPayloadError.unknownVersion),
        (#""kind":"item""#, #""kind":"need""#, .notAnItem),
        (#","v":1"#, #", "v":1"#, .notCanonical),
        (#","v":1"#, #","v":1,"w":1"#, .notAnItem),
        (#"Hh8""#, #"Hh""#, .notAnItem),
    ])
    func `other bytes are no payload`(
        part: String,
        other: String,
        error: ItemPayloadError
    ) throws {
        let bytes = try ItemPayload.bytes(item: SampleItem.smallest, salt: salt)
        let text = String(decoding: bytes, as: UTF8.self)
        let changed = text.split(separator: part, omittingEmptySubsequences: false)
            .joined(separator: other)
        #expect(changed != text)
        #expect(throws: error) { try ItemPayload(bytes: Array(changed.utf8)) }
    }

    @Test func `an item inside a payload is read strictly`() throws {
        let bytes = try ItemPayload.bytes(item: SampleItem.smallest, salt: salt)
        let text = String(decoding: bytes, as: UTF8.self)
        let changed = text.split(separator: #""id":"BC-101""#).joined(separator: #""id":null"#)
        #expect {
            try ItemPayload(bytes: Array(changed.utf8))
        } throws: { error in
            guard case .invalidItem(let invalid)? = error as? ItemPayloadError else { return false }
            return invalid.problems.map(\.pointer) == ["/id"]
        }
    }
}

@Suite struct ItemIdentifierTests {
    @Test(arguments: [
        ("a", true), (String(repeating: "a", count: 64), true), ("https://x.example/~a?b#c", true),
        ("", false), (String(repeating: "a", count: 65), false), ("a b", false), ("é", false),
        ("a\u{7f}", false), ("a\n", false),
    ])
    func `an id is 1 to 64 printable ASCII characters`(id: String, isValid: Bool) {
        #expect(ItemIdentifier.isValid(id) == isValid)
    }

    @Test func `an id that does not fit is derived from format and source id`() {
        #expect(ItemIdentifier.fitting(format: "json", sourceID: "BC-101") == "BC-101")
        // printf 'json\0my course' | sha256sum
        #expect(
            ItemIdentifier.fitting(format: "json", sourceID: "my course")
                == "x-ee1677910b0beb54febcb321fd5eb118"
        )
        // printf 'nzqa\0Developer\0Title\0002019-07-01' | sha256sum
        #expect(
            ItemIdentifier.derived(
                format: "nzqa",
                sourceID: ["Developer", "Title", "2019-07-01"]
            )
                == "x-16daa27868ea00585d8362362f6e5099"
        )
    }

    @Test(arguments: [
        ("BC-101", "https://uni-a.example/items/BC-101"),
        ("a/b?c%~_", "https://uni-a.example/items/a%2Fb%3Fc%25~_"),
    ])
    func `the global id is percent-encoded and leads back`(id: String, global: String) {
        #expect(ItemIdentifier.global(id, domain: "uni-a.example") == global)
        #expect(ItemIdentifier.local(global, domain: "uni-a.example") == id)
        #expect(ItemIdentifier.local(global, domain: "uni-b.example") == nil)
    }

    @Test(arguments: ["", "a%2fb", "a%2", "a%ZZ", "%41", "a b"])
    func `another spelling of a global id names no item`(tail: String) {
        #expect(
            ItemIdentifier.local("https://uni-a.example/items/" + tail, domain: "uni-a.example")
                == nil
        )
    }
}
