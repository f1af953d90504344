package import CanonicalJSON
package import Keys

/// A hint that a log has a head: a row of the heads feed. Rows are believed by nobody; they only
/// tell what is worth fetching.
package struct HeadHint: Sendable, Equatable {
    /// First 16 hexadecimal digits of SHA-256 of the origin.
    package let origin: String
    /// Leaves.
    package let size: Int
    /// First 16 hexadecimal digits of the root.
    package let root: String
    /// Witness signatures that the server holds for this head.
    package let cosignatures: Int

    /// A hint from its parts.
    package init(origin: String, size: Int, root: String, cosignatures: Int) {
        self.origin = origin
        self.size = size
        self.root = root
        self.cosignatures = cosignatures
    }

    /// The shortened name of an origin.
    package static func shortOrigin(_ origin: String) -> String {
        String(Digest(of: Array(origin.utf8)).hex.prefix(16))
    }

    /// The row: `["<origin>",<size>,"<root>",<cosignatures>]`.
    package var json: JSON {
        [
            .string(origin), .number(JSONNumber(Int64(size))), .string(root),
            .number(JSONNumber(Int64(cosignatures))),
        ]
    }

    /// Reads a row; nil when it is none.
    package init?(json: JSON) {
        guard let parts = json.array, parts.count == 4, let origin = parts[0].string,
            origin.utf8.count == 16, Hex.decode(origin) != nil, let size = parts[1].integer,
            size >= 0, let root = parts[2].string, root.utf8.count == 16,
            Hex.decode(root) != nil, let cosignatures = parts[3].integer, cosignatures >= 0
        else { return nil }
        self.init(
            origin: origin,
            size: Int(size),
            root: root,
            cosignatures: Int(cosignatures)
        )
    }
}

/// One page of `GET /v1/heads`: JSON lines, the first a header.
package struct HeadsPage: Sendable, Equatable {
    /// Random per table: positions of another instance mean nothing.
    package let instance: String
    /// Position of the first row.
    package let from: Int
    /// Position to ask from next time.
    package let next: Int
    /// Whether more rows wait.
    package let more: Bool
    /// The server's clock.
    package let now: Instant
    /// The registry snapshot that the server holds: version and SHA-256.
    package let snapshot: RegistryVersion?
    /// The hints.
    package let rows: [HeadHint]

    /// A page from its parts.
    package init(
        instance: String,
        from: Int,
        next: Int,
        more: Bool,
        now: Instant,
        snapshot: RegistryVersion?,
        rows: [HeadHint]
    ) {
        self.instance = instance
        self.from = from
        self.next = next
        self.more = more
        self.now = now
        self.snapshot = snapshot
        self.rows = rows
    }

    /// The lines.
    package var bytes: [UInt8] {
        var header = JSONObject()
        header["instance"] = .string(instance)
        header["from"] = .number(JSONNumber(Int64(from)))
        header["next"] = .number(JSONNumber(Int64(next)))
        header["more"] = .bool(more)
        header["now"] = .string(now.text)
        if let snapshot {
            header["registry"] = [
                "snapshot": .number(JSONNumber(Int64(snapshot.version))),
                "sha256": .string(snapshot.digest.hex),
            ]
        }
        var bytes = JSON.object(header).canonicalBytes + [0x0a]
        for row in rows { bytes += row.json.canonicalBytes + [0x0a] }
        return bytes
    }

    /// Reads a page.
    ///
    /// - Throws: `Problem` with the line that is wrong.
    package init(_ bytes: [UInt8]) throws(Problem) {
        guard bytes.count <= Limits.headsPageBytes else {
            throw Problem(.tooLarge, "the page is larger than \(Limits.headsPageBytes) bytes")
        }
        var lines: [JSON] = []
        for (number, line) in bytes.split(separator: 0x0a).enumerated() {
            do {
                lines.append(try JSON.read(Array(line)))
            } catch {
                throw Problem(
                    .malformedRequest,
                    error.description,
                    at: "line \(number + 1)"
                )
            }
        }
        guard let header = lines.first, let instance = header["instance"]?.string,
            instance.utf8.count <= 64, let from = header["from"]?.integer, from >= 0,
            let next = header["next"]?.integer, next >= from,
            let more = header["more"]?.bool, let nowText = header["now"]?.string,
            let now = Instant(nowText)
        else { throw Problem(.malformedRequest, "no header", at: "line 1") }
        var rows: [HeadHint] = []
        for (number, line) in lines.dropFirst().enumerated() {
            guard let row = HeadHint(json: line) else {
                throw Problem(.malformedRequest, "no row", at: "line \(number + 2)")
            }
            rows.append(row)
        }
        self.init(
            instance: instance,
            from: Int(from),
            next: Int(next),
            more: more,
            now: now,
            snapshot: header["registry"].flatMap(RegistryVersion.init(json:)),
            rows: rows
        )
    }
}

/// Which registry a node holds.
package struct RegistryVersion: Sendable, Equatable {
    /// The TUF snapshot's version.
    package let version: Int
    /// SHA-256 of the snapshot file.
    package let digest: Digest

    /// A version from its parts.
    package init(version: Int, digest: Digest) {
        self.version = version
        self.digest = digest
    }

    init?(json: JSON) {
        guard let version = json["snapshot"]?.integer, let hex = json["sha256"]?.string,
            let digest = Digest(hex: hex)
        else { return nil }
        self.init(version: Int(version), digest: digest)
    }
}

/// The table behind `GET /v1/heads`: every change of a head moves it to the end.
package struct HeadsTable: Sendable {
    /// Random per table.
    package let instance: String
    private var next = 0
    private var rows: [String: (position: Int, hint: HeadHint)] = [:]

    /// An empty table; `instance` must be random.
    package init(instance: String) {
        self.instance = instance
    }

    /// Notes a head; returns whether any element of the row is news.
    @discardableResult
    package mutating func update(_ hint: HeadHint) -> Bool {
        guard rows[hint.origin]?.hint != hint else { return false }
        rows[hint.origin] = (next, hint)
        next += 1
        return true
    }

    /// A page from `since` on; an unknown instance or a position beyond the end is served from 0.
    package func page(
        instance: String?,
        since: Int,
        limit: Int,
        now: Instant,
        snapshot: RegistryVersion?
    ) -> HeadsPage {
        let start = instance == self.instance && (0...next).contains(since) ? since : 0
        let limit = max(1, min(limit, Limits.headsPageRows))
        let newer = rows.values.filter { $0.position >= start }.sorted { $0.position < $1.position }
        let served = newer.prefix(limit)
        let more = newer.count > limit
        return HeadsPage(
            instance: self.instance,
            from: start,
            next: more ? (served.last?.position ?? start) + 1 : next,
            more: more,
            now: now,
            snapshot: snapshot,
            rows: served.map(\.hint)
        )
    }
}
