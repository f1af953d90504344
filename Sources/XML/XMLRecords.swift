/// Splits an XML text that arrives in chunks into the elements that are records, each read as a
/// whole.
package struct XMLRecords {
    /// The bounds of one record.
    package struct Limits: Sendable {
        /// Elements and pieces of text.
        package var nodes = 100_000
        /// Bytes of text and attributes.
        package var bytes = 8 << 20

        /// The customary bounds.
        package init() {}
    }

    /// What comes next.
    package enum Next: Sendable {
        /// An element that was chosen, with what is in it.
        case record(XMLElement)
        /// Something doubtful; the reading goes on.
        case doubt(XMLFault)
        /// The last one of a text that cannot be read on.
        case fault(XMLFault)
    }

    private let parser = XMLEventParser()
    private let limits: Limits
    private let isRecord: (_ path: [XMLElement]) -> Bool
    /// The elements that are open and in no record.
    private var path: [XMLElement] = []
    /// The elements of the record that are open, the record first.
    private var record: [XMLElement] = []
    private var nodes = 0
    private var bytes = 0
    private var isFinished = false

    /// Records are the outermost elements for which `isRecord` holds; it is given the elements from
    /// the root to the one in question, without what is in them.
    package init(
        limits: Limits = Limits(),
        isRecord: @escaping (_ path: [XMLElement]) -> Bool
    ) {
        self.limits = limits
        self.isRecord = isRecord
    }

    /// The start tag of the root; nil before it was read.
    package private(set) var root: XMLElement?

    /// The next record; nil at the end. `chunk` gives the next bytes of the text, nil at its end.
    ///
    /// - Throws: what `chunk` throws, nothing else.
    package mutating func next(from chunk: () throws -> [UInt8]?) rethrows -> Next? {
        while !isFinished {
            while let event = parser.next() {
                if let next = take(event) { return next }
            }
            if parser.isFinished {
                isFinished = true
            } else if let bytes = try chunk() {
                parser.take(bytes)
            } else {
                parser.finish()
            }
        }
        return nil
    }

    private mutating func take(_ event: XMLEvent) -> Next? {
        switch event {
        case .start(let element): return start(element)
        case .text(let text):
            guard !record.isEmpty else { return nil }
            record[record.count - 1].ownText += text
            return count(text.utf8.count)
        case .end: return end()
        case .doubt(let fault): return .doubt(fault)
        case .fault(let fault):
            isFinished = true
            return .fault(fault)
        }
    }

    private mutating func start(_ element: XMLElement) -> Next? {
        if root == nil { root = element }
        if record.isEmpty {
            path.append(element)
            guard isRecord(path) else { return nil }
            path.removeLast()
            nodes = 0
            bytes = 0
        }
        record.append(element)
        return count(element.attributes.reduce(0) { $0 + $1.value.utf8.count })
    }

    private mutating func end() -> Next? {
        guard let element = record.popLast() else {
            path.removeLast()
            return nil
        }
        if record.isEmpty { return .record(element) }
        record[record.count - 1].children.append(element)
        return nil
    }

    private mutating func count(_ more: Int) -> Next? {
        nodes += 1
        bytes += more
        guard nodes > limits.nodes || bytes > limits.bytes, let first = record.first else {
            return nil
        }
        isFinished = true
        return .fault(
            XMLFault(
                first.position,
                "<\(first.name)> is larger than \(limits.bytes) bytes or \(limits.nodes) nodes",
                "look for an end tag that is missing, or split the record"
            )
        )
    }
}

extension XMLElement {
    /// Reads a whole text that is in memory.
    ///
    /// - Throws: `XMLFault` when it is no acceptable XML, or beyond `limits`.
    package static func read(
        _ bytes: [UInt8],
        limits: XMLRecords.Limits = XMLRecords.Limits()
    ) throws(XMLFault) -> XMLElement {
        var rest: [UInt8]? = bytes
        var records = XMLRecords(limits: limits) { $0.count == 1 }
        var root: XMLElement?
        while let next = records.next(from: {
            defer { rest = nil }
            return rest
        }) {
            switch next {
            case .record(let element): root = element
            case .doubt: break
            case .fault(let fault): throw fault
            }
        }
        guard let root else {
            throw XMLFault(XMLPosition(line: 1, column: 1), "no element", "give an XML text")
        }
        return root
    }
}
