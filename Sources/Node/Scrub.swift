import Federation
import Keys
import Logging
import NodeStore
import ServiceLifecycle
import TransparencyLog

/// Audits every log that the node holds once a week, a little at a time, and keeps the outcome.
package final class Scrub: Service, Sendable {
    /// Seconds after which a log is audited again.
    package static let interval: Int64 = 7 * 86_400
    /// Between two looks for a log that is due.
    private static let look = Duration.seconds(3600)
    /// Between two steps; a step takes some milliseconds, so that nine tenths of the time are free.
    private static let pause = Duration.milliseconds(50)

    private let node: Node
    private let clock: any Clock<Duration>

    /// A scrub of this node's logs.
    package init(node: Node, clock: any Clock<Duration>) {
        self.node = node
        self.clock = clock
    }

    package func run() async throws {
        await untilShutdown {
            while !Task.isCancelled {
                try? await self.clock.sleep(for: Self.look)
                await self.auditDue()
            }
        }
    }

    /// Audits the logs whose last audit is older than a week.
    package func auditDue() async {
        for log in ([node.logs.own].compactMap(\.self) + node.logs.mirrors) where log.head != nil {
            guard !Task.isCancelled else { return }
            do {
                let last = try node.database.scrub(of: log.origin)?.at
                if let last, node.time.now() - last < Self.interval { continue }
                if let report = try await audit(log) { try keep(report) }
            } catch {
                node.logger.critical(
                    "a log cannot be audited",
                    metadata: ["origin": "\(log.origin)", "error": "\(error)"])
            }
        }
    }

    /// - Returns: nil when the node shuts down meanwhile.
    private func audit(_ log: LogStore) async throws -> AuditReport? {
        let scrub = LogScrub(
            of: log, views: node.views, witnesses: node.registry.cosignerKeys)
        while !Task.isCancelled {
            let report = try await withCheckedThrowingContinuation { continuation in
                node.background.run { continuation.resume(with: Result { try scrub.step() }) }
            }
            if let report { return report }
            try? await clock.sleep(for: Self.pause)
        }
        return nil
    }

    private func keep(_ report: AuditReport) throws {
        for finding in report.findings.prefix(10) {
            node.logger.critical(
                "an audit found damage: see eccoe log audit",
                metadata: [
                    "origin": "\(report.origin)", "place": "\(finding.place)",
                    "reason": "\(finding.reason)",
                ])
        }
        try node.database.keep(
            ScrubResult(
                origin: report.origin, at: node.time.now(), size: report.size, found: report.found))
        node.logger.info(
            "log audited",
            metadata: [
                "origin": "\(report.origin)", "size": "\(report.size)", "found": "\(report.found)",
            ])
    }
}
