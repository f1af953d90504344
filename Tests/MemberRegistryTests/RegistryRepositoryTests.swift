import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Keeping a registry` {
    @Test func `timestamp.json is written last and targets first`() throws {
        let registry = try TestRegistry.withMembers(1)
        let change = try #require(registry.written.last)
        #expect(change.files.first?.path.hasPrefix("targets/members/north/") == true)
        #expect(
            change.files.dropFirst().map(\.path) == [
                "metadata/2.north.json", "metadata/2.snapshot.json", "metadata/timestamp.json",
            ]
        )
    }

    @Test func `a writer that is stopped anywhere begins again from the disk`() throws {
        var disk: [String: [UInt8]] = [:]
        let registry = try TestRegistry()
        for file in try #require(registry.written.first).files { disk[file.path] = file.bytes }
        let document = try TestMember.document("uni-a.example")
        var planned = try RegistryRepository(files: disk)
        let change = try planned.admit(
            document,
            signers: try TestRegistry.signers(),
            at: TestTime.start
        )
        for written in 0..<change.files.count {
            var torn = disk
            for file in change.files.prefix(written) { torn[file.path] = file.bytes }
            var repository = try RegistryRepository(files: torn)
            #expect(repository.members.isEmpty)
            _ = try repository.admit(
                document,
                signers: try TestRegistry.signers(),
                at: TestTime.after(hours: 1)
            )
            let (trusted, _) = try Client.refresh(
                try registry.invited(),
                from: repository.files,
                at: TestTime.after(hours: 2)
            ).success()
            #expect(trusted.members.count == 1)
        }
    }

    @Test func `a rotation that is stopped before its timestamp is taken up`() throws {
        let registry = try TestRegistry.withMembers(1)
        let signers = try TestRegistry.signers(["", "b"])
        var planned = registry.repository
        let change = try planned.rotateRoot(
            try TestRegistry.topLevel("b"),
            signers: signers,
            at: TestTime.after(hours: 1)
        )
        var torn = registry.repository.files
        for file in change.files.dropLast() { torn[file.path] = file.bytes }
        var repository = try RegistryRepository(files: torn)
        _ = try repository.rotateRoot(
            try TestRegistry.topLevel("b"),
            signers: signers,
            at: TestTime.after(hours: 2)
        )
        let path = RegistryPath.root(version: 2)
        #expect(repository.files[path] == planned.files[path])
        let (trusted, _) = try Client.refresh(
            try registry.invited(),
            from: repository.files,
            at: TestTime.after(hours: 3)
        ).success()
        #expect(trusted.versions["root"] == 2)
    }

    @Test func `holders of root keys sign one after the other`() throws {
        var registry = try TestRegistry.withMembers(1)
        var proposal = try registry.repository.rootProposal(nil, at: TestTime.after(hours: 1))
        let online = try TestKeys.keys(["snapshot", "timestamp"])
        for label in TestRegistry.rootLabels.prefix(2) {
            proposal = try MetadataSigning.adding([try TestKeys.key(label)], to: proposal)
        }
        #expect(
            throws: RepositoryError.refused(
                RegistryRefusal("2.root.json", .signatures(valid: 2, threshold: 3, role: "root 1"))
            )
        ) {
            _ = try registry.repository.publishRoot(
                proposal,
                signers: online,
                at: TestTime.after(hours: 1)
            )
        }
        proposal = try MetadataSigning.adding([try TestKeys.key("root-5")], to: proposal)
        _ = try registry.repository.publishRoot(
            proposal,
            signers: online,
            at: TestTime.after(hours: 1)
        )
        #expect(try registry.refreshed().registry.versions["root"] == 2)
    }

    @Test func `too few keys at hand are counted`() throws {
        var registry = try TestRegistry()
        let document = try TestMember.document("uni-a.example")
        #expect(throws: RepositoryError.tooFewSigners(role: "north", have: 0, need: 1)) {
            _ = try registry.repository.admit(
                document,
                signers: try TestKeys.keys(["south", "snapshot", "timestamp"]),
                at: TestTime.start
            )
        }
    }

    @Test func `a document that clients would refuse is not published`() throws {
        var registry = try TestRegistry.withMembers(1)
        let files = registry.repository.files
        var document = try TestMember.document("uni-a.example")
        document.events.removeAll()
        #expect(throws: RepositoryError.self) { try registry.update(document, at: TestTime.start) }
        var newcomer = try TestMember.document("uni-b.example")
        newcomer.events.removeAll()
        #expect(
            throws: RepositoryError.document(
                RegistryAlarm("members/north/uni-b.example.json", .notRegistered)
            )
        ) { try registry.admit(newcomer, at: TestTime.start) }
        #expect(throws: RepositoryError.self) {
            try registry.admit(try TestMember.document("uni.elsewhere"), at: TestTime.start)
        }
        #expect(registry.repository.files == files)
    }

    @Test func `a refresh signs what is past half of its life`() throws {
        var registry = try TestRegistry.withMembers(1)
        func names(_ change: RepositoryChange?) -> [String] {
            change?.files.map { String($0.path.dropFirst("metadata/".count)) } ?? []
        }
        try registry.refresh(at: TestTime.after(hours: 12))
        #expect(names(registry.written.last) == ["timestamp.json"])
        try registry.refresh(at: TestTime.after(days: 4))
        #expect(names(registry.written.last) == ["3.snapshot.json", "timestamp.json"])
        try registry.refresh(at: TestTime.after(days: 50))
        #expect(
            names(registry.written.last) == [
                "3.north.json", "2.south.json", "2.targets.json", "4.snapshot.json",
                "timestamp.json",
            ]
        )
        try registry.refresh(at: TestTime.after(days: 200))
        #expect(registry.written.last?.due == ["root"])
        let (trusted, _) = try registry.refreshed(at: TestTime.after(days: 200, hours: 1))
        #expect(trusted.members.count == 1)
    }

    @Test func `a third body is added and admits`() throws {
        var registry = try TestRegistry.withMembers(1)
        let network = NetworkDocument(
            name: "test-net",
            quorums: TestRegistry.network.quorums,
            bodies: TestRegistry.network.bodies + [
                NetworkDocument.Body(name: "west", suffixes: ["west"])
            ]
        )
        let signers = try TestRegistry.signers() + [try TestKeys.key("west")]
        _ = try registry.repository.updateNetwork(
            network,
            bodies: ["west": try TestKeys.plan(["west"], threshold: 1)],
            signers: signers,
            at: TestTime.after(hours: 1)
        )
        _ = try registry.repository.admit(
            try TestMember.document("uni.west"),
            signers: signers,
            at: TestTime.after(hours: 1)
        )
        let (trusted, _) = try registry.refreshed(at: TestTime.after(hours: 2))
        #expect(trusted.member("uni.west")?.body == "west")
        #expect(trusted.network.bodies.count == 3)
    }

    @Test func `many are admitted in one version, or none`() throws {
        var registry = try TestRegistry.withMembers(1)
        let domains = ["uni-b.example", "uni-c.south.example", "uni-d.example"]
        let documents = try domains.map { try TestMember.document($0) }
        let signers = try TestRegistry.signers()
        for wrong in ["uni-a.example", "uni-b.example", "uni.elsewhere"] {
            let more = documents + [try TestMember.document(wrong)]
            #expect(throws: RepositoryError.self, "\(wrong)") {
                try registry.repository.admit(all: more, signers: signers, at: TestTime.start)
            }
        }
        #expect(registry.repository.members.count == 1)
        _ = try registry.repository.admit(all: documents, signers: signers, at: TestTime.start)
        let (trusted, _) = try registry.refreshed()
        #expect(trusted.members.map(\.document.domain) == ["uni-a.example"] + domains)
        #expect(trusted.versions["north"] == 3 && trusted.versions["south"] == 2)
    }

    @Test(arguments: [(0, false), (1, true), (2, true), (3, false)])
    func `a threshold must be within reach of its keys`(threshold: Int, isGood: Bool) throws {
        var plan = try TestRegistry.topLevel()
        plan.targets = try TestKeys.plan(["targets-1", "targets-2"], threshold: threshold)
        let bodies = [
            "north": try TestKeys.plan(["north"], threshold: 1),
            "south": try TestKeys.plan(["south"], threshold: 1),
        ]
        let created = Result {
            try RegistryRepository.create(
                TestRegistry.network,
                topLevel: plan,
                bodies: bodies,
                signers: try TestRegistry.signers(),
                at: TestTime.start
            )
        }
        #expect(((try? created.get()) != nil) == isGood)
    }
}
