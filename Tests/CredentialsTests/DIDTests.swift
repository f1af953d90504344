import CanonicalJSON
import Keys
import Testing

@testable import Credentials

@Suite struct DIDKeyTests {
    private static let fixtures = "did-key-fixtures/packages/did-key-common/src/__fixtures__/"

    @Test(
        .enabled(if: SharedVectors.present, SharedVectors.absent),
        arguments: ["ed25519.json", "p256.json"]
    )
    func `the fixtures' JWK documents name the same key, id and relationship`(
        file: String
    ) throws {
        let fixtures = try #require(try SharedVectors.json(Self.fixtures + file).object)
        #expect(fixtures.count > 0)
        for (did, forms) in fixtures {
            let published = try DIDDocument(try #require(forms["application/did+json"]))
            let resolved = try DIDKey.document(did)
            let method = try #require(published.verificationMethods.first)
            #expect(resolved.verificationMethods.map(\.id) == [method.id])
            #expect(resolved.verificationMethods.map(\.key) == [method.key])
            #expect(method.key != nil)
            #expect(published.allows(method.id, for: .assertionMethod))
            #expect(resolved.allows(method.id, for: .assertionMethod))
            #expect(DIDKey.did(of: try #require(method.key)) == did)
        }
    }

    @Test(.enabled(if: SharedVectors.present, SharedVectors.absent))
    func `the method's own list resolves for our two kinds of key and is refused otherwise`() throws
    {
        let list = try #require(try SharedVectors.json("did-key-spec/did-keys.json").array)
        let read = list.compactMap(\.string).filter { (try? DIDKey.document($0)) != nil }
        #expect(
            read == [
                "did:key:z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP",
                "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
                "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
            ]
        )
    }

    @Test(
        .enabled(if: SharedVectors.present, SharedVectors.absent),
        arguments: ["03.json", "06.json"]
    )
    func `the specification's Multikey documents read as what the DID resolves to`(
        file: String
    ) throws {
        let published = try DIDDocument(try SharedVectors.json("did-key-spec/examples/" + file))
        let resolved = try DIDKey.document(published.id)
        #expect(published.verificationMethods.first == resolved.verificationMethods.first)
        let foreign = try #require(published.verificationMethods.last)
        #expect(foreign.material == .unusable("publicKeyMultibase is no Ed25519 or P-256 Multikey"))
        #expect(!published.allows(foreign.id, for: .assertionMethod))
    }

    @Test(arguments: ["did:key:", "did:key:z6Mk", "did:key:m6Mk", "did:web:uni-a.example", ""])
    func `what is no did:key of ours is refused`(did: String) {
        #expect(throws: DIDKey.Failure.self) { try DIDKey.document(did) }
    }
}

@Suite struct DIDWebTests {
    @Test(arguments: [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
        ("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json"),
        ("did:web:example.com%3a3000:user:alice", "https://example.com:3000/user/alice/did.json"),
        ("did:web:Example.COM:Users:A%20b", nil),
        ("did:web:Example.COM:Users:a.b_c-d", "https://example.com/Users/a.b_c-d/did.json"),
        ("did:web:localhost%3A8443", "https://localhost:8443/.well-known/did.json"),
        ("did:web:example.com:a%2Fb", nil), ("did:web:example.com:..", nil),
        ("did:web:example.com:%2e%2E", nil), ("did:web:example.com:", nil),
        ("did:web:example.com%3A", nil), ("did:web:example.com%3A0", nil),
        ("did:web:example.com%3A65536", nil), ("did:web:example.com%3A+80", nil),
        ("did:web:127.0.0.1", nil), ("did:web:%5B%3A%3A1%5D", nil), ("did:web:", nil),
        ("did:web:a..b", nil), ("did:web:-a.example", nil), ("did:web:exa mple.com", nil),
        ("did:web:user%40example.com", nil), ("did:web:example.com%2Fx", nil),
        ("did:web:example.com:a?b", nil), ("did:key:example.com", nil), ("did:web:a%", nil),
    ])
    func `the address follows the method's steps or there is none`(did: String, url: String?) {
        #expect(DIDWeb.url(did) == url)
    }

    @Test func `our own document reads back with its key allowed to assert`() throws {
        let issued = try IssuedCredential()
        let json = try issued.didDocument
        let document = try DIDDocument(json)
        #expect(document.id == "did:web:uni-a.example")
        let method = try #require(document.method(issued.method))
        #expect(method.type == "Multikey")
        #expect(method.controller == document.id)
        #expect(method.key == issued.key.publicKey)
        #expect(document.allows(issued.method, for: .assertionMethod))
        #expect(!document.allows(issued.method, for: .authentication))
        #expect(
            json.canonicalText
                == #"{"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],"#
                + ##""assertionMethod":["did:web:uni-a.example#--6IM5l0OosLj9yWskISYhUA3n_"##
                + #"3CURQkmrYMSha_ck"],"id":"did:web:uni-a.example","verificationMethod":[{"#
                + ##""controller":"did:web:uni-a.example","id":"did:web:uni-a.example#"##
                + #"--6IM5l0OosLj9yWskISYhUA3n_3CURQkmrYMSha_ck","publicKeyMultibase":"#
                + #""z6MkvDqGT54cXesYGvABpF1UapVNwjCqRcafi4Px6Thv5T3Z","type":"Multikey"}]}"#
        )
    }

    @Test func `a key without a Multikey form or a kid used twice makes no document`() throws {
        #expect(
            DIDWeb.document(domain: "a.example", keys: [.init(kid: "1", key: .rsa([1]))]) == nil
        )
        let key = Ed25519Key().publicKey
        let named = DIDWeb.NamedKey(kid: "1", key: key)
        #expect(DIDWeb.document(domain: "a.example", keys: [named, named]) == nil)
        #expect(DIDWeb.document(domain: "a.example", keys: []) != nil)
    }
}

