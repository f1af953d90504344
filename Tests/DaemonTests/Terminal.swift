import Foundation
import Glibc

/// A command that asks a person at a terminal, whose other end the test holds.
final class Terminal {
    private let process: Process
    private let keyboard: FileHandle
    private let errors = Pipe()
    private(set) var said = ""

    /// Starts `eccoe` with a terminal as its standard input.
    init(_ arguments: [String]) throws {
        var master: Int32 = -1
        var screen: Int32 = -1
        guard openpty(&master, &screen, nil, nil, nil) == 0 else { throw POSIXError(.ENOTTY) }
        keyboard = FileHandle(fileDescriptor: master, closeOnDealloc: true)
        let input = FileHandle(fileDescriptor: screen, closeOnDealloc: true)
        process = try Institution.process("eccoe", arguments, input: input, errors: errors)
    }

    /// Reads what it says until this was said.
    func read(until text: String) throws {
        while !said.contains(text) {
            let data = errors.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Institution.Failure(what: said, status: 1) }
            said += String(decoding: data, as: UTF8.self)
        }
    }

    /// Types a line, and waits for the end.
    ///
    /// - Returns: the exit status.
    func type(_ line: String) throws -> Int32 {
        keyboard.write(Data((line + "\n").utf8))
        said += String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus
    }
}
