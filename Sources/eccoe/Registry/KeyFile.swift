import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeStore

/// Where a passphrase comes from.
struct PassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File with the passphrase (environment: ECCOE_PASSPHRASE_FILE; default: asked for).",
            valueName: "file"))
    var passphraseFile: String?

    /// The passphrase for `what`, its bytes without a line's end.
    ///
    /// - Parameter twice: whether a person types it a second time.
    /// - Throws: `CommandFailure`.
    func passphrase(for what: String, twice: Bool = false) throws -> [UInt8] {
        let variable = ProcessInfo.processInfo.environment["ECCOE_PASSPHRASE_FILE"]
        if let path = passphraseFile ?? variable, !path.isEmpty { return try Self.read(path) }
        let first = try Terminal.secret("Passphrase for \(PlainText.line(what)): ")
        guard twice else { return first }
        guard try Terminal.secret("Once more: ") == first else {
            throw CommandFailure(
                .usage, Problem(.keyUnusable, "the passphrases differ", try: "type it again"))
        }
        return first
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard try DurableFile.mode(path) & 0o077 == 0 else {
            throw CommandFailure(
                .configuration,
                Problem(
                    .keyUnusable, "others than its owner may read the passphrase", at: path,
                    try: "chmod 0400 \(path)"))
        }
        var bytes = try InputFile.read(path, limit: 4096)
        while bytes.last == 0x0a || bytes.last == 0x0d { bytes.removeLast() }
        return bytes
    }
}

/// The terminal from which the command was started.
private enum Terminal {
    /// A line that is not shown while it is typed.
    ///
    /// - Throws: `CommandFailure`, 64 without a terminal, 1 when the person gives up.
    static func secret(_ prompt: String) throws -> [UInt8] {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        var settings = termios()
        guard terminal >= 0, tcgetattr(terminal, &settings) == 0 else {
            if terminal >= 0 { close(terminal) }
            throw CommandFailure(
                .usage,
                Problem(
                    .keyUnusable, "a passphrase is needed, and there is no terminal to ask for it",
                    at: "--passphrase-file", try: "name a file of mode 0400 that holds it"))
        }
        defer { close(terminal) }
        var silent = settings
        // Without signals: an interrupted program would leave the terminal silent.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        tcsetattr(terminal, TCSAFLUSH, &silent)
        defer { tcsetattr(terminal, TCSAFLUSH, &settings) }
        _ = Array(prompt.utf8).withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < 4096, read(terminal, &byte, 1) == 1, byte != 0x0a { line.append(byte) }
        _ = [UInt8(0x0a)].withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
        guard !line.contains(0x03) else {
            throw CommandFailure(
                .negative, Problem(.conflict, "given up: nothing was changed"))
        }
        return line
    }
}

/// Files with a private key: a plain JWK, or one that a passphrase seals.
enum KeyFile {
    /// Reads one, and asks for the passphrase when there is one.
    ///
    /// - Throws: `CommandFailure`, `StoreError.exposedKey`.
    static func read(_ path: String, _ passphrase: PassphraseOptions) throws -> Ed25519Key {
        guard let sealed = try sealed(path) else {
            guard let key = try DataFolder.readKey(path) else { throw StoreError.missing(path) }
            return key
        }
        do {
            return try sealed.open(passphrase: passphrase.passphrase(for: path))
        } catch let failure as SealedKey.Failure {
            throw unusable(failure, at: path)
        }
    }

    /// The sealed key of a file; nil when it holds another kind of key or is not there.
    static func sealed(_ path: String) throws -> SealedKey? {
        guard let bytes = try DurableFile.read(path, limit: 4096),
            let json = try? JSON.read(bytes), SealedKey.isOne(json)
        else { return nil }
        guard try DurableFile.mode(path) & 0o377 == 0 else { throw StoreError.exposedKey(path) }
        do throws(SealedKey.Failure) {
            return try SealedKey(json: json)
        } catch {
            throw unusable(error, at: path)
        }
    }

    /// Makes a key and its file; nil for `passphrase`: a plain one.
    ///
    /// - Throws: `StoreError.exists`, `CommandFailure`.
    static func make(_ path: String, passphrase: [UInt8]?) throws -> Ed25519Key {
        let key = Ed25519Key()
        guard let passphrase else {
            try DataFolder.writeKey(key, to: path)
            return key
        }
        guard try DurableFile.read(path) == nil else { throw StoreError.exists(path) }
        do {
            let sealed = try SealedKey(
                sealing: key, passphrase: passphrase, salt: SecureRandom.bytes(32),
                nonce: SecureRandom.bytes(12))
            try DurableFile.write(sealed.json.canonicalBytes + [0x0a], to: path, mode: 0o400)
        } catch let failure as SealedKey.Failure {
            throw unusable(failure, at: path)
        }
        return key
    }

    private static func unusable(_ failure: SealedKey.Failure, at path: String) -> CommandFailure {
        CommandFailure(.configuration, Problem(.keyUnusable, failure.description, at: path))
    }
}