@Suite struct DIDDocumentTests {
    private static let key: JSON = [
        "id": "#key-1", "type": "Multikey", "controller": "did:example:a",
        "publicKeyMultibase": "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
    ]

    private func document(_ method: JSON) throws -> DIDDocument {
        try DIDDocument(["id": "did:example:a", "verificationMethod": [method]])
    }

    @Test func `relative ids and references are completed with the document's id`() throws {
        let document = try DIDDocument([
            "id": "did:example:a", "verificationMethod": [Self.key], "assertionMethod": ["#key-1"],
        ])
        #expect(document.method("did:example:a#key-1") != nil)
        #expect(document.allows("did:example:a#key-1", for: .assertionMethod))
        #expect(document.method("#key-1") == nil)
    }

    @Test func `a method embedded in one relationship is allowed only there`() throws {
        let document = try DIDDocument(["id": "did:example:a", "authentication": [Self.key]])
        #expect(document.method("did:example:a#key-1")?.key != nil)
        #expect(document.allows("did:example:a#key-1", for: .authentication))
        #expect(!document.allows("did:example:a#key-1", for: .assertionMethod))
    }

    @Test(arguments: ["JsonWebKey", "JsonWebKey2020"])
    func `a JWK is read without its private part only`(type: String) throws {
        var method = Self.key.setting(["publicKeyMultibase"], to: nil)
            .setting(["type"], to: .string(type))
        let jwk: JSON = [
            "kty": "OKP", "crv": "Ed25519", "x": "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik",
        ]
        method = method.setting(["publicKeyJwk"], to: jwk)
        #expect(try document(method).verificationMethods[0].key != nil)
        let leaking = method.setting(["publicKeyJwk", "d"], to: "AA")
        #expect(try document(leaking).verificationMethods[0].key == nil)
    }

    @Test func `Ed25519VerificationKey2020 holds nothing but Ed25519`() throws {
        let method = Self.key.setting(["type"], to: "Ed25519VerificationKey2020")
        #expect(try document(method).verificationMethods[0].key != nil)
        let p256 = method.setting(
            ["publicKeyMultibase"],
            to: "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"
        )
        #expect(try document(p256).verificationMethods[0].key == nil)
    }

    @Test func `a method of an unknown type or with two keys is kept but unusable`() throws {
        let foreign = Self.key.setting(["type"], to: "Quantum2030")
        #expect(
            try document(foreign).verificationMethods[0].material
                == .unusable("the type Quantum2030 is not supported")
        )
        let twice = Self.key.setting(["publicKeyJwk"], to: [:])
        #expect(try document(twice).verificationMethods[0].key == nil)
    }

    @Test(arguments: [
        ("[]", ""), ("{}", "/id"), (#"{"id":"a"}"#, "/id"),
        (#"{"id":"did:a:b","verificationMethod":{}}"#, "/verificationMethod"),
        (#"{"id":"did:a:b","verificationMethod":["x"]}"#, "/verificationMethod/0"),
        (#"{"id":"did:a:b","assertionMethod":[1]}"#, "/assertionMethod/0"),
        (#"{"id":"did:a:b","verificationMethod":[{}]}"#, "/verificationMethod/0/id"),
        (#"{"id":"did:a:b","verificationMethod":[{"id":"k"}]}"#, "/verificationMethod/0/id"),
        (
            ##"{"id":"did:a:b","verificationMethod":[{"id":"#k","type":"T"}]}"##,
            "/verificationMethod/0/controller"
        ),
        (
            ##"{"id":"did:a:b","verificationMethod":[{"id":"#k","type":"T","controller":"did:a:b","revoked":"x"}]}"##,
            "/verificationMethod/0/revoked"
        ),
        (
            ##"{"id":"did:a:b","verificationMethod":[{"id":"#k","type":"T","controller":"did:a:b"},{"id":"did:a:b#k","type":"T","controller":"did:a:b"}]}"##,
            "/verificationMethod/1/id"
        ),
    ])
    func `a document that breaks the rules is refused with a pointer`(
        text: String,
        pointer: String
    ) throws {
        let json = try JSON.read(Array(text.utf8))
        let error = #expect(throws: DIDDocumentError.self) { try DIDDocument(json) }
        #expect(error?.pointer == pointer)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func `256 methods are read and 257 are refused`() throws {
        func json(_ count: Int) -> JSON {
            let methods = (0..<count).map { Self.key.setting(["id"], to: .string("#k\($0)")) }
            return ["id": "did:example:a", "verificationMethod": .array(methods)]
        }
        #expect(try DIDDocument(json(256)).verificationMethods.count == 256)
        #expect(throws: DIDDocumentError.self) { try DIDDocument(json(257)) }
    }
}
