import Federation
import Foundation
import Glibc
import Logging
import NodeStore

/// `eccoed [--config <file>]`: the daemon of one institution.
@main
struct Main {
    private static let usage = """
        eccoed: the daemon of one institution in the credit clearinghouse network

        USAGE: eccoed [--config <file>]

          --config <file>   configuration (default /etc/eccoe/eccoed.yaml, or ECCOE_CONFIG);
                            eccoe init writes one
          --version         print the version
          --help            print this

        """

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        var path = ProcessInfo.processInfo.environment["ECCOE_CONFIG"] ?? "/etc/eccoe/eccoed.yaml"
        switch (arguments.first, arguments.count) {
        case (nil, _): break
        case ("--version", 1): return write(Software.version + "\n", to: .standardOutput)
        case ("--help", 1), ("-h", 1): return write(usage, to: .standardOutput)
        case ("--config", 2): path = arguments[1]
        default:
            write(usage, to: .standardError)
            exit(EX_USAGE)
        }
        do {
            try await run(path)
        } catch {
            let problem = problem(error, path: path)
            var text = "eccoed: \(problem.detail)\n"
            if let pointer = problem.pointer { text += "  at: \(pointer)\n" }
            if let remedy = problem.remedy { text += "  try: \(remedy)\n" }
            write(text, to: .standardError)
            exit(problem.slug == .configuration ? EX_CONFIG : EX_SOFTWARE)
        }
    }

    private static func run(_ path: String) async throws {
        guard let bytes = try DurableFile.read(path, limit: 1 << 20) else {
            throw Problem(
                .configuration,
                "there is no configuration",
                at: path,
                try: "make one with eccoe init, and name it with --config"
            )
        }
        let configuration = try Configuration(
            yaml: String(decoding: bytes, as: UTF8.self),
            path: path,
            environment: ProcessInfo.processInfo.environment
        )
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        let isJSON = configuration.logFormat == "json"
        let logger = Logger(label: "eccoed") { _ in StderrHandler(isJSON: isJSON, level: level) }
        try await Daemon(configuration: configuration, logger: logger).run()
    }

    private static func problem(_ error: any Error, path: String) -> Problem {
        switch error {
        case let problem as Problem: problem
        case StoreError.locked(let lock):
            Problem(
                .configuration,
                "another daemon uses this data folder",
                at: lock,
                try: "stop it first; one data folder belongs to one daemon"
            )
        case StoreError.exposedKey(let key):
            Problem(
                .keyUnusable,
                "a private key is of mode 0400, and this file is not",
                at: key,
                try: "chmod 0400 \(key)"
            )
        default: Problem(.internalError, "\(error)", at: path)
        }
    }

    private static func write(_ text: String, to handle: FileHandle) {
        handle.write(Data(text.utf8))
    }
}
