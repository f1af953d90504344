import Keys
import Testing
import TransparencyLog

@Suite struct `Signed notes` {
    private static let line = Fixtures.line

    @Test func `a note is split into text and signatures`() throws {
        let bytes = Array("first\n\nsecond\n\n— a.example/x AAAAAAE=\n— b AQIDBAUG\n".utf8)
        let note = try SignedNote(bytes)
        #expect(note.bytes == bytes)
        #expect(note.text == Array("first\n\nsecond\n".utf8))
        #expect(note.signatures.map(\.name) == ["a.example/x", "b"])
        #expect(note.signatures.map(\.keyID) == [0, 0x0102_0304])
        #expect(note.signatures.map(\.signature) == [[1], [5, 6]])
        #expect(note.signatures.flatMap(\.line) == Array(bytes.dropFirst(note.text.count + 1)))
        #expect(try SignedNote(text: note.text, signatures: note.signatures) == note)
    }

    @Test func `text may look like signatures and hold any printable character`() throws {
        let text = "\u{7f}\u{85}é 😊\n\n\(Self.line)\n— name AAAAAAE=\n"
        let note = try SignedNote(Array((text + "\n" + Self.line).utf8))
        #expect(note.text == Array(text.utf8))
        #expect(note.signatures.count == 1)
        #expect(try SignedNote(Array("\n\n\(Self.line)".utf8)).text == [0x0a])
    }

    static let malformed: [(text: String, error: NoteError)] = [
        ("", .noSignatureBlock), ("\n", .noSignatureBlock), ("\n\n", .noSignatureBlock),
        ("text", .noSignatureBlock), ("text\n", .noSignatureBlock),
        ("text\n\n", .noSignatureBlock), ("text\n\(line)", .noSignatureBlock),
        ("\n\(line)", .noSignatureBlock), (line, .noSignatureBlock),
        ("text\n\n\(line)\n", .noSignatureBlock), ("text\n\n\(line)\n\n", .noSignatureBlock),
        ("text\n\n— name AAAAAAE=", .missingFinalNewline), ("text\n\nx", .missingFinalNewline),
        ("te\u{0}xt\n\n\(line)", .controlCharacter(0)),
        ("te\txt\n\n\(line)", .controlCharacter(9)),
        ("text\r\n\r\n— name AAAAAAE=\r\n", .controlCharacter(0x0d)),
        ("text\n\n— name AAAAAAE=\r\n", .controlCharacter(0x0d)),
        ("text\u{1b}[0m\n\n\(line)", .controlCharacter(0x1b)),
        ("te\u{1f}xt\n\n\(line)", .controlCharacter(0x1f)),
    ]

    @Test(arguments: malformed)
    func `what is no note is refused with its reason`(text: String, error: NoteError) {
        #expect(Fixtures.noteError(text) == error)
    }

    @Test(arguments: [
        "- name AAAAAAE=", "– name AAAAAAE=", "—name AAAAAAE=", "—\u{a0}name AAAAAAE=",
        " — name AAAAAAE=", "—  AAAAAAE=", "— name", "— name ", "—", "— ", "junk",
        "— na+me AAAAAAE=", "— na\u{2003}me AAAAAAE=", "— na\u{85}me AAAAAAE=",
        "— na me AAAAAAE=", "— name AAAAAAE= ", "— name  AAAAAAE=", "— name AAAAAAE= x",
        "— name AAAAAAE", "— name AAAAAAF=", "— name AAAAAA==", "— name AAAA", "— name AA-_AAE=",
        "— name AAAAAAE=—",
    ])
    func `a malformed signature line is refused`(_ line: String) {
        for block in ["\(line)\n", "\(Self.line)\(line)\n", "\(line)\n\(Self.line)"] {
            guard case .malformedSignature = Fixtures.noteError("text\n\n\(block)") else {
                Issue.record("accepted or another reason: \(block)")
                continue
            }
        }
    }

    @Test func `a note that is not UTF-8 is refused`() {
        let tail = Array("\n\n\(Self.line)".utf8)
        #expect(Fixtures.noteError([0xff] + tail) == .notUTF8)
        #expect(Fixtures.noteError([0x61, 0xc3] + tail) == .notUTF8)
        #expect(Fixtures.noteError([0xed, 0xa0, 0x80] + tail) == .notUTF8)
    }

    @Test func `sixteen signatures are read and the seventeenth is refused`() throws {
        let sixteen = "text\n\n" + String(repeating: Self.line, count: 16)
        #expect(try SignedNote(Array(sixteen.utf8)).signatures.count == 16)
        #expect(Fixtures.noteError(sixteen + Self.line) == .tooManySignatures(limit: 16))
    }

    @Test func `64 KiB are read and one byte more is refused`() throws {
        let tail = "\n\n" + Self.line
        let fill = String(repeating: "a", count: 65_536 - tail.utf8.count)
        #expect(try SignedNote(Array((fill + tail).utf8)).bytes.count == 65_536)
        #expect(Fixtures.noteError("a" + fill + tail) == .tooLarge(limit: 65_536))
    }

    @Test func `adding leaves out what is there and keeps the limit`() throws {
        let note = try SignedNote(Array("text\n\n\(Self.line)".utf8))
        let other = NoteSignature(name: "other", keyID: 5, signature: [1])
        let both = try note.adding([other, note.signatures[0]])
        #expect(both.signatures == note.signatures + [other])
        #expect(both.text == note.text)
        #expect(try both.adding([other]) == both)
        let many = (0..<16).map { NoteSignature(name: "k\($0)", keyID: 1, signature: [1]) }
        #expect(throws: NoteError.tooManySignatures(limit: 16)) { try note.adding(many) }
    }

    @Test func `a note that could not be read again is not composed`() {
        let good = NoteSignature(name: "name", keyID: 0, signature: [1])
        func error(_ text: String, _ signatures: [NoteSignature]) -> NoteError? {
            do throws(NoteError) {
                _ = try SignedNote(text: Array(text.utf8), signatures: signatures)
                return nil
            } catch { return error }
        }
        #expect(error("text\n", [good]) == nil)
        #expect(error("text\n", []) == .noSignatureBlock)
        #expect(error("text", [good]) == .noSignatureBlock)
        #expect(error("te\rxt\n", [good]) == .controlCharacter(0x0d))
        for name in ["", "a b", "a+b", "a\u{a0}b"] {
            let bad = NoteSignature(name: name, keyID: 0, signature: [1])
            #expect(error("text\n", [bad]) != nil, "\(name)")
        }
        #expect(error("text\n", [NoteSignature(name: "a", keyID: 0, signature: [])]) != nil)
    }

    @Test func `a damaged note is refused or read back byte for byte`() throws {
        let bytes = try Fixtures.checkpoint().note.bytes
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                guard let note = try? SignedNote(changed) else { continue }
                let lines = note.signatures.flatMap(\.line)
                #expect(note.text + [0x0a] + lines == changed)
                #expect(throws: NoteError.self) {
                    try VerifiedCheckpoint(note, key: Fixtures.signer().key)
                }
            }
        }
    }
}
