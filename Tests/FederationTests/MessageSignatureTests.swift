import CanonicalJSON
import Federation
import Foundation
import Keys
import Testing

/// One key, and the message that most tests sign.
enum SampleMessage {
    static let now = Instant(secondsSince1970: 1_795_456_800)
    static let nonce = "0123456789abcdef"
    static let body = Array("hello".utf8)
    static let target = RequestTarget(
        method: "PUT",
        nodeURL: "https://node.uni-b.example:8443",
        path: "/v1/blobs/sha256/00?x=1"
    )

    static func key() throws -> Ed25519Key {
        try #require(Ed25519Key(seed: Array(repeating: 7, count: 32)))
    }

    static func kid() throws -> String { try #require(JWK.thumbprint(key().publicKey)) }

    static func signed(
        _ target: RequestTarget = target,
        body: [UInt8] = body,
        nonce: String = nonce,
        at time: Instant = now
    ) throws -> MessageSignature {
        try MessageSignature(
            signing: target,
            body: body,
            by: key(),
            kid: kid(),
            nonce: nonce,
            at: time
        )
    }
}

@Suite struct `A signature base` {
    private let input = StructuredField.dictionary(
        #"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")"#
            + #";created=1618884473;keyid="test-key-ed25519""#
    )
    private let values = [
        "\"date\"": "Tue, 20 Apr 2021 02:07:55 GMT", "\"@method\"": "POST", "\"@path\"": "/foo",
        "\"@authority\"": "example.com", "\"content-type\"": "application/json",
        "\"content-length\"": "18",
    ]

    private func parsed() throws -> SignatureInput {
        guard case .innerList(let items, let parameters)? = input?["sig-b26"] else {
            throw Problem(.malformedRequest, "no inner list")
        }
        return SignatureInput(items, parameters)
    }

    @Test func `is the one of RFC 9421 appendix B.2.6, and so is the signature`() throws {
        let base = try #require(try parsed().base { values[$0] })
        #expect(
            String(decoding: base, as: UTF8.self) == """
                "date": Tue, 20 Apr 2021 02:07:55 GMT
                "@method": POST
                "@path": /foo
                "@authority": example.com
                "content-type": application/json
                "content-length": 18
                "@signature-params": ("date" "@method" "@path" "@authority" "content-type" \
                "content-length");created=1618884473;keyid="test-key-ed25519"
                """
        )
        let signature = try #require(
            Base64.decode(
                "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
            )
        )
        let key = try #require(Base64.decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="))
        #expect(PublicKey.ed25519(key).isValid(signature: signature, over: base))
    }

    @Test func `needs a value without line breaks for every component, each once`() throws {
        let item = StructuredField.Item(.string("@method"))
        #expect(SignatureInput([item], []).base { _ in nil } == nil)
        #expect(SignatureInput([item], []).base { _ in "a\nb" } == nil)
        #expect(SignatureInput([item, item], []).base { _ in "GET" } == nil)
        #expect(SignatureInput([.init(.token("method"))], []).base { _ in "GET" } == nil)
    }
}

@Suite struct `Structured fields` {
    @Test(arguments: [
        "a=1, b=(\"x\";req \"y\");c=\"d\\\"\\\\\", e=:AQI=:, f, g;h=?0, i=tok/en:*", "a=(  )",
        "*a-b_c.d=-12", "a=1 ,\tb=2",
    ])
    func `in their many forms are read`(_ text: String) {
        #expect(StructuredField.dictionary(text) != nil)
    }

    @Test(arguments: [
        "a=", "A=1", "a=1,", "a=1 b=2", ",a=1", "a=(\"x\"", "a=(\"x\"\"y\")", "a=\"x", "a=\"\\n\"",
        "a=\"\u{7f}\"", "a=:A:", "a=:AQ==", "a=:AQI:", "a=1.5", "a=1234567890123456", "a=-",
        "a=1;b=1;b=2", "a=1, a=2", "a=?2", "a=@1", "a=1;", "a=1; =2", "a=(1;x=)", "é=1", "a==1",
    ])
    func `that are malformed are not`(_ text: String) {
        #expect(StructuredField.dictionary(text) == nil)
    }

    @Test func `may have 4096 bytes and not one more`() {
        let atLimit = "a=\"" + String(repeating: "x", count: 4092) + "\""
        #expect(StructuredField.dictionary(atLimit) != nil)
        #expect(StructuredField.dictionary(atLimit + " ") == nil)
    }

