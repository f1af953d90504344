/// Metrics as Prometheus reads them (text format 0.0.4): families, each with its help and type, and
/// samples with labels.
package struct Exposition: Sendable {
    /// What a family counts.
    package enum Kind: String, Sendable {
        /// Only grows, and begins anew with the process.
        case counter
        /// Goes up and down.
        case gauge
    }

    /// A number with what it is of.
    package struct Sample: Sendable {
        let labels: [(name: String, value: String)]
        let value: Double

        /// A sample.
        package init(_ value: some BinaryInteger, _ labels: (name: String, value: String)...) {
            self.labels = labels
            self.value = Double(value)
        }
    }

    /// The media type of `text`.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"
    /// The families so far.
    package private(set) var text = ""

    /// No family yet.
    package init() {}

    /// Adds a family; one without samples is left out.
    package mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]
    ) {
        guard !samples.isEmpty else { return }
        head(name, kind.rawValue, help)
        for sample in samples { line(name, sample.labels, sample.value) }
    }

    /// Adds a histogram.
    package mutating func add(_ name: String, _ help: String, _ histogram: Histogram) {
        head(name, "histogram", help)
        for (bound, count) in histogram.cumulative {
            line(name + "_bucket", [("le", bound.map(Self.number) ?? "+Inf")], Double(count))
        }
        line(name + "_sum", [], histogram.sum)
        line(name + "_count", [], Double(histogram.count))
    }

    private mutating func head(_ name: String, _ kind: String, _ help: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n"
    }

    private mutating func line(
        _ name: String, _ labels: [(name: String, value: String)], _ value: Double
    ) {
        let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
        let braces = list.isEmpty ? "" : "{" + list.joined(separator: ",") + "}"
        text += "\(name)\(braces) \(Self.number(value))\n"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        let plain = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quotes ? plain.replacing("\"", with: "\\\"") : plain
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}

/// How often something took how long.
package struct Histogram: Sendable, Equatable {
    /// Upper bounds of the buckets, rising; one without bound follows.
    package let bounds: [Double]
    /// Everything that was observed, added up.
    package private(set) var sum = 0.0
    private var counts: [Int]

    /// Nothing was observed yet.
    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// How much was observed.
    package var count: Int { counts.reduce(0, +) }

    /// Takes a value.
    package mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// Each bound, nil for none, with how many values were not above it.
    package var cumulative: [(bound: Double?, count: Int)] {
        var total = 0
        return zip(bounds.map { $0 } + [nil], counts).map { bound, count in
            total += count
            return (bound, total)
        }
    }
}
