import Federation
import Keys
import Testing
import TransparencyLog

@Suite struct `An add-checkpoint request` {
    private let log: SampleLog

    init() throws {
        log = try SampleLog(size: 8)
    }

    private func request(_ old: Int, _ new: Int) throws -> AddCheckpoint {
        AddCheckpoint(
            oldSize: old,
            proof: try log.proof(old, new),
            note: try log.head(new).note
        )
    }

    private func refusal(_ text: String) -> Problem? {
        problem { () throws(Problem) in _ = try AddCheckpoint(Array(text.utf8)) }
    }

    private func note() throws -> String {
        String(decoding: try log.head(8).note.bytes, as: UTF8.self)
    }

    @Test func `is written line by line and read back`() throws {
        let request = try request(3, 8)
        let lines = String(decoding: request.bytes, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(lines[0] == "old 3")
        #expect(lines[1...4].elementsEqual(try log.proof(3, 8).map { Substring($0.base64) }))
        #expect(lines[5] == "")
        #expect(lines[6] == "uni-a.example/eccoe/1")
        #expect(try AddCheckpoint(request.bytes) == request)
    }

    @Test func `without a proof is read back`() throws {
        let request = try request(0, 8)
        #expect(request.proof.isEmpty)
        #expect(try AddCheckpoint(request.bytes) == request)
    }

    @Test(arguments: [
        "", "\n", "new 0\n\n", "old\n\n", "old \n\n", "old -1\n\n", "old +1\n\n", "old 01\n\n",
        "old 1 \n\n", "old  1\n\n", "old x\n\n", "Old 1\n\n", "old 9223372036854775808\n\n",
        "old -0\n\n", "old ٣\n\n",
    ])
    func `needs an old size on its first line`(_ start: String) throws {
        let found = refusal(start + (try note()))
        #expect(found?.status == 400)
        #expect(found?.pointer == "line 1")
    }

    @Test(arguments: [
        "x", "AAAA", SampleLeaf.hex, " " + SampleLeaf.digest.base64, SampleLeaf.digest.base64 + " ",
        String(SampleLeaf.digest.base64.dropLast()), SampleLeaf.digest.base64 + "\r",
    ])
    func `with a proof line that is no hash names the line`(_ line: String) throws {
        let good = SampleLeaf.digest.base64
        let found = refusal("old 1\n\(good)\n\(line)\n\n" + (try note()))
        #expect(found?.status == 400)
        #expect(found?.pointer == "line 3")
    }

    @Test func `carries 63 hashes and not 64`() throws {
        let proof = Array(repeating: SampleLeaf.digest, count: 63)
        let head = try log.head(8).note
        let largest = AddCheckpoint(oldSize: 1, proof: proof, note: head)
        #expect(try AddCheckpoint(largest.bytes) == largest)
        for more in [1, 2, 3, 20] {
            let tooMany = proof + Array(repeating: SampleLeaf.digest, count: more)
            let found = problem { () throws(Problem) in
                _ = try AddCheckpoint(AddCheckpoint(oldSize: 1, proof: tooMany, note: head).bytes)
            }
            #expect(found?.status == 400)
            #expect(found?.detail == "more than 63 proof lines")
        }
    }

    @Test func `may have 80 KiB and not a byte more`() throws {
        // The largest note and proof stay below the limit; beyond it nothing is read at all.
        let bytes = [UInt8](repeating: 0x20, count: Limits.addCheckpointBytes)
        let atLimit = problem { () throws(Problem) in _ = try AddCheckpoint(bytes) }
        #expect(atLimit?.status == 400)
        let beyond = problem { () throws(Problem) in _ = try AddCheckpoint(bytes + [0x20]) }
        #expect(beyond?.status == 413)
        #expect(64 * 45 + 30 + SignedNote.maximumBytes < Limits.addCheckpointBytes)
    }

    @Test(arguments: ["", "x", "a\nb\nc\n", "\n", "a\n\n— b AAAA\n"])
    func `without a note is refused`(_ note: String) {
        #expect(refusal("old 0\n\n" + note)?.slug == .invalidCheckpoint)
    }

    @Test func `without a blank line is refused`() {
        #expect(refusal("old 0")?.status == 400)
        #expect(refusal("old 0\n")?.status == 400)
    }

    @Test func `that is not UTF-8 is refused`() {
        let found = problem { () throws(Problem) in _ = try AddCheckpoint([0xff]) }
        #expect(found?.slug == .malformedRequest)
    }
}

@Suite struct `A witness` {
    private let log: SampleLog
    private let fork: SampleLog

    init() throws {
        log = try SampleLog(size: 12)
        fork = try SampleLog(size: 12, variant: "other-")
    }

    private func judge(
        old: Int,
        proof: [Digest],
        head: VerifiedCheckpoint,
        held: Checkpoint?
    ) -> WitnessVerdict {
        let request = AddCheckpoint(oldSize: old, proof: proof, note: head.note)
        return WitnessVerdict.judge(request, key: log.key, held: held)
    }

    private func cosigns(_ verdict: WitnessVerdict, _ size: Int) -> Bool {
        if case .cosign(let head) = verdict { head.checkpoint.size == size } else { false }
    }

    private func isInconsistent(_ verdict: WitnessVerdict) -> Bool {
        if case .inconsistent = verdict { true } else { false }
    }

    @Test(arguments: [(1, 1), (1, 2), (3, 8), (4, 8), (7, 12), (8, 8), (11, 12), (12, 12)])
    func `cosigns a head that extends the one it holds`(_ old: Int, _ new: Int) throws {
        let verdict = judge(
            old: old,
            proof: try log.proof(old, new),
            head: try log.head(new),
            held: try log.head(old).checkpoint
        )
        #expect(cosigns(verdict, new))
    }

