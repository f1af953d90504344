import CanonicalJSON
import Federation
import Foundation
import Glibc
import Keys
import Logging
import MemberRegistry
import Node
import NodeStore
import Synchronization

/// A federation that lives through a script of faults on one thread.
final class World: Sendable {
    /// A member as the outside sees it: machines come and go, the member stays.
    private struct Place {
        var life: Life?
        var number = 0
        var time: SkewedTime
        var backup: String?
        /// Whether its restart is due already.
        var restarts = false
    }

    let options: Options
    let thread = OneThread()
    let clock = VirtualClock()
    let faults = FaultCounter()
    let ledger = Ledger()
    let background = Background()
    let liars: Liars
    let watcher: Watcher
    let network: FaultyNetwork
    let registry: Registry
    let inspection = Inspection()
    let losses = Losses()
    /// All members; the last two are admitted while the run goes on.
    let domains: [String]
    /// The member that is cloned.
    var clonable: String { domains[2] }
    private let folder: String
    private let places: Mutex<[String: Place]>
    private let over = Mutex(false)
    /// Lives whose disks were used since they were looked at.
    private let touched = Mutex<[LifeID]>([])
    private let logger: @Sendable (String) -> Logger

    init(_ options: Options) throws {
        self.options = options
        domains = (0..<options.nodes).map { "uni-\(String(1000 + $0).dropFirst(2)).example" }
        folder = "/dev/shm/eccoe-simulation-\(getpid())"
        try FaultyFiles.register(below: folder)
        let clock = clock
        let showsTrace = options.showsTrace
        watcher = Watcher(clock: clock) { if showsTrace { Terminal.say($0) } }
        liars = Liars(seed: options.seed &* 31 &+ 1)
        network = FaultyNetwork(
            seed: options.seed &* 31 &+ 2, members: options.nodes, clock: clock, faults: faults,
            liars: liars, watcher: watcher, background: background)
        registry = try Registry(Array(domains.dropLast(2)), at: VirtualClock.start)
        network.serve(registry.files)
        let showsLogs = options.showsLogs
        logger = { domain in
            guard showsLogs else {
                return Logger(label: domain) { _ in SwiftLogNoOpLogHandler() }
            }
            return Logger(label: domain) { TerminalLog(label: $0, clock: clock) }
        }
        places = Mutex(
            Dictionary(
                uniqueKeysWithValues: domains.map {
                    ($0, Place(time: SkewedTime(clock: clock)))
                }))
        for domain in domains {
            if let key = Identity.logKey(domain) { watcher.expect(key) }
        }
    }

    /// Whether the script has come to its end.
    var isOver: Bool {
        get { over.withLock { $0 } }
        set { over.withLock { $0 = newValue } }
    }

