import Federation
import Keys
import Logging
import NodeStore
package import ServiceLifecycle
import TransparencyLog

/// The long-lived parts of a node, wired to each other.
package struct NodeServices: Sendable {
    /// Everything that runs, to be put into one service group.
    package let services: [any Service]
    /// What the operator's socket asks.
    package let control: ControlDesk

    /// The services of a node.
    package init(node: Node, clock: any Clock<Duration>) {
        let announcer = Announcer(node: node, clock: clock)
        let push = MirrorPush(node: node, clock: clock)
        let cosigning = Cosigning(node: node, clock: clock) {
            announcer.announce($0)
            push.headChanged()
        }
        let anchor = AnchorKeeper(node: node, clock: clock)
        let notice = AdmissionNotice(node: node, clock: clock)
        let refresh = RegistryRefresh(node: node, clock: clock) {
            notice.registryChanged()
            node.followEpochs()
            node.fetchClosedEpochs()
            cosigning.headChanged()
            push.headChanged()
        }
        let gossip = GossipService(node: node, clock: clock) { member in
            await refresh.refresh(from: member)
        }
        node.writer.onHead { head in
            Self.note(head, node: node)
            anchor.headChanged(head)
            cosigning.headChanged()
            push.headChanged()
        }
        let opening = LogOpening(node: node, clock: clock) { head in
            Self.note(head, node: node)
            // A crash may have come between its commit and its anchoring.
            anchor.headChanged(head)
            cosigning.headChanged()
        }
        let publishing = RegistryPublishing(node: node, clock: clock) {
            await refresh.refresh(from: nil)
        }
        services = [
            node.faults, node.writer, opening, announcer, anchor, cosigning, push, publishing,
            refresh, gossip, notice, Scrub(node: node, clock: clock),
            IssuanceAnchoring(node: node, clock: clock),
        ]
        control = ControlDesk(node: node, gossip: gossip, anchor: anchor) {
            await refresh.refresh(from: nil)
        }
    }

    /// A new own head has no cosignatures yet.
    private static func note(_ head: VerifiedCheckpoint, node: Node) {
        let now = node.time.now()
        let policy = node.registry.witnesses(of: head.checkpoint.origin, at: now)
        let count = (try? head.cosignatures(by: policy.witnesses).count) ?? 0
        node.heads.update(
            head.checkpoint,
            cosignatures: count,
            isConfirmed: count >= policy.quorum,
            at: now
        )
    }
}
