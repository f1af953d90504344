import Federation

extension FuzzTarget {
    /// What was read of an upload.
    private struct Upload: Equatable {
        var header: AddEntriesHeader?
        var packages: [EntryPackage] = []
        var isRefused = false
        var isComplete = false
        var isFull = false
    }

    /// An upload, after one byte that says in pieces of which length it arrives.
    static func addEntries(_ bytes: [UInt8]) -> String? {
        guard let piece = bytes.first else { return nil }
        let body = Array(bytes.dropFirst())
        let whole = upload(body, piece: max(1, body.count))
        let pieces = upload(body, piece: 1 + Int(piece))
        guard whole.isRefused == pieces.isRefused else { return "pieces are judged otherwise" }
        // Before a refusal, pieces may hand out a package that the whole does not.
        guard whole.isRefused ? pieces.packages.starts(with: whole.packages) : whole == pieces
        else { return "pieces are read otherwise" }
        guard let header = whole.header else {
            return whole.packages.isEmpty ? nil : "packages without a header"
        }
        let cuts = header.packages(atMost: Limits.addEntriesPackages)
        guard whole.packages.count <= cuts.count,
            zip(whole.packages, cuts).allSatisfy({ $0.indices == $1 })
        else { return "packages are cut elsewhere" }
        let written = header.bytes + whole.packages.flatMap(\.bytes)
        guard body.starts(with: written) else { return "an upload has a second spelling" }
        let isAll = whole.isComplete && !whole.isRefused
        return isAll && written.count != body.count ? "bytes after the end were taken" : nil
    }

    private static func upload(_ body: [UInt8], piece: Int) -> Upload {
        var reader = AddEntriesReader()
        var read = Upload()
        do throws(Problem) {
            for start in stride(from: 0, to: body.count, by: piece) {
                try reader.receive(body[start..<min(body.count, start + piece)])
                while let package = try reader.next() { read.packages.append(package) }
            }
        } catch { read.isRefused = true }
        read.header = reader.header
        read.isComplete = reader.isComplete
        read.isFull = reader.isFull
        return read
    }
}

extension AddEntriesHeader {
    /// The first packages; the interval itself may be of any length.
    fileprivate func packages(atMost count: Int) -> ArraySlice<Range<Int>> {
        let last = min(end, start + (count + 1) * 256)
        return AddEntriesHeader(origin: origin, start: start, end: last).packages.prefix(count)
    }
}
