import CanonicalJSON
import Keys
import Testing

@testable import MemberRegistry

/// Keys and signatures over `{"a":1}` that securesystemslib 1.6.0 made.
enum SecureSystemsLib {
    static let ecdsa = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbrYbGSbhoarpTakw8liVJYlNI2Eo
        VlUx84/IvY4w61bkIdQ+HVjwJXNSGo9PtETIe+dS3VCPyUy7XO4Cb0vh6g==
        -----END PUBLIC KEY-----

        """
    static let ecdsaKeyID = "9581f5edf06804145ebf910d5923246e7d00bace680c860cd7e0d8799e5038de"
    static let ecdsaSignature =
        "30450220070398a3011e768e8348544bbd087d9ba90cea2398abb7d74f8ba6469e0c9b7b022100a2"
        + "a4f2d3f0ab45fe0d6096affe5154d11526e1306349e47ca1c52a98766f2cf4"
    static let rsa = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0zwh1HE9yKkb2geShMM1
        JvFhviJ66GdvwZ+ZaWhtwENMNRL3mJjrPcgAqwzMcST5Kjq3167rpUKVCXkiSXkO
        UR+eGbp7m5XAWJR7fate8uA2YIPq18XNgI5IaCjJkHhw2VYwElccwrKlB8ek5V9N
        P9a9yxtEgrdys6plUIMOhqL7B85+D6Jq3ZEtStT2bJv10jYrD3nN0A6W0MEmhLec
        W8oJl7KwX2gZqU5L5FIZkLf5fd7fcBgFdQR2kj39A2x5o20B7NpewtRIBQFIFv8U
        OSZnqkmDG4gtz2SRcYJfwJvKFtiM/rZDqZ8XGjClLUlF/fiTJzJf4Yxl5utL9q3O
        HwIDAQAB
        -----END PUBLIC KEY-----

        """
    static let rsaKeyID = "dc53155ef97d2fb47fd2e3c104e4ef0c23a5d749f995e1c4b3b2b93d26892869"
    static let rsaSignature =
        "4c0c9bc7c5d99f073c1454aca42c34644296fe96c6e53f39ab3a62098db05bc145a7e63b2f7ee627"
        + "6745908670e809787033030ec66d9376e7bd39d85460e38efc1b96fe32c51d1cc273fa963fb58585"
        + "b8d995343856c16bfc7759817650670ed34bf602dadccae54670d4197e557004a1d802214b00e46c"
        + "dff2400f953cf7bb8cc32340a9203f6a9c1b34699560d4bdaa0439dca6041faf70c191402da1c3fc"
        + "c7b646855930debf74e230b9dd592991b031d85936985fc3bd239dbe83ebe27f5ffd1776cf2412b2"
        + "e6b840c416d29061807130c04831960b7dfe9d7e148c4c89edd26860412f3421ab7b3fc7f0ac37f1"
        + "8ca0d3b5cf8d9f208d552099e4c76197"

    static func key(_ type: String, _ scheme: String, _ pem: String, id: String) throws -> RoleKey {
        let written: JSON = [
            "keytype": .string(type), "scheme": .string(scheme),
            "keyval": ["public": .string(pem)],
        ]
        return try RoleKey(keyID: id, ObjectReader(written, at: ""))
    }

    static func envelope(_ signatures: [(String, String)]) throws -> MetadataEnvelope {
        let written: [JSON] = signatures.map { ["keyid": .string($0.0), "sig": .string($0.1)] }
        let value: JSON = ["signed": ["a": 1], "signatures": .array(written)]
        return try MetadataEnvelope(value.canonicalBytes, limits: .standard)
    }
}

@Suite struct `Signatures on metadata` {
    private static let keys = Result {
        [
            try SecureSystemsLib.key(
                "ecdsa",
                "ecdsa-sha2-nistp256",
                SecureSystemsLib.ecdsa,
                id: SecureSystemsLib.ecdsaKeyID
            ),
            try SecureSystemsLib.key(
                "rsa",
                "rsassa-pss-sha256",
                SecureSystemsLib.rsa,
                id: SecureSystemsLib.rsaKeyID
            ),
        ]
    }

    private static let good = [
        (SecureSystemsLib.ecdsaKeyID, SecureSystemsLib.ecdsaSignature),
        (SecureSystemsLib.rsaKeyID, SecureSystemsLib.rsaSignature),
    ]

