import Keys
import XML

/// What a harvest makes of answers.
extension OAIHarvest {
    mutating func read(_ body: [UInt8], at now: Instant) -> [Effect] {
        let response: OAIResponse
        do {
            response = try OAIResponse(body)
        } catch {
            return fail(
                "the answer to \(request.verb.rawValue) cannot be read: \(error.position): "
                    + error.message,
                error.remedy
            )
        }
        failedTries = 0
        if !response.failures.isEmpty { return read(response.failures) }
        switch step {
        case .identify: return readIdentify(response)
        case .formats: return readFormats(response)
        case .list(let prefix, let token):
            return readList(response, prefix: prefix, token: token, at: now)
        case .done: return []
        }
    }

    private mutating func readIdentify(_ response: OAIResponse) -> [Effect] {
        guard let identify = response.identify else {
            return fail(
                "the answer to Identify has no <Identify>",
                "check the address: it must be the base URL of an OAI-PMH 2.0 repository"
            )
        }
        let version = PlainText(identify.first("protocolVersion")?.text ?? "").text
        guard version == "2.0" else {
            return fail(
                "the repository speaks version \"\(version.prefix(20))\" of OAI-PMH",
                "only 2.0 is spoken here"
            )
        }
        let precision = PlainText(identify.first("granularity")?.text ?? "").text
        granularity = OAIGranularity(rawValue: precision) ?? .day
        tellsDeleted = PlainText(identify.first("deletedRecord")?.text ?? "").text == "persistent"
        step = .formats
        return next
    }

    private mutating func readFormats(_ response: OAIResponse) -> [Effect] {
        guard let prefix = plan.prefixes.first(where: { response.formats.contains($0) }) else {
            return fail(
                "the repository has none of the formats \(plan.prefixes.joined(separator: ", ")), "
                    + "only \(response.formats.joined(separator: ", "))",
                "name one of these formats that is LOM or Dublin Core under another name"
            )
        }
        step = .list(prefix: prefix, token: nil)
        return next
    }

    private mutating func readList(
        _ response: OAIResponse,
        prefix: String,
        token: String?,
        at now: Instant
    ) -> [Effect] {
        pages += 1
        if nextFrom == nil { nextFrom = response.date ?? now }
        announced = response.resumption?.completeListSize ?? announced
        records += response.records.count
        deleted += response.records.count { $0.isDeleted }
        var effects: [Effect] = []
        if !response.records.isEmpty { effects.append(.take(response.records, prefix: prefix)) }
        guard let more = response.resumption?.token else { return effects + finish() }
        guard more != token, pages < Self.maximumPages else {
            return effects
                + fail(
                    more == token
                        ? "the repository hands out the same resumption token again"
                        : "the list has more than \(Self.maximumPages) pages",
                    "harvest in smaller spans of time with from and until"
                )
        }
        step = .list(prefix: prefix, token: more)
        return effects + next
    }

    private mutating func read(_ failures: [OAIResponse.Failure]) -> [Effect] {
        let codes = failures.compactMap(\.code)
        let text = failures.map(\.text).joined(separator: "; ")
        switch step {
        case .list where codes == [.noRecordsMatch]: return finish()
        case .list(let prefix, .some) where codes.contains(.badResumptionToken) && restarts < 2:
            // Expired, or the list changed meanwhile: once more from the start. Who takes the
            // records knows those that he has by their ids.
            restarts += 1
            records = 0
            deleted = 0
            step = .list(prefix: prefix, token: nil)
            return next
        case .list(let prefix, nil) where codes.contains(.cannotDisseminateFormat):
            let others = plan.prefixes.drop { $0 != prefix }.dropFirst()
            guard let other = others.first else { break }
            step = .list(prefix: other, token: nil)
            return next
        default: break
        }
        let name = codes.first?.rawValue ?? "an unknown error"
        return fail(
            "the repository answers \(name) to \(request.verb.rawValue): \(text.prefix(200))",
            Self.remedies[codes.first ?? .badVerb] ?? "ask the repository's administrator"
        )
    }

    private static let remedies: [OAIErrorCode: String] = [
        .badResumptionToken: "harvest in smaller spans of time with from and until",
        .noSetHierarchy: "harvest without set: the repository has none",
        .badArgument: "check set, from and until; from must not be later than until",
        .cannotDisseminateFormat: "name another format; ListMetadataFormats shows them",
    ]

    private var next: [Effect] { [.request(request, after: plan.pause)] }

    private mutating func finish() -> [Effect] {
        step = .done
        return [
            .finish(
                Summary(
                    records: records,
                    deleted: deleted,
                    announced: announced,
                    nextFrom: nextFrom,
                    tellsDeleted: tellsDeleted
                )
            )
        ]
    }
}
