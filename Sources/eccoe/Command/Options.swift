import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import NodeClient
import NodeStore

/// How results are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
    case jsonl
}

/// The option that every command has.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "How to write the result: for people, as one JSON text, or as JSON lines."
    )
    var format: OutputFormat = .table

    /// Writes a result: as text for people, otherwise as JSON.
    func write(_ answer: JSON, _ text: (JSON) -> String) {
        switch format {
        case .table: StandardStream.output.write(text(answer))
        case .json, .jsonl: StandardStream.output.write(line: answer)
        }
    }

    /// Writes a list: as a table, as one JSON text, or one line an element.
    func write(list name: String, of answer: JSON, _ text: ([JSON]) -> String) {
        let rows = answer[name]?.array ?? []
        switch format {
        case .table: StandardStream.output.write(text(rows))
        case .json: StandardStream.output.write(line: answer)
        case .jsonl: for row in rows { StandardStream.output.write(line: row) }
        }
    }
}

/// Where the own node is.
struct NodeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The node's data folder (environment: ECCOE_DATA; default: /var/lib/eccoe).",
            valueName: "folder"
        )
    )
    var data: String?

    @Option(
        help: ArgumentHelp(
            """
            The daemon's socket (environment: ECCOE_SOCKET; default: eccoed.sock in the data \
            folder when one is named, otherwise /run/eccoe/eccoed.sock).
            """,
            valueName: "path"
        )
    )
    var socket: String?

    /// The data folder.
    var folder: DataFolder {
        DataFolder(named ?? "/var/lib/eccoe")
    }

    /// The socket's path.
    var socketPath: String {
        if let path = socket ?? Self.variable("ECCOE_SOCKET") { return path }
        return named == nil ? "/run/eccoe/eccoed.sock" : folder.socket
    }

    /// Asks the daemon one thing.
    func ask(_ operation: ControlOperation, _ body: JSON = [:]) async throws -> JSON {
        try await withDaemon { try await $0.call(operation, body) }
    }

    /// Lets `body` speak to the daemon.
    func withDaemon<Value>(_ body: (ControlClient) async throws -> Value) async throws -> Value {
        let client = try ControlClient(socket: socketPath)
        do {
            let value = try await body(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private var named: String? {
        let path = data ?? Self.variable("ECCOE_DATA")
        return path.map(AbsolutePath.of)
    }

    private static func variable(_ name: String) -> String? {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            return nil
        }
        return value
    }
}

/// The authority to trust where a command takes a URL.
struct AuthorityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Certificate authority in PEM to trust for https instead of the system's.",
            valueName: "pem"
        )
    )
    var ca: String?

    /// The authority's file; nil when none is named.
    func pem() throws -> [UInt8]? {
        try ca.map { try InputFile.read($0) }
    }
}