    private func signers(_ signatures: [(String, String)]) throws -> Int {
        RoleKeys(keys: try Self.keys.get(), threshold: 1)
            .signers(of: try SecureSystemsLib.envelope(signatures))
    }

    @Test func `ECDSA in DER and RSA-PSS count, each for its own key`() throws {
        #expect(try signers(Self.good) == 2)
        #expect(try signers([Self.good[0]]) == 1)
        #expect(try signers([Self.good[1]]) == 1)
        #expect(try signers([(Self.good[0].0, Self.good[1].1)]) == 0)
        #expect(try signers([(Self.good[0].0, "not hexadecimal")]) == 0)
        #expect(try signers([(Self.good[0].0, "")]) == 0)
    }

    @Test func `a key id is the hash of the key object for every kind`() throws {
        for key in try Self.keys.get() {
            #expect(key.keyID == Digest(of: try key.written.olpcBytes()).hex)
        }
    }

    @Test func `a key of an unknown scheme is read and never counts`() throws {
        let key = try SecureSystemsLib.key(
            "ecdsa",
            "ecdsa-sha2-nistp384",
            SecureSystemsLib.ecdsa,
            id: "x"
        )
        #expect(key.publicKey == nil)
        let envelope = try SecureSystemsLib.envelope([("x", SecureSystemsLib.ecdsaSignature)])
        #expect(RoleKeys(keys: [key], threshold: 1).signers(of: envelope) == 0)
    }

    @Test func `a second signature with one key id makes the file unreadable`() {
        let error = #expect(throws: DocumentError.self) {
            try SecureSystemsLib.envelope([Self.good[0], Self.good[0]])
        }
        #expect(error?.place == "/signatures/1/keyid")
    }
}

@Suite struct `Reading metadata` {
    struct Change: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let place: String?
        let change: @Sendable (inout JSONObject) -> Void

