import CanonicalJSON
import Catalogue
import Federation
import NodeClient

/// Adds the evidence of a sheet to items that are in the own catalogue: each item is asked for,
/// gets its evaluation, and is published again.
struct EvidenceImport {
    let client: ControlClient
    let dryRun: Bool

    /// The evidence whose items were found became part of `items`; the others became problems.
    struct Prepared {
        var items: [JSON] = []
        var problems: [ImportProblem] = []
    }

    /// Evidence with the place of its row.
    typealias Row = (at: String, evidence: QualityEvidence)

    /// The items of `rows` with their evidence, each item once.
    func prepare(_ rows: [Row]) async throws -> Prepared {
        var prepared = Prepared()
        var items: [String: LearningOpportunity] = [:]
        var order: [String] = []
        for (place, evidence) in rows {
            let id = evidence.itemID
            if items[id] == nil {
                guard let item = try await current(id) else {
                    prepared.problems.append(Self.unknown(id, at: place))
                    continue
                }
                items[id] = item
                order.append(id)
            }
            items[id] = items[id].map { evidence.added(to: $0) }
        }
        prepared.items = order.compactMap { items[$0]?.json }
        return prepared
    }

    /// Publishes the items; each answer has id, outcome, index and revision.
    func publish(_ items: [JSON]) async throws -> [JSON] {
        guard !items.isEmpty else { return [] }
        let answer = try await client.call(
            .cataloguePublish,
            WriteRequest.publish(items, dryRun: dryRun, skipsRefused: true)
        )
        return answer["results"]?.array ?? []
    }

    private func current(_ id: String) async throws -> LearningOpportunity? {
        do {
            let answer = try await client.call(.catalogueShow, ["id": .string(id)])
            return try answer["item"].map { try LearningOpportunity(json: $0) }
        } catch let problem as Problem where problem.slug == .notFound {
            return nil
        }
    }

    private static func unknown(_ id: String, at place: String) -> ImportProblem {
        ImportProblem(
            at: place,
            message: "there is no item \(id) in the catalogue",
            remedy: "publish the item first, or correct the id",
            severity: .error
        )
    }
}