    @Test func `are written in one form`() {
        let items: [StructuredField.Item] = [
            .init(.string("a\"\\"), [.init("req", .boolean(true)), .init("n", .integer(-1))]),
            .init(.boolean(false)), .init(.bytes([1, 2])), .init(.token("t")),
        ]
        #expect(
            StructuredField.text(of: items, [.init("k", .string("v"))])
                == #"("a\"\\";req;n=-1 ?0 :AQI=: t);k="v""#
        )
    }
}

@Suite struct `A signed request` {
    private func verify(
        _ signature: MessageSignature,
        _ target: RequestTarget = SampleMessage.target,
        at now: Instant = SampleMessage.now
    ) throws -> Problem? {
        let key = try SampleMessage.key().publicKey
        return problem { () throws(Problem) in
            try ClaimedSignature(signature).verify(target, by: key, at: now)
        }
    }

    @Test func `is written to the byte`() throws {
        let signed = try SampleMessage.signed()
        #expect(
            signed.input
                == #"eccoe=("@method" "@target-uri" "content-digest");created=1795456800;"#
                + #"expires=1795457100;nonce="0123456789abcdef";keyid="\#(try SampleMessage.kid())";"#
                + #"alg="ed25519";tag="eccoe-v1""#
        )
        #expect(
            signed.contentDigest == "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:"
        )
        let base = """
            "@method": PUT
            "@target-uri": https://node.uni-b.example:8443/v1/blobs/sha256/00?x=1
            "content-digest": \(signed.contentDigest)
            "@signature-params": \(signed.input.dropFirst(6))
            """
        let text = signed.signature.dropFirst(7).dropLast()
        let signature = try #require(Base64.decode(text))
        #expect(
            try SampleMessage.key().publicKey.isValid(signature: signature, over: Array(base.utf8))
        )
    }

    @Test func `is verified, and says who, when and what`() throws {
        let signed = try SampleMessage.signed()
        #expect(try verify(signed) == nil)
        let claimed = try ClaimedSignature(signed)
        #expect(claimed.kid == (try SampleMessage.kid()))
        #expect(claimed.nonce == SampleMessage.nonce)
        #expect(claimed.created == SampleMessage.now)
        #expect(
            problem { () throws(Problem) in try claimed.check(body: SampleMessage.body) } == nil)
        let other = problem { () throws(Problem) in try claimed.check(body: []) }
        #expect(other?.status == 401)
        #expect(other?.pointer == "content-digest")
    }

    @Test func `is good for one method, one address and one path`() throws {
        let signed = try SampleMessage.signed()
        let url = "https://node.uni-b.example:8443"
        let path = "/v1/blobs/sha256/00?x=1"
        for target in [
            RequestTarget(method: "POST", nodeURL: url, path: path),
            RequestTarget(method: "PUT", nodeURL: "https://node.uni-c.example:8443", path: path),
            RequestTarget(method: "PUT", nodeURL: "https://node.uni-b.example", path: path),
            RequestTarget(method: "PUT", nodeURL: url, path: "/v1/blobs/sha256/00"),
        ] {
            let found = try verify(signed, target)
            #expect(found?.slug == .unauthenticated)
            #expect(found?.detail.contains(target.uri) == true)
        }
        let same = RequestTarget(
            method: "PUT", nodeURL: "https://Node.Uni-B.example:8443/", path: path)
        #expect(try verify(signed, same) == nil)
        #expect(
            RequestTarget(method: "GET", nodeURL: "https://a.example:443", path: "/").uri
                == "https://a.example/"
        )
    }

    @Test func `of a clock 300 s off is taken, and of one 301 s off is told apart`() throws {
        for seconds: Int64 in [-300, 0, 299] {
            let signed = try SampleMessage.signed(at: SampleMessage.now + seconds)
            let found = try verify(signed)
            #expect((found == nil) == (seconds > -300))
            if seconds == -300 { #expect(found?.detail.hasPrefix("the signature expired") == true) }
        }
        #expect(try verify(SampleMessage.signed(at: SampleMessage.now + 300)) == nil)
        for seconds: Int64 in [-301, 301, 1 << 40] {
            let found = try verify(SampleMessage.signed(at: SampleMessage.now + seconds))
            #expect(found?.slug == .clockSkew)
            #expect(found?.status == 401)
        }
    }

    @Test(arguments: [
        ("eccoe=", "other="), ("\"@method\" ", ""), (" \"content-digest\"", ""),
        ("\"@method\"", "\"@method\" \"@method\""), ("\"@method\"", "\"@method\" \"@path\""),
        ("\"@method\"", "\"@method\";req"), ("created=1795456800;", ""),
        ("expires=1795457100;", ""), ("expires=1795457100", "expires=1795457101"),
        ("expires=1795457100", "expires=1795456799"), ("expires=1795457100", "expires=\"x\""),
        ("nonce=\"0123456789abcdef\";", ""), ("0123456789abcdef", "0123456789abcde"),
        ("alg=\"ed25519\"", "alg=\"ecdsa-p256-sha256\""), ("alg=\"ed25519\";", ""),
        ("eccoe-v1", "eccoe-v2"), ("(", ""), ("keyid=", "kid="),
    ])
    func `with another input is refused`(_ change: (String, String)) throws {
        let signed = try SampleMessage.signed()
        let input = signed.input.replacing(change.0, with: change.1)
        #expect(input != signed.input)
        let found = try verify(
            MessageSignature(
                contentDigest: signed.contentDigest,
                input: input,
                signature: signed.signature
            )
        )
        #expect(found?.slug == .unauthenticated)
        #expect(found?.remedy != nil)
    }

    @Test func `may carry other people's signatures and digests beside`() throws {
        let signed = try SampleMessage.signed()
        let fields = MessageSignature(
            contentDigest: signed.contentDigest,
            input: "proxy=(\"@authority\");created=1, " + signed.input,
            signature: signed.signature + ", proxy=:AAAA:"
        )
        #expect(try verify(fields) == nil)
    }

    @Test func `whose fields are missing or damaged is refused`() throws {
        let signed = try SampleMessage.signed()
        for name in ["signature", "content-digest"] {
            let found = problem { () throws(Problem) in
                _ = try MessageSignature { field in
                    field == name ? nil : signed.fields.first { $0.name == field }?.value
                }
            }
            #expect(found?.status == 401)
        }
        #expect(try MessageSignature { _ in nil } == nil)
        for digest in ["", "sha-512=:AAAA:", "sha-256=:AAAA:", "sha-256=AAAA", "sha-256"] {
            let damaged = MessageSignature(
                contentDigest: digest,
                input: signed.input,
                signature: signed.signature
            )
            #expect(try verify(damaged)?.pointer == "content-digest")
        }
        for signature in ["", "eccoe=1", "eccoe=:AA==:", "eccoe=(:AA==:)"] {
            let damaged = MessageSignature(
                contentDigest: signed.contentDigest,
                input: signed.input,
                signature: signature
            )
            #expect(try verify(damaged)?.pointer == "signature")
        }
    }

    @Test func `is answered with a signature that binds the answer to it`() throws {
        let request = try ClaimedSignature(SampleMessage.signed())
        let other = try ClaimedSignature(SampleMessage.signed(nonce: "fedcba9876543210"))
        let key = try SampleMessage.key()
        let answer = try ClaimedSignature(
            MessageSignature(
                signing: 200,
                body: [1],
                answering: request,
                to: SampleMessage.target,
                by: key,
                kid: SampleMessage.kid(),
                at: SampleMessage.now
            )
        )
        func check(_ status: Int, _ request: ClaimedSignature, after seconds: Int64) -> Problem? {
            problem { () throws(Problem) in
                try answer.verify(
                    status: status,
                    answering: request,
                    to: SampleMessage.target,
                    by: key.publicKey,
                    at: SampleMessage.now + seconds
                )
            }
        }
        #expect(check(200, request, after: 300) == nil)
        #expect(check(201, request, after: 0)?.slug == .unauthenticated)
        #expect(check(200, other, after: 0)?.slug == .unauthenticated)
        #expect(check(200, request, after: 301)?.slug == .clockSkew)
        #expect(problem { () throws(Problem) in try answer.check(body: [2]) } != nil)
    }
}

@Suite struct `A nonce` {
    private let start = SampleMessage.now

    @Test func `counts once for each key, as long as a signature may hold`() {
        var cache = NonceCache()
        #expect(cache.admit("n", of: "a", at: start) == .fresh)
        #expect(cache.admit("n", of: "b", at: start) == .fresh)
        for seconds: Int64 in [0, 300, 599, 600] {
            #expect(cache.admit("n", of: "a", at: start + seconds) == .replayed)
        }
        #expect(cache.admit("n", of: "a", at: start + 1200) == .fresh)
    }

    @Test func `beyond 8192 of one key is refused until time has passed`() {
        var cache = NonceCache()
        for number in 0..<NonceCache.maximumOfKey {
            #expect(cache.admit("\(number)", of: "a", at: start) == .fresh)
        }
        #expect(cache.admit("more", of: "a", at: start) == .full)
        #expect(cache.admit("more", of: "b", at: start) == .fresh)
        #expect(cache.admit("0", of: "a", at: start) == .replayed)
        #expect(cache.admit("more", of: "a", at: start + 1200) == .fresh)
    }
}
