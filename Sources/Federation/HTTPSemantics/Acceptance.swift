/// What an Accept or Accept-Encoding field takes (RFC 9110 sections 12.4.2, 12.5.1 and 12.5.3).
package struct Acceptance: Sendable {
    private struct Range {
        let name: String
        let parameters: [String: String]
        /// Thousandths.
        let quality: Int
    }

    private static let maximumRanges = 64

    /// nil when the field is absent: then everything is taken.
    private let ranges: [Range]?

    /// Reads a field; what is malformed in it counts as absent, and what goes beyond 64 ranges.
    package init(_ field: String?) {
        let parts = field?.split(separator: ",").prefix(Self.maximumRanges)
        let ranges = parts?.compactMap(Self.range)
        self.ranges = ranges?.isEmpty == true ? nil : ranges
    }

    private static func range(_ text: Substring) -> Range? {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
        guard let name = parts.first?.lowercased(), !name.isEmpty else { return nil }
        var parameters: [String: String] = [:]
        var quality = 1000
        for part in parts.dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { continue }
            let name = trimmed(sides[0]).lowercased()
            let value = trimmed(sides[1])
            guard name != "q" else {
                guard let thousandths = thousandths(value) else { return nil }
                quality = thousandths
                continue
            }
            parameters[name] = value.filter { $0 != "\"" }
        }
        return Range(name: name, parameters: parameters, quality: quality)
    }

    /// `0`, `1`, or with up to three digits behind a point.
    private static func thousandths(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = Int(parts[0]), (0...1).contains(whole) else {
            return nil
        }
        let digits = parts.count == 2 ? parts[1] : ""
        guard digits.count <= 3, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        let part = Int(digits.padding(to: 3)) ?? 0
        let value = whole * 1000 + part
        return value <= 1000 ? value : nil
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let rest = text.drop(while: isBlank)
        let end = rest.lastIndex { !isBlank($0) }
        return end.map { String(rest[...$0]) } ?? ""
    }

    /// The place of the offer that is taken best, the first among equals; nil when none is taken.
    ///
    /// - Parameter offers: media types, perhaps with a `profile`, the server's favourite first.
    package func best(of offers: [(type: String, profile: String?)]) -> Int? {
        var best: (place: Int, quality: Int)?
        for (place, offer) in offers.enumerated() {
            let quality = quality(of: offer.type, profile: offer.profile)
            if quality > best?.quality ?? 0 { best = (place, quality) }
        }
        return best?.place
    }

    /// The most specific range that matches decides, in thousandths; 0 is a refusal.
    private func quality(of type: String, profile: String?) -> Int {
        guard let ranges else { return 1000 }
        let group = type.prefix { $0 != "/" } + "/*"
        var found: (rank: Int, quality: Int)?
        for range in ranges {
            let rank: Int
            switch range.name {
            case type:
                let asked = range.parameters["profile"]
                guard asked == nil || asked == profile else { continue }
                rank = asked == nil ? 3 : 4
            case String(group): rank = 2
            case "*/*": rank = 1
            default: continue
            }
            if rank > found?.rank ?? 0 { found = (rank, range.quality) }
        }
        return found?.quality ?? 0
    }

    /// Whether a content coding is named, or any by `*`, and not refused. An absent field takes
    /// none, since who does not ask may not know it.
    package func takes(coding: String) -> Bool {
        guard let ranges else { return false }
        let named = ranges.last { $0.name == coding } ?? ranges.last { $0.name == "*" }
        return named.map { $0.quality > 0 } ?? false
    }
}

extension Substring {
    fileprivate func padding(to count: Int) -> String {
        self + String(repeating: "0", count: count - self.count)
    }
}
