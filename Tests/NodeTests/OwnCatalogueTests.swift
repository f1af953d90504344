import CanonicalJSON
import Catalogue
import Federation
import Keys
import Node
import NodeStore
import Testing

/// The own catalogue as it goes out.
@Suite(.serialized) struct `The own catalogue of a node` {
    private static let count = 120

    private func running(_ body: @Sendable (Institution) async throws -> Void) async throws {
        let federation = try TestFederation()
        let a = try federation[TestFederation.a]
        try await federation.running {
            try await federation.admitted()
            try await a.createLog()
            try await Self.publish((1...Self.count).map { "P-\($0)" }, "One", at: a, request: 1)
            try await body(a)
        }
    }

    private static func publish(
        _ ids: [String], _ title: String, at institution: Institution, request: UInt8
    ) async throws {
        _ = try await CatalogueDesk(node: institution.node).publish(
            ids.map { Institution.item($0, title) },
            request: RequestID(
                milliseconds: Int64(request), random: [UInt8](repeating: request, count: 10)),
            dryRun: false)
    }

    private static func rest(of parts: inout CatalogueFile.Parts) throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        while let part = try parts.nextPart() { all.append(part) }
        return all
    }

    @Test(arguments: ExportFormat.allCases)
    func `comes in parts of few items, and is whole`(format: ExportFormat) async throws {
        try await running { a in
            let file = try OwnCatalogue(node: a.node).file(format)
            var parts = file.parts()
            let all = try Self.rest(of: &parts)
            #expect(try parts.nextPart() == nil, "an end stays an end")
            // 120 items are three parts, in each pass.
            #expect(all.count == (format == .qdr ? QDRWriter.passes : 1) * 5)
            var again = file.parts()
            #expect(try Self.rest(of: &again) == all)
            guard let back = ImportFormat(rawValue: format.rawValue), format != .csv else { return }
            let report = CatalogueImport.read(
                Array(all.joined()), format: back,
                defaults: ImportDefaults(domain: a.domain, institutionName: "A", language: "en"))
            #expect(report.items.count == Self.count)
        }
    }

    @Test func `is cut off when an item changes that was not sent yet`() async throws {
        try await running { a in
            let catalogue = OwnCatalogue(node: a.node)
            let before = try catalogue.file(.json)
            var early = before.parts()
            var late = before.parts()
            _ = try early.nextPart()
            for _ in 1...4 { _ = try late.nextPart() }
            // By id, this is the last one.
            try await Self.publish(["P-99", "Q-1"], "Two", at: a, request: 2)
            #expect(throws: Problem.self) { try Self.rest(of: &early) }
            #expect(
                try Self.rest(of: &late).count == 1, "all items were sent: only the end is left")
            let after = try catalogue.file(.json)
            #expect(after.tag != before.tag)
            #expect(after.selection.places.count == Self.count + 1)
            var parts = after.parts()
            #expect(try Self.rest(of: &parts).count == 5)
        }
    }

    @Test func `is not disturbed by items that are new`() async throws {
        try await running { a in
            let file = try OwnCatalogue(node: a.node).file(.json)
            var whole = file.parts()
            let bytes = try Self.rest(of: &whole)
            var parts = file.parts()
            _ = try parts.nextPart()
            try await Self.publish(["A-0"], "New", at: a, request: 2)
            #expect(try Self.rest(of: &parts) == Array(bytes.dropFirst()))
        }
    }

    @Test func `is sent to few at a time, and then to others`() async throws {
        try await running { a in
            let catalogue = OwnCatalogue(node: a.node)
            var seats = try (1...Limits.catalogueFiles).map { _ in try catalogue.seat() }
            #expect(throws: Problem.self) { try catalogue.seat() }
            seats.removeLast()
            let last = try catalogue.seat()
            #expect(throws: Problem.self) { try catalogue.seat() }
            withExtendedLifetime((seats, last)) {}
        }
    }

    @Test func `each format has a tag of its own`() async throws {
        try await running { a in
            let catalogue = OwnCatalogue(node: a.node)
            let tags = try ExportFormat.allCases.map { try catalogue.file($0).tag.field }
            #expect(Set(tags).count == tags.count)
            #expect(try catalogue.file(.csv).tag == catalogue.file(.csv).tag)
        }
    }

    @Test func `a sitemap has an index only where one file is not enough`() async throws {
        try await running { a in
            let desk = PublicationDesk(node: a.node, catalogue: OwnCatalogue(node: a.node))
            #expect(try desk.sitemap(page: nil) == desk.sitemap(page: 1))
            #expect(throws: Problem.self) { try desk.sitemap(page: 2) }
            #expect(throws: Problem.self) { try desk.sitemap(page: 0) }
            let text = String(decoding: try desk.sitemap(page: nil, size: 50), as: UTF8.self)
            #expect(text.contains("<sitemapindex"))
            #expect(text.split(separator: "<loc>").count == 4)
            let third = String(decoding: try desk.sitemap(page: 3, size: 50), as: UTF8.self)
            #expect(third.split(separator: "<loc>").count == 21)
            #expect(throws: Problem.self) { try desk.sitemap(page: 4, size: 50) }
        }
    }
}
