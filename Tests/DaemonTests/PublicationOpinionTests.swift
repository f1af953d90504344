import CanonicalJSON
import Catalogue
import Federation
import Foundation
import NodeStore
import SecondOpinion
import Testing

/// What programs that nobody here wrote make of a published catalogue.
extension PublicationTests {
    private var authority: String { node.folder.file("tls/authority.pem") }

    @Test(.enabled(if: Stranger.hasSickle, "\(Stranger.noWeb)"))
    func `sickle harvests the catalogue whole, by time and by sets`() throws {
        let answer = try Stranger.publication("harvest", [node.url + "/oai", authority])
        try #require(answer.status == 0, "\(answer.output.suffix(2000))")
        let report = try JSON.read(Array(answer.output.utf8))
        for method in ["GET", "POST"] {
            let seen = report[method]
            #expect(seen?["deletedRecord"]?.string == "persistent")
            #expect(seen?["granularity"]?.string == "YYYY-MM-DDThh:mm:ssZ")
            #expect(seen?["sets"]?.integer == Int64(OAISets.all.count))
            for prefix in ["lom", "oai_dc"] {
                let records = seen?[prefix]
                #expect(records?["records"]?.integer == Int64(PublishingInstitution.records))
                #expect(records?["all"] == records?["records"], "none twice")
                #expect(records?["titled"]?.integer == Int64(PublishingInstitution.items))
                #expect(
                    records?["deleted"]?.array?.compactMap(\.string) == [
                        "oai:uni-a.example:E-1", "oai:uni-a.example:GONE%2F1",
                    ])
                #expect(records?["single"]?.bool == true, "second by second, all are found")
                #expect(records?["since"] == records?["newest"])
                #expect(
                    records?["set"]?.integer == Int64(PublishingInstitution.plainItems / 2))
                #expect(records?["same"]?.bool == true)
            }
        }
    }

    @Test(.enabled(if: Stranger.hasPyLD, "\(Stranger.noWeb)"))
    func `PyLD expands what is written in JSON-LD without loss and without network`()
        async throws
    {
        let vectors =
            (ProcessInfo.processInfo.environment["ECCOE_SHARED"] ?? "../shared") + "/vectors"
        let hasBadges = FileManager.default.fileExists(atPath: vectors + "/openbadges-contexts")
        let formats = [ExportFormat.elm, .ctdl, .schemaorg] + (hasBadges ? [.ob3] : [])
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("linked-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for format in formats {
            for (name, path) in [
                (format.fileName, "/catalogue/" + format.fileName),
                ("one-" + format.fileName, "/items/FULL-1?format=\(format.rawValue)"),
            ] {
                let file = folder.appendingPathComponent(name)
                try Data(try await node.ask("GET", path).body).write(to: file)
                files.append(file.path)
            }
        }
        let answer = try Stranger.publication("expand", [vectors] + files)
        try #require(answer.status == 0, "\(answer.output.suffix(2000))")
        let report = try JSON.read(Array(answer.output.utf8))
        for format in formats {
            let whole = report[format.fileName]
            #expect(whole?["nodes"]?.integer == Int64(PublishingInstitution.items), "\(format)")
            #expect(report["one-" + format.fileName]?["nodes"]?.integer == 1, "\(format)")
            for seen in [whole, report["one-" + format.fileName]] {
                #expect(seen?["lost"]?.array?.isEmpty == true, "\(format): \(answer.output)")
                #expect(seen?["dropped"]?.array?.isEmpty == true, "\(format): \(answer.output)")
            }
        }
    }

    /// Paths with slashes in their last part cannot be told to it: it encodes them.
    @Test(.enabled(if: Stranger.hasSchemathesis, "\(Stranger.noWeb)"))
    func `schemathesis finds that what is served is what is described`() throws {
        let arguments = [
            "run", node.url + "/openapi.json", "--tls-verify", authority,
            "--include-method", "GET", "--exclude-path-regex", "\\{path\\}$",
            "--phases", "examples,coverage,fuzzing", "--mode", "all", "--max-examples", "10",
            "--seed", "20261123", "--no-color", "--generation-database", "none",
        ]
        let answer = try Stranger.publication("describe", [node.domain] + arguments)
        #expect(answer.status == 0, "\(answer.output.suffix(6000))")
        #expect(answer.output.contains("Selected:"))
    }
}
