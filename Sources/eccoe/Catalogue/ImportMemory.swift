import CanonicalJSON
import Catalogue
import Federation
import Foundation
import Keys
import NodeStore

/// What earlier imports took from a source, so that the next one sees what is gone from it. A text
/// file in the data folder: a line of JSON that names the source, then one id a line; `gone` stands
/// before those that are gone from the source and were kept so far.
struct ImportMemory {
    /// The source as it was named, its format and, of a repository, the set.
    let source: String
    /// The ids of items that were in the source and are not known to be withdrawn.
    var ids: Set<String>
    /// Those of which it was seen that they are gone: they are asked about again.
    var gone: Set<String> = []
    /// From when on the next harvest goes on; nil for files.
    var nextFrom: Instant?

    /// Bytes of the largest memory: a million ids.
    private static let maximumBytes = 70 << 20

    /// What is known of a source; nothing yet when it was never read.
    static func read(_ source: ImportSource, in folder: DataFolder) throws -> ImportMemory {
        let name = try Self.name(of: source)
        let empty = ImportMemory(source: name, ids: [], nextFrom: nil)
        guard let bytes = try DurableFile.read(path(of: name, folder), limit: maximumBytes) else {
            return empty
        }
        let lines = bytes.split(separator: 0x0a)
        guard let first = lines.first, let head = try? JSON.read(Array(first)),
            head["v"]?.integer == 1, head["source"]?.string == name
        else { return empty }
        var memory = empty
        memory.nextFrom = head["nextFrom"]?.string.flatMap { Instant($0) }
        for line in lines.dropFirst() {
            let text = String(decoding: line, as: UTF8.self)
            let isGone = text.hasPrefix(mark)
            let id = isGone ? String(text.dropFirst(mark.count)) : text
            guard ItemIdentifier.isValid(id) else { continue }
            if isGone { memory.gone.insert(id) } else { memory.ids.insert(id) }
        }
        return memory
    }

    private static let mark = "gone "

    /// Writes it.
    ///
    /// - Throws: `StoreError.file`.
    func write(in folder: DataFolder) throws {
        var head = JSONObject()
        head["v"] = .number(JSONNumber(1))
        head["source"] = .string(source)
        head["nextFrom"] = nextFrom.map { .string($0.text) }
        var bytes = JSON.object(head).canonicalBytes + [0x0a]
        for id in ids.sorted() { bytes += Array(id.utf8) + [0x0a] }
        for id in gone.sorted() { bytes += Array((Self.mark + id).utf8) + [0x0a] }
        let path = Self.path(of: source, folder)
        // The address of a source may hold what gives access to it.
        try DurableFile.makeFolder((path as NSString).deletingLastPathComponent, mode: 0o700)
        try DurableFile.write(bytes, to: path, mode: 0o600)
    }

    /// Standard input is no source that comes again.
    static func isPossible(for source: ImportSource) -> Bool { source.file != "-" }

    private static func name(of source: ImportSource) throws -> String {
        let place = source.isURL ? source.file : AbsolutePath.of(source.file)
        let set = source.harvest.setSpec.map { " set " + $0 } ?? ""
        return "\(try source.requiredFormat().rawValue) \(place)\(set)"
    }

    private static func path(of name: String, _ folder: DataFolder) -> String {
        folder.file("imports/" + Digest(of: Array(name.utf8)).hex.prefix(16) + ".txt")
    }
}
