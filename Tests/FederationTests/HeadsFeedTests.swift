import Federation
import Keys
import Testing

@Suite struct `The heads feed` {
    private let now = SampleLeaf.at
    private let version = RegistryVersion(version: 812, digest: SampleLeaf.digest)

    private func hint(_ name: String, size: Int = 1, cosignatures: Int = 0) -> HeadHint {
        HeadHint(
            origin: HeadHint.shortOrigin(name),
            size: size,
            root: String(SampleLeaf.hex.prefix(16)),
            cosignatures: cosignatures
        )
    }

    private func table(_ names: [String]) -> HeadsTable {
        var table = HeadsTable(instance: "9f2c")
        for name in names { table.update(hint(name)) }
        return table
    }

    private func page(
        _ table: HeadsTable,
        instance: String? = "9f2c",
        since: Int = 0,
        limit: Int = 500
    ) -> HeadsPage {
        table.page(instance: instance, since: since, limit: limit, now: now, snapshot: nil)
    }

    @Test func `is written as these lines and read back`() throws {
        var table = HeadsTable(instance: "9f2c")
        table.update(hint("uni-a.example/eccoe/1", size: 7, cosignatures: 2))
        let page = table.page(
            instance: nil,
            since: 0,
            limit: 500,
            now: now,
            snapshot: version
        )
        let lines = [
            #"{"from":0,"instance":"9f2c","more":false,"next":1,"now":"2026-11-23T18:00:00Z","#
                + #""registry":{"sha256":"\#(SampleLeaf.hex)","snapshot":812}}"#,
            #"["b76e0f0cecbe68fa",7,"4bf5122f344554c5",2]"#, "",
        ]
        #expect(String(decoding: page.bytes, as: UTF8.self) == lines.joined(separator: "\n"))
        #expect(try HeadsPage(page.bytes) == page)
    }

    @Test func `without rows and registry is read back`() throws {
        let page = page(HeadsTable(instance: "i"), instance: "i")
        #expect(page.rows.isEmpty && page.next == 0 && !page.more)
        #expect(try HeadsPage(page.bytes) == page)
    }

    @Test(arguments: [nil, "other", "9f2"])
    func `serves an unknown instance from 0`(_ instance: String?) {
        let page = page(table(["a", "b"]), instance: instance, since: 2)
        #expect(page.from == 0)
        #expect(page.rows == [hint("a"), hint("b")])
    }

    @Test func `serves its own instance from where it was left`() {
        let page = page(table(["a", "b"]), since: 1)
        #expect(page.from == 1)
        #expect(page.rows == [hint("b")])
        #expect(page.next == 2)
    }

    @Test func `has nothing new at its end`() {
        let page = page(table(["a", "b"]), since: 2)
        #expect(page.rows.isEmpty && page.from == 2 && page.next == 2)
    }

    @Test(arguments: [3, 1_000_000, -1, Int.min])
    func `serves a position beyond the end from 0`(_ since: Int) {
        let page = page(table(["a", "b"]), since: since)
        #expect(page.from == 0)
        #expect(page.rows.count == 2)
    }

    @Test func `is read page by page to its end`() {
        let names = (0..<7).map { "log \($0)" }
        let table = table(names)
        var since = 0
        var seen: [HeadHint] = []
        var more: [Bool] = []
        repeat {
            let page = page(table, since: since, limit: 3)
            seen += page.rows
            since = page.next
            more.append(page.more)
        } while more.last == true && more.count < 10
        #expect(seen == names.map { hint($0) })
        #expect(more == [true, true, false])
        #expect(since == 7)
    }

    @Test(arguments: [(-5, 1), (0, 1), (1, 1), (500, 500), (501, 500), (Int.max, 500)])
    func `keeps the number of rows within 1 and 500`(_ asked: Int, _ served: Int) {
        let table = table((0..<501).map { "log \($0)" })
        #expect(page(table, limit: asked).rows.count == served)
    }

    @Test func `stays within its limit with 500 rows`() {
        var table = HeadsTable(instance: String(repeating: "f", count: 16))
        for index in 0..<500 {
            table.update(hint("log \(index)", size: 1 << 52, cosignatures: 16))
        }
        #expect(page(table, instance: nil).bytes.count < Limits.headsPageBytes)
    }

    @Test func `moves a changed row to its end`() {
        var table = table(["a", "b"])
        let isNews = table.update(hint("a", cosignatures: 1))
        #expect(isNews)
        let all = page(table)
        #expect(all.rows == [hint("b"), hint("a", cosignatures: 1)])
        #expect(all.next == 3)
        #expect(page(table, since: 2).rows == [hint("a", cosignatures: 1)])
    }

    @Test func `takes the same row for no news`() {
        var table = table(["a", "b"])
        let isNews = table.update(hint("a"))
        #expect(!isNews)
        #expect(page(table).next == 2)
    }

    @Test(arguments: [
        "", "x", "[]", "{}", #"{"from":0,"more":false,"next":0,"now":"2026-11-23T18:00:00Z"}"#,
        #"{"from":-1,"instance":"a","more":false,"next":0,"now":"2026-11-23T18:00:00Z"}"#,
        #"{"from":2,"instance":"a","more":false,"next":1,"now":"2026-11-23T18:00:00Z"}"#,
        #"{"from":0,"instance":"a","more":0,"next":0,"now":"2026-11-23T18:00:00Z"}"#,
        #"{"from":0,"instance":"a","more":false,"next":0,"now":"soon"}"#,
        #"{"from":0,"instance":"\#(String(repeating: "a", count: 65))","more":false,"next":0,"#
            + #""now":"2026-11-23T18:00:00Z"}"#,
    ])
    func `without a header is refused`(_ text: String) {
        let found = problem { () throws(Problem) in _ = try HeadsPage(Array(text.utf8)) }
        #expect(found?.status == 400)
        #expect(found?.pointer == "line 1")
    }

    @Test(arguments: [
        "{}", "[]", #"["6e3b3d2edec8e0f1",7,"4bf5122f344554c5"]"#,
        #"["6e3b3d2edec8e0f1",7,"4bf5122f344554c5",2,1]"#,
        #"["6e3b3d2edec8e0f",7,"4bf5122f344554c5",2]"#,
        #"["6E3B3D2EDEC8E0F1",7,"4bf5122f344554c5",2]"#,
        #"["6e3b3d2edec8e0f1",-1,"4bf5122f344554c5",2]"#,
        #"["6e3b3d2edec8e0f1",7.5,"4bf5122f344554c5",2]"#,
        #"["6e3b3d2edec8e0f1",7,"4bf5122f344554cz",2]"#,
        #"["6e3b3d2edec8e0f1",7,"4bf5122f344554c5",-1]"#, "garbage",
    ])
    func `with a line that is no row is refused`(_ row: String) {
        let good = page(table(["a"])).bytes
        let found = problem { () throws(Problem) in _ = try HeadsPage(good + Array(row.utf8)) }
        #expect(found?.status == 400)
        #expect(found?.pointer == "line 3")
    }

    @Test func `may have 64 KiB and not a byte more`() throws {
        let page = page(table(["a"]))
        let filler = [UInt8](repeating: 0x0a, count: Limits.headsPageBytes - page.bytes.count)
        #expect(try HeadsPage(page.bytes + filler) == page)
        let found = problem { () throws(Problem) in
            _ = try HeadsPage(page.bytes + filler + [0x0a])
        }
        #expect(found?.slug == .tooLarge)
    }
}
