package import Keys
import XML

/// What the provider makes of requests, and the answers that it writes.
extension OAIProvider {
    /// Understands the query of a GET or the body of a POST, without `?`.
    package func understand(_ query: String, at now: Instant) -> Need {
        do {
            let request = try OAIQuery(query).request
            do { return try need(of: request, at: now) } catch {
                return .nothing(refusal(error, to: request, at: now))
            }
        } catch {
            return .nothing(refusal(error, to: nil, at: now))
        }
    }

    private func need(of request: OAIRequest, at now: Instant) throws(OAIRefusal) -> Need {
        switch request.verb {
        case .identify: return .nothing(document(request, at: now) { identify(&$0) })
        case .listSets:
            guard request.arguments[.resumptionToken] == nil else {
                throw OAIRefusal(.badResumptionToken, "the list of sets comes at once")
            }
            return .nothing(document(request, at: now) { Self.sets(&$0) })
        case .listMetadataFormats:
            guard let identifier = request.arguments[.identifier] else {
                return .nothing(formats(request, at: now))
            }
            return .record(id: try known(identifier), request)
        case .getRecord:
            _ = try format(of: request)
            return .record(id: try known(request.arguments[.identifier] ?? ""), request)
        case .listRecords, .listIdentifiers:
            return .list(try selection(of: request), limit: pageSize + 1, request)
        }
    }

    private func known(_ identifier: String) throws(OAIRefusal) -> String {
        guard let id = id(of: identifier) else {
            throw OAIRefusal(.idDoesNotExist, "identifiers here are oai:\(domain):<item>")
        }
        return id
    }

    private func format(of request: OAIRequest) throws(OAIRefusal) -> Format {
        guard let format = request.arguments[.metadataPrefix].flatMap(Format.init) else {
            throw OAIRefusal(.cannotDisseminateFormat, "the formats here are lom and oai_dc")
        }
        return format
    }

    private func selection(of request: OAIRequest) throws(OAIRefusal) -> Selection {
        if let token = request.arguments[.resumptionToken] {
            guard let selection = OAIToken.read(token, verb: request.verb) else {
                throw OAIRefusal(.badResumptionToken, "this token is not one of ours")
            }
            return selection
        }
        var selection = Selection(format: try format(of: request))
        let from = try time(of: .from, in: request)
        let until = try time(of: .until, in: request)
        if let from, let until, from.isDay != until.isDay || from.time > until.time {
            throw OAIRefusal(
                .badArgument, "from and until have the same precision, and from is not later")
        }
        selection.from = from?.time
        // A day lasts until its last second.
        selection.until = until.map { $0.isDay ? $0.time + 86_399 : $0.time }
        selection.set = request.arguments[.set]
        if let set = selection.set, !OAISets.contains(set) {
            throw OAIRefusal(.noRecordsMatch, "there is no set \"\(set.prefix(40))\"")
        }
        return selection
    }

    private func time(
        of argument: OAIArgument,
        in request: OAIRequest
    ) throws(OAIRefusal) -> (time: Instant, isDay: Bool)? {
        guard let text = request.arguments[argument] else { return nil }
        if let time = Instant(text) { return (time, false) }
        if let day = Instant(date: text) { return (day, true) }
        throw OAIRefusal(
            .badArgument,
            "\(argument.rawValue) is written as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"
        )
    }

    // MARK: Answers

    /// The answer to a request that needed a record; `entry` is nil when there is none.
    package func answer(_ entry: Entry?, to request: OAIRequest, at now: Instant) -> [UInt8] {
        guard let entry else {
            return refusal(
                OAIRefusal(.idDoesNotExist, "there is no such record"), to: request, at: now)
        }
        if request.verb == .listMetadataFormats { return formats(request, at: now) }
        let format = request.arguments[.metadataPrefix].flatMap(Format.init) ?? .dublinCore
        return document(request, at: now) { xml in
            xml.element("GetRecord") { record(entry, format, &$0) }
        }
    }

