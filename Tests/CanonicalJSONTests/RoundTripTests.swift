import CanonicalJSON
import Testing

@Suite struct `Round trips` {
    @Test func `a random document keeps its value through its canonical form`() throws {
        var documents = RandomDocuments(seed: 8785)
        for _ in 0..<1000 {
            let text = documents.document()
            let value = try JSON.read(Array(text.utf8))
            let canonical = value.canonicalBytes
            #expect(try JSON.read(canonical) == value, "\(text)")
            #expect(JSON.isCanonical(canonical), "\(text)")
        }
    }

    @Test func `a random double reads back to the same bits`() throws {
        var generator = SeededGenerator(state: 754)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            let number = try #require(try JSON.read(Array("\(value)".utf8)).number)
            let back = try #require(Double(number.canonicalText))
            #expect(back.bitPattern == (value == 0 ? 0 : value.bitPattern))
        }
    }

    @Test func `a damaged document is refused or still has one canonical form`() {
        var documents = RandomDocuments(seed: 1)
        var generator = SeededGenerator(state: 2)
        var refused = 0
        for _ in 0..<2000 {
            var text = Array(documents.document().utf8)
            guard !text.isEmpty else { continue }
            let place = Int.random(in: 0..<text.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: text[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: text.remove(at: place)
            default: text.insert(text[place], at: place)
            }
            do {
                let value = try JSON.read(text)
                #expect(JSON.isCanonical(value.canonicalBytes))
            } catch {
                refused += 1
                #expect((0...text.count).contains(error.offset))
                #expect(error.line >= 1 && error.column >= 1)
            }
        }
        #expect(refused > 400)
    }
}
