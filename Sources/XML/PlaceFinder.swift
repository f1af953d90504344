/// Line and column of offsets in a text that goes by piece by piece; holds what has been given to
/// the library and not been passed yet.
struct PlaceFinder {
    private var window: [UInt8] = []
    /// Offset of the window's first byte in the text.
    private var windowStart = 0
    /// Offset up to which lines and columns have been counted.
    private var counted = 0
    private var line = 1
    private var column = 1

    mutating func append(_ bytes: [UInt8]) {
        window.removeFirst(counted - windowStart)
        windowStart = counted
        window += bytes
    }

    /// The place of an offset; one before the last one asked for counts as that.
    mutating func pass(to offset: Int) -> XMLPosition {
        let end = min(offset, windowStart + window.count)
        while counted < end {
            let byte = window[counted - windowStart]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
            counted += 1
        }
        return XMLPosition(line: line, column: column)
    }

    /// The offset of the last `<` at or before `offset`: in a start tag no other can stand.
    func tagStart(before offset: Int) -> Int {
        var index = min(offset, windowStart + window.count - 1)
        while index > counted, window[index - windowStart] != UInt8(ascii: "<") { index -= 1 }
        return index
    }

    func byte(at offset: Int) -> UInt8? {
        let index = offset - windowStart
        return window.indices.contains(index) ? window[index] : nil
    }
}
