import Foundation
import Fuzzing
import Glibc

// `ECCOE_FUZZ=1 ECCOE_FUZZ_TARGET=<name> swift run FuzzRunner <corpus folder> [libFuzzer options]`:
// libFuzzer on one target. `FuzzRunner --seeds <folder>` writes the seeds of all targets.

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argc: UnsafeMutablePointer<CInt>,
    _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private let target = ProcessInfo.processInfo.environment["ECCOE_FUZZ_TARGET"]
    .flatMap(FuzzTarget.init(rawValue:))

/// One input; a violation ends the process, so that libFuzzer keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let violation = target?.violation(bytes) {
        FileHandle.standardError.write(Data("violation: \(violation)\n".utf8))
        abort()
    }
    return 0
}

/// The entry point under the name that SwiftPM gives to the main function of an executable.
@_cdecl("FuzzRunner_main")
public func fuzzMain(
    _ argc: CInt,
    _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
        return writeSeeds(CommandLine.arguments[2])
    }
    guard target != nil else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        FileHandle.standardError.write(Data("set ECCOE_FUZZ_TARGET to one of \(names)\n".utf8))
        return 64
    }
    var argc = argc
    var argv = argv
    return runDriver(&argc, &argv, fuzzOne)
}

private func writeSeeds(_ folder: String) -> CInt {
    for target in FuzzTarget.allCases {
        let path = folder + "/" + target.rawValue
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            for (number, seed) in target.seeds.enumerated() {
                try Data(seed).write(to: URL(fileURLWithPath: "\(path)/seed-\(number)"))
            }
        } catch {
            FileHandle.standardError.write(Data("\(path): \(error)\n".utf8))
            return 73
        }
    }
    return 0
}
