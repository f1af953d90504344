import Keys

/// The lines of a note, with the times that cosignatures claim: which of them are worth keeping.
struct CosignatureLines {
    private let lines: [NoteSignature]

    init(_ lines: [NoteSignature]) {
        self.lines = lines
    }

    /// At most `limit` lines in their order: those without a time, then of each cosigner the
    /// earliest, earlier ones first, then of each the latest, later ones first.
    func kept(at limit: Int) -> [NoteSignature] {
        var undated: [Int] = []
        var dated: [Cosigner: [(index: Int, time: Instant)]] = [:]
        for (index, line) in lines.enumerated() {
            if let stamp = TimestampedSignature(line.signature) {
                let cosigner = Cosigner(name: line.name, keyID: line.keyID)
                dated[cosigner, default: []].append((index, stamp.timestamp))
            } else {
                undated.append(index)
            }
        }
        let ordered = dated.values.map { $0.sorted { ($0.time, $0.index) < ($1.time, $1.index) } }
        let first = ordered.compactMap(\.first).sorted { ($0.time, $0.index) < ($1.time, $1.index) }
        let last = ordered.compactMap { $0.count > 1 ? $0.last : nil }
            .sorted { ($1.time, $0.index) < ($0.time, $1.index) }
        let chosen = (undated + first.map(\.index) + last.map(\.index)).prefix(limit)
        return chosen.sorted().map { lines[$0] }
    }

    private struct Cosigner: Hashable {
        let name: String
        let keyID: UInt32
    }
}
