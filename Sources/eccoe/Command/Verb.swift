import ArgumentParser
import CanonicalJSON
import Credentials
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeStore
import Recognition
import TransparencyLog

/// A command that does something: the second word of `eccoe <noun> <verb>`.
protocol Verb: AsyncParsableCommand {
    /// How to write results and errors.
    var output: OutputOptions { get }

    /// Does it.
    func execute() async throws
}

extension Verb {
    func run() async throws {
        do {
            try await execute()
        } catch let code as ExitCode {
            throw code
        } catch {
            let failure = CommandFailure(describing: error)
            failure.report(as: output.format)
            throw ExitCode(failure.status.rawValue)
        }
    }

    /// The present moment.
    var now: Instant { CommandClock.now }
}

/// The clock of a command; it has no other.
enum CommandClock {
    /// The present moment.
    static var now: Instant {
        Instant(secondsSince1970: Int64(Date().timeIntervalSince1970.rounded(.down)))
    }
}

extension CommandFailure {
    /// The one place where errors of all rooms become what a person reads.
    init(describing error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let problem as Problem: self.init(problem)
        case let error as ValidationError:
            self.init(
                .usage,
                Problem(.malformedRequest, error.message, try: "add --help to see how to write it")
            )
        case let error as StoreError: self.init(error)
        case let error as NoteError:
            self.init(.negative, Problem(.invalidCheckpoint, error.description))
        case let error as ProofError:
            self.init(.negative, Problem(.invalidProof, error.description))
        case let finding as LogAudit.Finding:
            self.init(.negative, Problem(.invalidProof, finding.reason, at: finding.resource))
        case let error as JSONError:
            self.init(
                .data,
                Problem(.malformedRequest, error.message, at: error.place)
            )
        case let error as DocumentError:
            self.init(
                .data,
                Problem(.malformedRequest, error.reason, at: error.place, try: error.remedy)
            )
        case let error as RecordError:
            self.init(
                .data,
                Problem(.invalidDecision, error.reason, at: error.pointer, try: error.remedy)
            )
        case let refusal as RegistryRefusal:
            self.init(refusal)
        case let error as RepositoryError:
            self.init(.negative, Problem(.registryRefused, error.description))
        case let refusal as RegistryRequest.Refusal:
            self.init(.negative, Problem(.registryRefused, refusal.description))
        case let error as X509Error:
            self.init(.data, Problem(.configuration, error.message))
        case is CancellationError:
            self.init(.unavailable, Problem(.unreachable, "interrupted"))
        default:
            self.init(.software, Problem(.internalError, "\(error)"))
        }
    }

    private init(_ refusal: RegistryRefusal) {
        if case .unreachable = refusal.reason {
            self.init(Problem(.registryUnavailable, refusal.description))
        } else {
            self.init(.negative, Problem(.registryRefused, refusal.description))
        }
    }

    private init(_ error: StoreError) {
        switch error {
        case .file(let path, let code):
            self.init(systemError: code, at: path)
        case .exists(let path):
            self.init(
                .cannotCreate,
                Problem(
                    .conflict,
                    "there is something already",
                    at: path,
                    try: "nothing was changed"
                )
            )
        case .missing(let path):
            self.init(.noInput, Problem(.notFound, "there is no such file", at: path))
        case .locked(let path):
            self.init(
                .unavailable,
                Problem(.busy, "another process uses the data folder", at: path)
            )
        case .exposedKey(let path):
            self.init(
                .configuration,
                Problem(
                    .keyUnusable,
                    "a private key is of mode 0400, and this file is not",
                    at: path,
                    try: "chmod 0400 \(path)"
                )
            )
        case .corrupt, .newer, .headChanged, .hashChanged:
            self.init(.data, Problem(.internalError, error.description))
        }
    }

    /// A failed file operation.
    init(systemError code: Int32, at path: String) {
        let reason = String(cString: strerror(code))
        switch code {
        case ENOENT, ENOTDIR, EISDIR:
            self.init(
                .noInput,
                Problem(.notFound, reason, at: path, try: "check the path")
            )
        case EACCES, EPERM, EROFS:
            self.init(
                .noPermission,
                Problem(.forbidden, reason, at: path, try: "check owner and mode")
            )
        default:
            self.init(.cannotCreate, Problem(.internalError, reason, at: path))
        }
    }

    /// Writes to standard error: `eccoe: what`, `  at: where`, `  try: remedy`; the problem itself
    /// when results are JSON.
    func report(as format: OutputFormat) {
        guard format == .table else {
            StandardStream.error.write(problem.json(node: "localhost").canonicalText + "\n")
            return
        }
        var text = "\(Software.name): \(PlainText.line(problem.detail))\n"
        if let pointer = problem.pointer { text += "  at: \(PlainText.line(pointer))\n" }
        if let remedy = problem.remedy { text += "  try: \(PlainText.line(remedy))\n" }
        StandardStream.error.write(text)
    }
}

extension JSONError {
    /// Line, column and byte, as an error message names them.
    var place: String { "line \(line), column \(column) (byte \(offset))" }
}
