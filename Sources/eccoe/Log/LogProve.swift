import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import TransparencyLog

/// `eccoe log prove <folder or URL> --index <i>`
struct LogProve: Verb {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Write a proof that an entry is in a log.",
        discussion: """
            Writes a C2SP tlog-proof to standard output: the entry's index, its audit path and the \
            signed checkpoint. It is checked before it is written.

            Example:  eccoe log prove ./log --key "$(eccoe log key)" --index 5 > entry5.tlog-proof
            """
    )

    @Argument(help: "A folder or URL that holds checkpoint and tile/.")
    var log: String

    @OptionGroup var witness: WitnessOptions

    @Option(help: ArgumentHelp("The entry's index, from 0.", valueName: "i"))
    var index: Int

    @OptionGroup var authority: AuthorityOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard index >= 0 else { throw ValidationError("--index \(index) is negative") }
    }

    func execute() async throws {
        let trust = try witness.trust()
        let location = try LogLocation(log, authority: authority)
        let proof: InclusionProof
        do {
            proof = try await prove(in: location, by: trust)
        } catch {
            await location.close()
            throw error
        }
        await location.close()
        switch output.format {
        case .table: StandardStream.output.write(proof.bytes)
        case .json, .jsonl:
            StandardStream.output.write(line: [
                "index": .number(JSONNumber(Int64(index))),
                "proof": .string(String(decoding: proof.bytes, as: UTF8.self)),
            ])
        }
    }

    private func prove(
        in location: LogLocation,
        by trust: HeadTrust
    ) async throws -> InclusionProof {
        let note = try await location.checkpoint()
        let key = try trust.logKey(of: note)
        let head = try VerifiedCheckpoint(note, key: key)
        _ = try trust.check(head)
        let size = head.checkpoint.size
        guard let ranges = MerkleTree.inclusionRanges(index: index, size: size) else {
            throw CommandFailure(
                .negative,
                Problem(
                    .notFound,
                    "there is no entry \(index) in a log of \(size)",
                    at: "--index",
                    try: "entries are counted from 0"
                )
            )
        }
        var hashes: [MerkleTree.Node: Digest] = [:]
        for node in MerkleTree.nodes(of: ranges) {
            hashes[node] = try await hash(of: node, size: size, in: location)
        }
        let path = try MerkleTree.inclusionProof(index: index, size: size) { node throws in
            guard let hash = hashes[node] else { throw ProofError.outOfRange }
            return hash
        }
        let proof = InclusionProof(index: index, path: path, checkpoint: head.note)
        _ = try proof.verify(leaf: try await leaf(in: location, size: size), key: key)
        return proof
    }

    private func hash(
        of node: MerkleTree.Node,
        size: Int,
        in location: LogLocation
    ) async throws -> Digest {
        let (tile, offset, height) = TileCoordinate.containing(node, size: size)
        let bytes = try await location.resource(tile)
        guard
            let hash = try HashTile(bytes, width: tile.width)
                .subtree(offset: offset, height: height)
        else {
            throw CommandFailure(
                .negative,
                Problem(.invalidProof, "the tile is too short", at: tile.path)
            )
        }
        return hash
    }

    private func leaf(in location: LogLocation, size: Int) async throws -> [UInt8] {
        let full = TileCoordinate.fullWidth
        let bundle = index / full
        let tile = TileCoordinate(
            .entries,
            index: bundle,
            width: min(full, size - bundle * full)
        )
        let entries = try EntryBundle.decode(
            await location.resource(tile),
            width: tile.width
        )
        return entries[index % full]
    }
}
