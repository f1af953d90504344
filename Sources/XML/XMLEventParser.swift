import CLibXML2

/// Reads XML 1.0 with namespaces from bytes that are given piece by piece, and hands out events in
/// memory that does not grow with the text. Nothing outside the text is ever read: a document type
/// declaration is a fault, so there are no entities but the five of XML itself.
package final class XMLEventParser {
    /// How deep elements may lie in each other.
    package static let maximumDepth = 100

    private enum State {
        /// The first bytes, of which the encoding is not decided yet.
        case head([UInt8])
        case reading(XMLEncoding)
        case finished
    }

    private var state = State.head([])
    private var context: xmlParserCtxtPtr?
    private var places = PlaceFinder()
    private var events: [XMLEvent] = []
    private var nextEvent = 0
    private var depth = 0
    private var hasDoubt = false

    /// A parser at the start of a text without byte-order mark.
    package init() {
        var handler = xmlSAXHandler()
        handler.initialized = XML_SAX2_MAGIC
        handler.startElementNs = { context, name, _, uri, _, _, count, _, attributes in
            XMLEventParser.of(context)?.start(name, uri, Int(count), attributes)
        }
        handler.endElementNs = { context, _, _, _ in XMLEventParser.of(context)?.end() }
        // The same for all kinds of text: then the library does not look for ignorable space.
        handler.characters = { context, bytes, count in
            XMLEventParser.of(context)?.text(bytes, Int(count))
        }
        handler.ignorableWhitespace = handler.characters
        handler.cdataBlock = handler.characters
        handler.internalSubset = { context, _, _, _ in XMLEventParser.of(context)?.documentType() }
        handler.serror = { context, error in
            if let error { XMLEventParser.of(context)?.error(error.pointee) }
        }
        context = xmlCreatePushParserCtxt(
            &handler,
            Unmanaged.passUnretained(self).toOpaque(),
            nil,
            0,
            nil
        )
        // NOENT: otherwise the library leaves &amp; in attributes as &#38;. There are no other
        // entities to expand. IGNORE_ENC: what it gets is UTF-8, whatever the first line says.
        let options =
            XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        xmlCtxtUseOptions(context, Int32(options))
    }

    deinit {
        xmlFreeParserCtxt(context)
    }

    /// The next event of what has been given so far; nil when more bytes are needed, or at the end.
    package func next() -> XMLEvent? {
        guard nextEvent < events.count else {
            events.removeAll(keepingCapacity: true)
            nextEvent = 0
            return nil
        }
        defer { nextEvent += 1 }
        return events[nextEvent]
    }

    /// Whether no more events will come than those that `next` has.
    package var isFinished: Bool {
        if case .finished = state { return true }
        return false
    }

    /// Gives the next bytes of the text.
    package func take(_ bytes: [UInt8]) {
        switch state {
        case .head(let head):
            let head = head + bytes
            if head.count < XMLEncoding.headBytes {
                state = .head(head)
            } else {
                begin(head)
            }
        case .reading(let encoding): feed(encoding.utf8(bytes))
        case .finished: break
        }
    }

    /// Says that there are no more bytes.
    package func finish() {
        if case .head(let head) = state { begin(head) }
        guard !isFinished else { return }
        xmlParseChunk(context, nil, 0, 1)
        state = .finished
    }

    private func begin(_ head: [UInt8]) {
        do {
            let encoding = try XMLEncoding(head: head)
            state = .reading(encoding)
            feed(encoding.utf8(head))
        } catch {
            stop(error)
        }
    }

    private func feed(_ bytes: [UInt8]) {
        // In pieces, so that the events that wait are bounded whatever the caller's chunks are.
        for start in stride(from: 0, to: bytes.count, by: 1 << 16) where !isFinished {
            let piece = Array(bytes[start..<min(bytes.count, start + 1 << 16)])
            places.append(piece)
            piece.withUnsafeBytes { buffer in
                let characters = buffer.bindMemory(to: CChar.self)
                _ = xmlParseChunk(context, characters.baseAddress, Int32(piece.count), 0)
            }
            if !isFinished { _ = places.pass(to: offset) }
        }
    }

    /// How many bytes the library has passed.
    private var offset: Int { Int(xmlByteConsumed(context)) }

    private static func of(_ context: UnsafeMutableRawPointer?) -> XMLEventParser? {
        context.map { Unmanaged<XMLEventParser>.fromOpaque($0).takeUnretainedValue() }
    }
}