        init(
            _ name: String,
            _ place: String?,
            _ change: @escaping @Sendable (inout JSONObject) -> Void
        ) {
            testDescription = name
            self.place = place
            self.change = change
        }
    }

    private static func role(_ ids: JSON, _ threshold: JSON) -> JSON {
        ["keyids": ids, "threshold": threshold]
    }

    private static func delegation(_ name: String, _ more: [(String, JSON)]) -> JSON {
        var role = JSONObject()
        role["name"] = .string(name)
        role["keyids"] = []
        role["threshold"] = 1
        for (name, value) in more { role[name] = value }
        return .object(role)
    }

    private static func setDelegations(_ object: inout JSONObject, _ roles: [JSON]) {
        object["delegations"] = ["keys": [:], "roles": .array(roles)]
    }

    static let ofTargets: [Change] = [
        Change("unchanged", nil) { _ in },
        Change("an unknown member", nil) { $0["x-more"] = "ignored" },
        Change("a snapshot", "/signed/_type") { $0["_type"] = "snapshot" },
        Change("TUF 2", "/signed/spec_version") { $0["spec_version"] = "2.0.0" },
        Change("TUF 1.0", nil) { $0["spec_version"] = "1.0" },
        Change("TUF one", "/signed/spec_version") { $0["spec_version"] = "one" },
        Change("version 0", "/signed/version") { $0["version"] = 0 },
        Change("a version in quotes", "/signed/version") { $0["version"] = "1" },
        Change("no expiry", "/signed/expires") { $0["expires"] = nil },
        Change("an expiry with a fraction", "/signed/expires") {
            $0["expires"] = "2030-01-01T00:00:00.5Z"
        },
        Change("a target without hash", "/signed/targets/x/hashes") {
            $0["targets"] = ["x": ["length": 1]]
        },
        Change("a target without SHA-256", "/signed/targets/x/hashes/sha256") {
            $0["targets"] = ["x": ["length": 1, "hashes": ["sha512": "00"]]]
        },
        Change("a path that is not ASCII", "/signed/targets/\u{e9}") {
            $0["targets"] = ["\u{e9}": ["length": 1, "hashes": [:]]]
        },
        Change("a delegation of paths", nil) {
            setDelegations(&$0, [delegation("a", [("paths", ["x/*"])])])
        },
        Change("a delegation of hashes", nil) {
            setDelegations(&$0, [delegation("a", [("path_hash_prefixes", ["0", "f"])])])
        },
        Change("a delegation of both", "/signed/delegations/roles/0/paths") {
            setDelegations(
                &$0,
                [delegation("a", [("paths", ["x"]), ("path_hash_prefixes", ["0"])])]
            )
        },
        Change("a delegation of neither", "/signed/delegations/roles/0/paths") {
            setDelegations(&$0, [delegation("a", [])])
        },
        Change("a role twice", "/signed/delegations/roles/1/name") {
            let role = delegation("a", [("paths", ["x/*"])])
            setDelegations(&$0, [role, role])
        },
        Change("a delegation to the root", "/signed/delegations/roles/0/name") {
            setDelegations(&$0, [delegation("root", [("paths", ["x/*"])])])
        },
        Change("a threshold of 0", "/signed/delegations/roles/0/threshold") {
            setDelegations(&$0, [delegation("a", [("paths", ["x/*"]), ("threshold", 0)])])
        },
        Change("a key id twice", "/signed/delegations/roles/0/keyids/1") {
            setDelegations(&$0, [delegation("a", [("paths", ["x/*"]), ("keyids", ["k", "k"])])])
        },
    ]

    @Test(arguments: ofTargets)
    func `a targets file is read, or refused with the place`(change: Change) throws {
        let good = TargetsMetadata(
            version: 1,
            expires: TestTime.start,
            targets: [:],
            delegations: []
        )
        var object = try #require(good.signed.object)
        change.change(&object)
        let bytes = MetadataSigning.unsigned(.object(object))
        guard let place = change.place else {
            let envelope = try MetadataEnvelope(bytes, limits: .standard)
            #expect(try TargetsMetadata(envelope, limits: .standard).version == 1)
            return
        }
        let error = #expect(throws: DocumentError.self) {
            try TargetsMetadata(MetadataEnvelope(bytes, limits: .standard), limits: .standard)
        }
        #expect(error?.place == place)
    }

    @Test func `10,000 targets are read and one more is refused`() throws {
        let description = TargetDescription(of: [], custom: nil)
        var targets: [String: TargetDescription] = [:]
        for number in 0..<10_000 { targets["t\(number)"] = description }
        func read() throws -> Int {
            let metadata = TargetsMetadata(
                version: 1,
                expires: TestTime.start,
                targets: targets,
                delegations: []
            )
            let bytes = MetadataSigning.unsigned(metadata.signed)
            let envelope = try MetadataEnvelope(bytes, limits: .standard)
            return try TargetsMetadata(envelope, limits: .standard).targets.count
        }
        #expect(try read() == 10_000)
        targets["one more"] = description
        #expect(throws: DocumentError.self) { try read() }
    }

    @Test func `1,024 delegations are read and one more is refused`() throws {
        let keys = RoleKeys(keys: [], threshold: 1)
        func read(_ count: Int) throws -> Int {
            let metadata = TargetsMetadata(
                version: 1,
                expires: TestTime.start,
                targets: [:],
                delegations: (0..<count).map { DelegatedRole(body: "b\($0)", keys: keys) }
            )
            let envelope = try MetadataEnvelope(
                MetadataSigning.unsigned(metadata.signed),
                limits: .standard
            )
            return try TargetsMetadata(envelope, limits: .standard).delegations.count
        }
        #expect(try read(1_024) == 1_024)
        let error = #expect(throws: DocumentError.self) { try read(1_025) }
        #expect(error?.place == "/signed/delegations/roles")
    }

    @Test func `a root must name the keys of all four roles`() throws {
        let root = RootMetadata(
            version: 1,
            expires: TestTime.start,
            roles: try TestRegistry.topLevel().roles()
        )
        for role in ["root", "targets", "snapshot", "timestamp"] {
            var object = try #require(root.signed.object)
            var roles = try #require(object["roles"]?.object)
            roles[role] = nil
            object["roles"] = .object(roles)
            let bytes = MetadataSigning.unsigned(.object(object))
            let error = #expect(throws: DocumentError.self) {
                try RootMetadata(MetadataEnvelope(bytes, limits: .standard))
            }
            #expect(error?.place == "/signed/roles/\(role)")
        }
    }
}