    /// Runs a script with everything that lives beside it.
    func run(_ script: @escaping @Sendable (World) async -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.background.run() }
            group.addTask {
                await script(self)
                self.isOver = true
            }
        }
    }

    /// Takes the folders away.
    func clear() { try? FileManager.default.removeItem(atPath: folder) }

    // MARK: Members

    /// The running nodes, in order of their names; of a cloned member both.
    var lives: [Life] {
        places.withLock { places in
            places.sorted { $0.key < $1.key }.compactMap(\.value.life)
        }
    }

    func life(of domain: String) -> Life? { places.withLock { $0[domain]?.life } }

    func time(of domain: String) -> SkewedTime? { places.withLock { $0[domain]?.time } }

    /// The running nodes whose disks were used since the last call.
    func takeTouched() -> [Life] {
        let ids = touched.withLock { touched in
            defer { touched.removeAll(keepingCapacity: true) }
            return touched
        }
        return ids.compactMap { id in
            guard let life = life(of: id.domain), life.id == id else { return nil }
            life.disk.lookedAt()
            return life
        }
    }

    /// Starts every node that was started before and does not run.
    func beginAll() {
        for domain in domains where places.withLock({ $0[domain]?.number ?? 0 > 0 }) {
            begin(domain)
        }
    }

    /// Starts a member's node from what lies on its disk; tries again when it cannot.
    func begin(_ domain: String) {
        guard
            let (number, time) = places.withLock({ places -> (Int, SkewedTime)? in
                places[domain]?.restarts = false
                guard let place = places[domain], place.life == nil else { return nil }
                return (place.number, place.time)
            })
        else { return }
        do {
            try prepare(domain, number)
            let life = try start(LifeID(domain: domain, number: number), time: time)
            places.withLock { $0[domain]?.life = life }
        } catch {
            watcher.note("\(domain) cannot start")
            bury(domain, number)
            later(10, domain)
        }
    }

    /// The first life's folder: joined, and nothing else.
    private func prepare(_ domain: String, _ number: Int) throws {
        guard number == 0 else { return }
        let data = DataFolder(home(domain, number) + "/data")
        try data.create()
        let source: JSON = ["url": .string("https://\(FaultyNetwork.registryHost)")]
        try DurableFile.write(source.canonicalBytes, to: data.registrySource)
        try RegistryFiles(folder: data).save(
            StoredMetadata(trustedRoot: registry.root), replacing: StoredMetadata(files: [:]))
    }

    private func start(_ id: LifeID, time: SkewedTime) throws -> Life {
        let disk = Disk(folder: home(id.domain, id.number)) {
            self.touched.withLock { $0.append(id) }
        } stopped: {
            self.background.start { self.halted(id) }
        }
        FaultyFiles.attach(disk)
        let life = try Life(id, disk: disk, world: self, time: time, logger: logger(id.domain))
        watcher.born(id)
        watcher.note("\(id.domain) begins \(id.number)")
        network.plug(id, life.node)
        background.start {
            await life.run(beside: Workload(life: life, world: self).run) { self.ended(life) }
        }
        return life
    }

    /// A node's program has ended, or its machine has stopped: a service manager starts it again.
    private func ended(_ life: Life) {
        faults.add(life.disk.takeFailures())
        let isCurrent = places.withLock { $0[life.domain]?.life === life }
        guard isCurrent else { return }
        stop(life.domain)
        later(15, life.domain)
    }

    /// A machine has stopped in the middle of an operation.
    private func halted(_ id: LifeID) {
        if let life = life(of: id.domain), life.id == id { ended(life) }
    }

    private func later(_ seconds: Int, _ domain: String) {
        places.withLock { $0[domain]?.restarts = true }
        background.start {
            try? await self.clock.sleep(for: .seconds(seconds))
            self.begin(domain)
        }
    }

    /// Stops a member's machine at once; it comes again after a while.
    func crash(_ domain: String, for seconds: Int) {
        stop(domain)
        later(seconds, domain)
    }

    private func stop(_ domain: String) {
        guard let life = life(of: domain) else { return }
        watcher.note("\(domain) ends \(life.id.number)")
        life.disk.stop()
        watcher.died(life.id)
        network.unplug(life.id)
        life.stop()
        places.withLock { $0[domain]?.life = nil }
        bury(domain, life.id.number, disk: life.disk)
    }

    /// What is on the disk of one life becomes the disk of the next.
    private func bury(_ domain: String, _ number: Int, disk: Disk? = nil) {
        let disk = disk ?? Disk(folder: home(domain, number))
        disk.stop()
        do {
            try FileManager.default.createDirectory(
                atPath: home(domain, number + 1), withIntermediateDirectories: true)
            try disk.copy(
                to: home(domain, number + 1),
                surviving: options.seed &+ UInt64(number) &* 7919)
            try FileManager.default.removeItem(atPath: home(domain, number))
        } catch { watcher.violated("the simulator cannot copy a disk: \(error)") }
        FaultyFiles.detach(disk)
        places.withLock { $0[domain]?.number = number + 1 }
    }

    private func home(_ domain: String, _ number: Int) -> String {
        "\(folder)/\(domain)/\(number)"
    }
}

extension World {
    /// Whether there is a backup of a member's data folder.
    func hasBackup(_ domain: String) -> Bool { places.withLock { $0[domain]?.backup != nil } }

    /// Keeps a copy of a member's data folder, as its operator should each day.
    func backUp(_ domain: String) {
        guard let life = life(of: domain) else { return }
        let path = "\(folder)/\(domain)/backup"
        do {
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            try life.disk.copy(to: path)
            places.withLock { $0[domain]?.backup = path }
            watcher.note("\(domain) is backed up")
        } catch { watcher.violated("the simulator cannot copy a disk: \(error)") }
    }

    /// Replaces a member's data folder by its backup; the anchor lies outside the backup set.
    func restore(_ domain: String) {
        guard let backup = places.withLock({ $0[domain]?.backup }), life(of: domain) != nil else {
            return
        }
        let size = life(of: domain)?.node.logs.own?.size ?? 0
        stop(domain)
        let home = home(domain, places.withLock { $0[domain]?.number ?? 0 })
        let data = home + "/data"
        do {
            let anchor = try AnchorFile(folder: home + "/anchor", epoch: 1).read()
            losses.restored(domain, anchored: anchor?.size ?? 0, held: size)
            try FileManager.default.removeItem(atPath: data)
            try FileManager.default.copyItem(atPath: backup + "/data", toPath: data)
        } catch { watcher.violated("the simulator cannot restore a backup: \(error)") }
        faults.count(.oldBackup)
        watcher.forgets(domain)
        watcher.note("\(domain) restores a backup")
        inspection.forget(domain)
        begin(domain)
    }

    /// Makes a second machine from a copy of a member's disk: both write its log from now on.
    func clone(_ domain: String) {
        guard let life = life(of: domain), life.node.logs.own != nil else { return }
        let id = LifeID(domain: domain, number: 1000)
        do {
            try FileManager.default.createDirectory(
                atPath: home(domain, 1000), withIntermediateDirectories: true)
            try life.disk.copy(to: home(domain, 1000))
            watcher.distrust(domain)
            _ = try start(id, time: SkewedTime(clock: clock))
            faults.count(.equivocation)
            watcher.note("\(domain) is cloned")
        } catch { watcher.violated("the simulator cannot clone: \(error)") }
    }
}