    /// The answer to a request that needed a list; `entries` are the first of the selection, with
    /// one more than a page has when there are more.
    package func answer(
        _ entries: [Entry],
        of selection: Selection,
        to request: OAIRequest,
        at now: Instant
    ) -> [UInt8] {
        let page = entries.prefix(pageSize)
        guard let last = page.last else {
            return refusal(
                OAIRefusal(.noRecordsMatch, "no record matches"), to: request, at: now)
        }
        return document(request, at: now) { xml in
            xml.element(request.verb.rawValue) { xml in
                for entry in page {
                    if request.verb == .listIdentifiers {
                        header(entry, &xml)
                    } else {
                        record(entry, selection.format, &xml)
                    }
                }
                let hasMore = entries.count > pageSize
                guard hasMore || selection.after != nil else { return }
                var next = selection
                next.after = Selection.Place(time: last.time, id: last.id)
                next.cursor += page.count
                xml.element(
                    "resumptionToken",
                    ["cursor": String(selection.cursor)],
                    text: hasMore ? OAIToken.write(next, verb: request.verb) : nil
                )
            }
        }
    }

    private func header(_ entry: Entry, _ xml: inout XMLWriter) {
        xml.element("header", ["status": entry.item == nil ? "deleted" : nil]) { xml in
            xml.element("identifier", text: identifier(of: entry.id))
            xml.element("datestamp", text: entry.time.text)
            for set in entry.sets { xml.element("setSpec", text: set) }
        }
    }

    private func record(_ entry: Entry, _ format: Format, _ xml: inout XMLWriter) {
        xml.element("record") { xml in
            header(entry, &xml)
            guard let item = entry.item else { return }
            xml.element("metadata") { xml in
                switch format {
                case .lom: LOMWriter.write(item, domain: domain, into: &xml)
                case .dublinCore: DublinCoreWriter.write(item, domain: domain, into: &xml)
                }
            }
        }
    }

    private func identify(_ xml: inout XMLWriter) {
        xml.element("Identify") { xml in
            xml.element("repositoryName", text: name)
            xml.element("baseURL", text: baseURL)
            xml.element("protocolVersion", text: "2.0")
            xml.element("adminEmail", text: adminEmail)
            xml.element("earliestDatestamp", text: earliest.text)
            xml.element("deletedRecord", text: "persistent")
            xml.element("granularity", text: OAIGranularity.second.rawValue)
        }
    }

    private static func sets(_ xml: inout XMLWriter) {
        xml.element("ListSets") { xml in
            for set in OAISets.all {
                xml.element("set") { xml in
                    xml.element("setSpec", text: set.spec)
                    xml.element("setName", text: set.name)
                }
            }
        }
    }

    private func formats(_ request: OAIRequest, at now: Instant) -> [UInt8] {
        let formats = [
            (
                "oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
                DublinCoreWriter.namespace
            ),
            ("lom", "http://ltsc.ieee.org/xsd/lomv1.0/lom.xsd", LOMWriter.namespace),
        ]
        return document(request, at: now) { xml in
            xml.element("ListMetadataFormats") { xml in
                for (prefix, schema, namespace) in formats {
                    xml.element("metadataFormat") { xml in
                        xml.element("metadataPrefix", text: prefix)
                        xml.element("schema", text: schema)
                        xml.element("metadataNamespace", text: namespace)
                    }
                }
            }
        }
    }

    private func refusal(_ refusal: OAIRefusal, to request: OAIRequest?, at now: Instant) -> [UInt8]
    {
        // Section 3.2: after these two the request is told without its arguments.
        let isUnclear = refusal.code == .badVerb || refusal.code == .badArgument
        return document(isUnclear ? nil : request, at: now) { xml in
            xml.element(
                "error", ["code": refusal.code.rawValue], text: PlainText(refusal.text).text)
        }
    }

    private func document(
        _ request: OAIRequest?,
        at now: Instant,
        _ content: (inout XMLWriter) -> Void
    ) -> [UInt8] {
        let space = "http://www.openarchives.org/OAI/2.0/"
        let attributes: KeyValuePairs<String, String?> = [
            "xmlns": space, "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": "\(space) \(space)OAI-PMH.xsd",
        ]
        let arguments = request?.arguments ?? [:]
        var xml = XMLWriter()
        xml.element("OAI-PMH", attributes) { xml in
            xml.element("responseDate", text: now.text)
            xml.element(
                "request",
                [
                    "verb": request?.verb.rawValue, "identifier": arguments[.identifier],
                    "metadataPrefix": arguments[.metadataPrefix], "from": arguments[.from],
                    "until": arguments[.until], "set": arguments[.set],
                    "resumptionToken": arguments[.resumptionToken],
                ],
                text: baseURL
            )
            content(&xml)
        }
        return xml.bytes
    }
}
