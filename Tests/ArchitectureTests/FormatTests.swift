import Foundation
import Testing

@Suite struct `Formatting` {
    @Test func `swift format finds nothing to mend`() throws {
        let output = FileManager.default.temporaryDirectory
            .appendingPathComponent("format-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swift", "format", "lint", "--strict", "--parallel", "--recursive", "Sources", "Tests",
            "Package.swift",
        ]
        process.currentDirectoryURL = Repository.root
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        let report = try String(contentsOf: output, encoding: .utf8)
        #expect(
            process.terminationStatus == 0,
            """
            \(report.prefix(4000))
            mend it with: swift format -i -r Sources Tests Package.swift
            """
        )
    }
}
