import Foundation
import Testing

/// Runs the simulator as a person would, in processes of their own. `Deploy/test` runs it once more,
/// for longer.
@Suite struct `A simulated federation` {
    @Test func `keeps what it must through three seeds of faults, and replays a seed exactly`()
        throws
    {
        let process = Process()
        process.executableURL = try binary()
        process.arguments = ["--seeds", "3", "--nodes", "8", "--hours", "1"]
        process.environment = ["SWIFT_BACKTRACE": "enable=no"]
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
    }

    /// The simulator beside the test bundle, or in the folder that SwiftPM builds into.
    private func binary() throws -> URL {
        let folders = [
            Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent(),
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
            URL(fileURLWithPath: FileManager.default.currentDirectoryPath + "/.build/debug"),
        ]
        for folder in folders {
            let file = folder.appendingPathComponent("Simulation")
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
                !isFolder.boolValue
            {
                return file
            }
        }
        throw CocoaError(.fileNoSuchFile)
    }
}
