/// The New Zealand Qualifications and Credentials Framework: levels 1 to 10.
package enum NZQCF {
    /// The framework. Ours: the European list of national frameworks has none of New Zealand.
    package static let framework = "urn:eccoe:nqf:nzqcf"
    /// The framework of its credit points: one credit is ten notional hours.
    package static let creditFramework = "urn:eccoe:credit:nz"

    /// The ten levels.
    package static let levels = CodeList(
        "nzqcf",
        codes: (1...10).map { Code(uri: "\(framework):\($0)", label: "NZQCF level \($0)") }
    )

    /// The URI of a level; nil outside 1 to 10.
    package static func uri(level: Int) -> String? {
        (1...10).contains(level) ? "\(framework):\(level)" : nil
    }

    /// The level of a URI; nil for anything else.
    package static func level(of uri: String) -> Int? {
        levels.codes.firstIndex { $0.uri == uri }.map { $0 + 1 }
    }

    /// The EQF level, or `EQF.unlevelled` for level 8; nil outside 1 to 10. The European Union's
    /// and NZQA's joint technical report of 2016 (domain.md section 3.2).
    package static func eqf(level: Int) -> String? {
        guard (1...10).contains(level) else { return nil }
        let mapping: [Int?] = [2, 3, 4, 4, 5, 5, 6, nil, 7, 8]
        return mapping[level - 1].flatMap { EQF.uri(level: $0) } ?? EQF.unlevelled
    }
}
