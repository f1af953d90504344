import CanonicalJSON

extension AchievementMapping {
    /// The creator of the achievement, failing that the issuer of the credential that it came in,
    /// failing that the importing institution.
    mutating func organisation(of achievement: JSON, issuer: JSON?) -> Organisation {
        let place = "/" + dialect.creator
        if let creator = achievement[dialect.creator] {
            if let body = profile(creator, at: place) { return body }
        } else if let issuer {
            var text = SourceText(remarks: RecordRemarks(base: ""))
            if let body = profile(text.clean(["issuer": issuer])["issuer"] ?? issuer, at: "") {
                remark(
                    .note,
                    place,
                    "not stated; the credential's issuer is taken as provider and awarding body",
                    "nothing to do"
                )
                return body
            }
        }
        remark(
            .note,
            place,
            "not stated; \(defaults.institutionName) was assumed",
            "name the \(dialect.creator) when it is another body"
        )
        return defaults.institution
    }

    private mutating func profile(_ profile: JSON, at pointer: String) -> Organisation? {
        let id = profile.string ?? profile["id"]?.string
        let stated = profile["name"]?.string ?? profile["legalName"]?.string
        guard let name = stated ?? id else { return nil }
        if stated == nil {
            remark(
                .warning,
                pointer,
                "the body is only named by its address; the address became its name",
                "give the \(dialect.creator) with its name"
            )
        }
        var body = Organisation(name: [language: name])
        body.id = id.map { WrittenForm.escapingURI($0) }.flatMap {
            WrittenForm.isURI($0) ? $0 : nil
        }
        body.homepage = web(profile["url"]?.string, at: pointer + "/url")
        body.country = profile["address"]?["addressCountryCode"]?.string
            .flatMap { Country.uri(code: $0) }
        return body
    }

    /// Alignments to ESCO become outcomes, those to EQF and ISCED-F their fields; all others are
    /// kept as they are.
    mutating func readAlignments(_ achievement: JSON, into item: inout LearningOpportunity) {
        guard let alignments = achievement["alignment"] else { return }
        let list = alignments.array.map { Array($0.enumerated()) } ?? [(0, alignments)]
        for (index, alignment) in list {
            let place = alignments.array == nil ? "/alignment" : "/alignment/\(index)"
            guard let text = alignment["targetUrl"]?.string else {
                remark(
                    .warning,
                    place,
                    "an alignment without targetUrl; left out",
                    "add the address of the target"
                )
                continue
            }
            let url = WrittenForm.escapingURI(text)
            guard WrittenForm.isURI(url) else {
                remark(
                    .warning,
                    place + "/targetUrl",
                    "\"\(text.prefix(80))\" is no URI; left out",
                    "write the full URI"
                )
                continue
            }
            sort(alignment, url: url, into: &item)
        }
    }

    private func sort(_ alignment: JSON, url: String, into item: inout LearningOpportunity) {
        let name = alignment["targetName"]?.string
        let code = alignment["targetCode"]?.string
        let framework = alignment["targetFramework"]?.string
        if url.hasPrefix("http://data.europa.eu/esco/skill/") {
            item.learningOutcomes.append(
                LearningOutcome(title: [language: name ?? url], escoSkills: [url])
            )
        } else if let level = eqf(url: url, framework: framework, code: code) {
            item.eqfLevel = level
        } else if let field = isced(url: url, framework: framework, code: code) {
            if !item.iscedFields.contains(field) { item.iscedFields.append(field) }
        } else {
            item.alignments.append(
                Alignment(
                    url: url,
                    name: name.map { [language: $0] },
                    framework: framework,
                    code: code
                )
            )
        }
    }

    private func eqf(url: String, framework: String?, code: String?) -> String? {
        if EQF.level(of: url) != nil { return url }
        let named = framework.map { $0.contains("EQF") || $0.contains("European Qualifications") }
        guard named == true, let digit = code?.last.flatMap({ Int(String($0)) }) else { return nil }
        return EQF.uri(level: digit)
    }

    private func isced(url: String, framework: String?, code: String?) -> String? {
        if ISCEDF.fields.contains(url) { return url }
        guard framework?.uppercased().contains("ISCED") == true,
            let uri = code.flatMap({ ISCEDF.uri(code: $0) }), ISCEDF.fields.contains(uri)
        else { return nil }
        return uri
    }

    /// The first result with a name becomes the grading scheme: an item has one.
    mutating func readResults(_ achievement: JSON, into item: inout LearningOpportunity) {
        guard let results = achievement["resultDescription"] else { return }
        let list = results.array ?? [results]
        for (index, result) in list.enumerated() {
            guard item.gradingScheme == nil, let name = result["name"]?.string else {
                remark(
                    .note,
                    "/resultDescription/\(index)",
                    "not carried over: an item has one grading scheme, or this one has no name",
                    "nothing to do"
                )
                continue
            }
            let values = result["allowedValue"]
            item.gradingScheme = GradingScheme(
                title: [language: name],
                description: result["resultType"]?.string.map { ["en": $0] },
                values: (values?.array ?? values.map { [$0] } ?? []).compactMap(\.string),
                passingValue: result["requiredValue"]?.string
            )
        }
    }
}