// MARK: What the library reports

extension XMLEventParser {
    private func start(
        _ name: UnsafePointer<xmlChar>?,
        _ namespace: UnsafePointer<xmlChar>?,
        _ count: Int,
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        guard !isFinished else { return }
        let place = places.pass(to: places.tagStart(before: offset))
        depth += 1
        guard depth <= Self.maximumDepth else {
            return stop(
                XMLFault(
                    place,
                    "elements lie in each other more than \(Self.maximumDepth) deep",
                    "no format that is read here needs that; look how the file was made"
                )
            )
        }
        let element = XMLElement(
            name: Self.string(name) ?? "",
            namespace: Self.string(namespace),
            attributes: (0..<count).compactMap { Self.attribute($0, of: attributes) },
            position: place
        )
        events.append(.start(element))
    }

    /// Five pointers an attribute: local name, prefix, namespace, begin and end of the value.
    private static func attribute(
        _ index: Int,
        of pointers: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) -> XMLAttribute? {
        guard let pointers, let name = string(pointers[5 * index]),
            let begin = pointers[5 * index + 3], let end = pointers[5 * index + 4]
        else { return nil }
        return XMLAttribute(
            name: name,
            namespace: string(pointers[5 * index + 2]),
            value: String(
                decoding: UnsafeBufferPointer(start: begin, count: end - begin), as: UTF8.self)
        )
    }

    private func end() {
        guard !isFinished else { return }
        depth -= 1
        events.append(.end)
    }

    private func text(_ bytes: UnsafePointer<xmlChar>?, _ count: Int) {
        guard !isFinished, depth > 0, let bytes else { return }
        let buffer = UnsafeBufferPointer(start: bytes, count: count)
        events.append(.text(String(decoding: buffer, as: UTF8.self)))
    }

    private func documentType() {
        stop(
            XMLFault(
                places.pass(to: places.tagStart(before: offset)),
                "a document type declaration (<!DOCTYPE ...>): it could define entities or name "
                    + "outside files, which are never read",
                "remove the declaration; none of the formats that are read here needs one"
            )
        )
    }

    private func error(_ error: xmlError) {
        guard !isFinished else { return }
        let offset = offset
        let isFatal = error.level == XML_ERR_FATAL
        let place = places.pass(to: isFatal ? offset : places.tagStart(before: offset))
        guard isFatal else {
            guard error.domain == Int32(XML_FROM_NAMESPACE.rawValue), !hasDoubt else { return }
            hasDoubt = true
            events.append(.doubt(XMLFault(place, Self.words(of: error), Self.namespaceRemedy)))
            return
        }
        if error.code == Int32(XML_ERR_INVALID_ENCODING.rawValue)
            || error.code == Int32(XML_ERR_INVALID_CHAR.rawValue),
            let byte = places.byte(at: offset), byte >= 0x80
        {
            let value = String(byte, radix: 16, uppercase: true)
            return stop(
                XMLFault(
                    place,
                    "0x\(value) is not UTF-8; the file looks like Latin-1 or Windows-1252",
                    "save it as UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 in > out"
                )
            )
        }
        stop(
            XMLFault(
                place,
                "the XML is not well-formed: " + Self.words(of: error),
                "mend the text there; xmllint --noout shows the same place"
            )
        )
    }

    private static let namespaceRemedy =
        "declare the prefix with xmlns; elements are found by their name meanwhile"

    private func stop(_ fault: XMLFault) {
        guard !isFinished else { return }
        events.append(.fault(fault))
        state = .finished
        xmlStopParser(context)
    }

    private static func words(of error: xmlError) -> String {
        let text = error.message.map { String(cString: $0) } ?? "error \(error.code)"
        let scalars = text.unicodeScalars.filter {
            ![.control, .format, .lineSeparator].contains($0.properties.generalCategory)
        }
        return String(String.UnicodeScalarView(scalars).prefix(200))
    }

    private static func string(_ pointer: UnsafePointer<xmlChar>?) -> String? {
        pointer.map { String(decodingCString: $0, as: UTF8.self) }
    }
}
