import Foundation
import Fuzzing
import Testing

/// What the fuzzers begin from, what they once found, and simple changes of both, in every test run.
@Suite struct `Bytes that strangers send` {
    private static let corpus = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzzing/Corpus")

    /// Inputs on which a fuzzer once found a fault.
    private static func found(_ target: FuzzTarget) throws -> [[UInt8]] {
        let folder = corpus.appendingPathComponent(target.rawValue)
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            Array(try Data(contentsOf: folder.appendingPathComponent($0)))
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `are read or refused, and never believed wrongly`(_ target: FuzzTarget) throws {
        let seeds = target.seeds
        try #require(!seeds.isEmpty && !seeds.contains([]))
        for input in seeds + (try Self.found(target)) {
            #expect(target.violation(input) == nil)
            // Every cut, and every byte changed in two ways, of the first kilobyte.
            for end in 0..<min(input.count, 1024) {
                #expect(target.violation(Array(input[..<end])) == nil)
                for change: UInt8 in [0x01, 0x80] {
                    var bytes = input
                    bytes[end] ^= change
                    let violation = target.violation(bytes)
                    #expect(violation == nil, "byte \(end) ^ \(change)")
                }
            }
        }
    }
}
