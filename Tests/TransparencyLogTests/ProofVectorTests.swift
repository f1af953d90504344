import CanonicalJSON
import Keys
import Testing
import TransparencyLog

/// The probes of transparency-dev/merkle, good and bad.
@Suite(.enabled(if: SharedVectors.arePresent, "shared vectors absent: skipped"))
struct `Proof vectors` {
    private func bytes(_ value: JSON?) throws -> [UInt8] {
        let text = try #require(value?.string)
        return try #require(Base64.decode(text))
    }

    /// A hash of another length than 32 bytes, as some bad probes have, stands for one that no tree
    /// has.
    private func digest(_ value: JSON?) throws -> Digest {
        let bytes = try bytes(value)
        return Digest(bytes: bytes) ?? Digest(of: bytes)
    }

    private func proof(_ vector: JSON) throws -> [Digest] {
        try (vector["proof"]?.array ?? []).map(digest)
    }

    /// nil for a size that no `Int` holds.
    private func size(_ vector: JSON, _ name: String) throws -> Int? {
        Int(try #require(vector[name]?.number).token)
    }

    private func isRefused(_ step: () throws(ProofError) -> Void) -> Bool {
        do {
            try step()
            return false
        } catch { return true }
    }

    @Test(arguments: SharedVectors.jsonFiles(below: "merkle/testdata/inclusion"))
    func `inclusion probes are accepted and refused as they say`(_ path: String) throws {
        let vector = try SharedVectors.json(path)
        let expected = try #require(vector["wantErr"]?.bool as Bool?)
        let hashes = try proof(vector)
        guard let index = try size(vector, "leafIdx"), let size = try size(vector, "treeSize"),
            let leaf = Digest(bytes: try bytes(vector["leafHash"])),
            let root = Digest(bytes: try bytes(vector["root"]))
        else {
            #expect(expected, "what no type of ours can hold is refused before it is verified")
            return
        }
        let refused = isRefused { () throws(ProofError) in
            try MerkleTree.verifyInclusion(
                leafHash: leaf,
                index: index,
                size: size,
                proof: hashes,
                root: root
            )
        }
        #expect(refused == expected)
    }

    @Test(arguments: SharedVectors.jsonFiles(below: "merkle/testdata/consistency"))
    func `consistency probes are accepted and refused as they say`(_ path: String) throws {
        let vector = try SharedVectors.json(path)
        let expected = try #require(vector["wantErr"]?.bool as Bool?)
        guard let old = try size(vector, "size1"), let new = try size(vector, "size2") else {
            Issue.record("a size that no Int holds")
            return
        }
        let (oldRoot, newRoot) = (try digest(vector["root1"]), try digest(vector["root2"]))
        let hashes = try proof(vector)
        let refused = isRefused { () throws(ProofError) in
            try MerkleTree.verifyConsistency(
                old: old,
                oldRoot: oldRoot,
                new: new,
                newRoot: newRoot,
                proof: hashes
            )
        }
        // The probes call a proof from the empty tree useless; tlog-witness asks for it.
        let fromEmpty = old == 0 && hashes.isEmpty && (new > 0 || oldRoot == newRoot)
        #expect(refused == (expected && !fromEmpty))
    }

    @Test func `there are as many probes as there were`() {
        #expect(SharedVectors.jsonFiles(below: "merkle/testdata/inclusion").count == 98)
        #expect(SharedVectors.jsonFiles(below: "merkle/testdata/consistency").count == 98)
    }
}
