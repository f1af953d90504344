import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeStore
import Testing

/// A log restored from an old backup is served, but never signed: that could fork it.
@Suite(.ownThreads) struct RollbackTests {
    @Test func `a log that is older than its anchor is read-only`() async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        _ = try await institution.publish("C-1")
        #expect(institution.stop() == 0)
        let log = institution.folder.file("log")
        let backup = institution.file("backup")
        try FileManager.default.copyItem(atPath: log, toPath: backup)

        try institution.start()
        _ = try await institution.publish("C-2")
        #expect(institution.stop() == 0)
        try FileManager.default.removeItem(atPath: log)
        try FileManager.default.moveItem(atPath: backup, toPath: log)

        try institution.start()
        let status = try await institution.ask(.status)
        #expect(status["log"]?["size"]?.integer == 2)
        let problem = await #expect(throws: Problem.self) {
            try await institution.publish("C-3")
        }
        #expect(problem?.slug == .readOnly)
        #expect(problem?.detail.contains("the anchor remembers 3 leaves") == true)
        #expect(try await institution.ask(.status)["log"]?["size"]?.integer == 2)
    }

    @Test func `lost views are computed anew at the next start`() async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        _ = try await institution.publish("C-1")
        #expect(institution.stop() == 0)
        for suffix in ["", "-wal", "-shm"] {
            let file = institution.folder.viewsDatabase + suffix
            if FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
        }
        try institution.start()
        var found = 0
        for _ in 0..<5000 where found == 0 {
            let answer = try await institution.ask(.catalogueSearch, ["query": "course"])
            found = answer["results"]?.array?.count ?? 0
        }
        #expect(found == 1)
    }

    @Test func `a key without its log does not start a new one`() async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        #expect(institution.stop() == 0)
        try FileManager.default.removeItem(atPath: institution.folder.log(epoch: 1))

        try institution.start()
        let problem = await #expect(throws: Problem.self) {
            try await institution.ask(.logInit)
        }
        #expect(problem?.slug == .logExists)
    }
}

extension Institution {
    /// Publishes the smallest item with this id, and with a description when there is one.
    @discardableResult
    func publish(_ id: String, text: String = "") async throws -> JSON {
        var item: JSON = [
            "id": .string(id), "title": ["en": .string("Course \(id)")], "defaultLanguage": "en",
            "provider": ["name": ["en": "University A"]],
            "awardingBody": ["name": ["en": "University A"]],
        ]
        if !text.isEmpty, case .object(var object) = item {
            object["description"] = ["en": .string(text)]
            item = .object(object)
        }
        let milliseconds = Int64(Date().timeIntervalSince1970 * 1000)
        let request = RequestID(milliseconds: milliseconds, random: SecureRandom.bytes(10))
        return try await ask(
            .cataloguePublish, ["requestId": .string(request.text), "items": [item]])
    }
}
