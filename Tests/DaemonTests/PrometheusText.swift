/// Prometheus's text format 0.0.4, read strictly.
struct PrometheusText {
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    /// Types by family.
    private(set) var types: [String: String] = [:]
    /// Values by series, as the series is written.
    private(set) var values: [String: Double] = [:]

    /// Reads a page.
    ///
    /// - Throws: `Broken` for everything that the format forbids or that one would not want.
    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Broken(description: "no line feed at the end") }
        var helped: Set<String> = []
        var family = ""
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# HELP ") {
                family = String(line.dropFirst(7).prefix { $0 != " " })
                let isNew = helped.insert(family).inserted
                guard isNew, line.count > 8 + family.count else { throw Broken("help", line) }
            } else if line.hasPrefix("# TYPE ") {
                let words = line.dropFirst(7).split(separator: " ")
                guard words.count == 2, words[0] == family, types[family] == nil,
                    ["counter", "gauge", "histogram"].contains(words[1]),
                    (words[1] == "counter") == family.hasSuffix("_total")
                else { throw Broken("type", line) }
                types[family] = String(words[1])
            } else {
                try sample(line, of: family)
            }
        }
        for (name, type) in types where type == "histogram" { try check(histogram: name) }
    }

    private mutating func sample(_ line: Substring, of family: String) throws {
        guard let match = line.wholeMatch(of: Self.form), let value = Double(match.3) else {
            throw Broken("sample", line)
        }
        let name = String(match.1)
        let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        let series = String(line.prefix(line.count - match.3.count - 1))
        guard suffixes.contains(where: { name == family + $0 }), values[series] == nil,
            value >= 0 || types[family] == "gauge"
        else { throw Broken("series", line) }
        values[series] = value
    }

    private func check(histogram name: String) throws {
        let buckets = values.filter { $0.key.hasPrefix(name + "_bucket{le=") }
        let bounds = buckets.map { key, count -> (Double, Double) in
            let bound = key.dropFirst(name.count + 12).dropLast(2)
            return (bound == "+Inf" ? .infinity : Double(bound) ?? .nan, count)
        }.sorted { $0.0 < $1.0 }
        guard bounds.count > 1, bounds.last?.0 == .infinity,
            bounds.last?.1 == values[name + "_count"], values[name + "_sum"] != nil,
            zip(bounds, bounds.dropFirst()).allSatisfy({ $0.0 < $1.0 && $0.1 <= $1.1 })
        else { throw Broken(description: "histogram \(name)") }
    }

    private static var form: Regex<(Substring, Substring, Substring?, Substring)> {
        #/(eccoe_[a-z_]+)(\{[a-z_]+="(?:[^"\\]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\]|\\["\\n])*")*\})? ([0-9.e+\-]+)/#
    }
}

extension PrometheusText.Broken {
    fileprivate init(_ what: String, _ line: Substring) {
        self.init(description: "\(what): \(line)")
    }
}