    @Test(arguments: [0, 1, 12])
    func `cosigns the first head that it sees`(_ size: Int) throws {
        #expect(cosigns(judge(old: 0, proof: [], head: try log.head(size), held: nil), size))
    }

    @Test func `cosigns the first leaves after an empty tree`() throws {
        let held = try log.head(0).checkpoint
        #expect(cosigns(judge(old: 0, proof: [], head: try log.head(5), held: held), 5))
    }

    @Test func `refuses a proof from nothing`() throws {
        let verdict = judge(
            old: 0,
            proof: [SampleLeaf.digest],
            head: try log.head(5),
            held: nil
        )
        #expect(isInconsistent(verdict))
    }

    @Test func `does not know the origin: 404`() throws {
        let request = AddCheckpoint(oldSize: 0, proof: [], note: try log.head(5).note)
        let verdict = WitnessVerdict.judge(request, key: nil, held: nil)
        #expect(verdict == .unknownOrigin(SampleLog.origin))
    }

    @Test func `sees no signature of the log's key: 403`() throws {
        let stranger = try SampleLog(size: 12, seed: 9)
        let verdict = judge(old: 0, proof: [], head: try stranger.head(5), held: nil)
        guard case .forbidden = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test func `sees a signature over another text: 403`() throws {
        let other = try log.head(6).note.signatures
        let note = try SignedNote(text: log.head(5).note.text, signatures: other)
        let verdict = WitnessVerdict.judge(
            AddCheckpoint(oldSize: 0, proof: [], note: note),
            key: log.key,
            held: nil
        )
        guard case .forbidden = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test func `sees a note that is no checkpoint: 400`() throws {
        let text = Array("uni-a.example/eccoe/1\nmany\n\n".utf8.dropLast())
        let signature = try log.signer.sign(text, at: SampleLeaf.at)
        let note = try SignedNote(text: text, signatures: [signature])
        let verdict = WitnessVerdict.judge(
            AddCheckpoint(oldSize: 0, proof: [], note: note),
            key: log.key,
            held: nil
        )
        guard case .malformed = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test func `is told an old size above the checkpoint's: 400`() throws {
        let verdict = judge(
            old: 6,
            proof: [],
            head: try log.head(5),
            held: try log.head(6).checkpoint
        )
        guard case .malformed = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test(arguments: [(0, 5), (3, 5), (6, 5), (1, nil), (8, nil)])
    func `is told a wrong old size: 409 with its own`(_ old: Int, _ held: Int?) throws {
        let verdict = judge(
            old: old,
            proof: try log.proof(old, 8),
            head: try log.head(8),
            held: try held.map { try log.head($0).checkpoint }
        )
        #expect(verdict == .conflict(size: held ?? 0))
    }

    @Test(arguments: [0, 5, 8])
    func `is shown another tree of the size it holds: 409`(
        _ old: Int
    ) throws {
        let verdict = judge(
            old: old,
            proof: [],
            head: try fork.head(8),
            held: try log.head(8).checkpoint
        )
        #expect(verdict == .conflict(size: 8))
    }

    @Test func `ignores lines of keys that it does not know`() throws {
        let stranger = try SampleLog.signer("witness.example", type: .cosignature, seed: 5)
        let head = try log.head(8)
        let line = try stranger.sign(head.note.text, at: SampleLeaf.at)
        let broken = NoteSignature(name: line.name, keyID: line.keyID, signature: [1])
        let note = try head.note.adding([line, broken])
        let request = AddCheckpoint(oldSize: 0, proof: [], note: note)
        #expect(cosigns(WitnessVerdict.judge(request, key: log.key, held: nil), 8))
    }

    @Test func `knows no empty tree but the one`() throws {
        let text = Checkpoint(origin: SampleLog.origin, size: 0, root: SampleLeaf.digest).text
        let note = try SignedNote(
            text: text,
            signatures: [log.signer.sign(text, at: SampleLeaf.at)]
        )
        let verdict = WitnessVerdict.judge(
            AddCheckpoint(oldSize: 0, proof: [], note: note),
            key: log.key,
            held: nil
        )
        guard case .malformed = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test func `tells a wrong old size before it looks at the proof`() throws {
        let verdict = judge(
            old: 3,
            proof: [SampleLeaf.digest],
            head: try fork.head(8),
            held: try log.head(5).checkpoint
        )
        #expect(verdict == .conflict(size: 5))
    }

    @Test func `is shown a fork: 422`() throws {
        for proof in [try fork.proof(5, 8), try log.proof(5, 8), []] {
            let verdict = judge(
                old: 5,
                proof: proof,
                head: try fork.head(8),
                held: try log.head(5).checkpoint
            )
            #expect(isInconsistent(verdict))
        }
    }

    @Test func `is shown a damaged proof: 422`() throws {
        let proof = try log.proof(5, 12)
        var attempts = proof.indices.map { index in
            var damaged = proof
            damaged[index] = SampleLeaf.digest
            return damaged
        }
        attempts += [Array(proof.dropLast()), proof + [SampleLeaf.digest], []]
        for attempt in attempts {
            let verdict = judge(
                old: 5,
                proof: attempt,
                head: try log.head(12),
                held: try log.head(5).checkpoint
            )
            #expect(isInconsistent(verdict))
        }
    }

    @Test func `is shown a proof between equal sizes: 422`() throws {
        let head = try log.head(5)
        let verdict = judge(
            old: 5,
            proof: [SampleLeaf.digest],
            head: head,
            held: head.checkpoint
        )
        #expect(isInconsistent(verdict))
    }
}
