/// Parts a stream of bytes into lines, with a bound on each.
///
/// A line ends with LF, or CR LF; the last one need not end. A mark of byte order at the beginning
/// is passed over: some systems write one.
struct LineReader {
    /// A line is longer than it may be.
    struct TooLong: Error {
        let line: Int64
    }

    /// Bytes of the longest line.
    static let longestLine = 65_536

    private var rest: [UInt8] = []
    private var isFirst = true
    /// Lines so far.
    private(set) var count: Int64 = 0

    /// Hands out every line that is whole by now.
    mutating func take(
        _ piece: [UInt8], _ body: (ArraySlice<UInt8>, Int64) throws -> Void
    ) throws {
        var start = piece.startIndex
        while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if rest.isEmpty {
                try hand(out: piece[start..<end], body)
            } else {
                rest += piece[start..<end]
                let line = rest
                rest.removeAll(keepingCapacity: true)
                try hand(out: line[...], body)
            }
            start = end + 1
        }
        rest += piece[start...]
        if rest.count > LineReader.longestLine { throw TooLong(line: count + 1) }
    }

    /// Hands out what is left.
    mutating func finish(_ body: (ArraySlice<UInt8>, Int64) throws -> Void) throws {
        if rest.isEmpty { return }
        let line = rest
        rest.removeAll()
        try hand(out: line[...], body)
    }

    private mutating func hand(
        out line: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>, Int64) throws -> Void
    ) throws {
        count += 1
        guard line.count <= LineReader.longestLine else { throw TooLong(line: count) }
        var text = line
        if isFirst, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        isFirst = false
        if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
        // An empty line says nothing.
        if !text.isEmpty { try body(text, count) }
    }
}
