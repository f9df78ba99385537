import JSON
import Reactor

/// Parts the bytes of an import into records as they arrive.
///
/// What one record may hold is bounded, so that memory is.
protocol ContentReader {
    /// The records that are whole by now.
    mutating func take(_ piece: [UInt8]) throws(ContentFault) -> [ContentRecord]
    /// What is left at the end.
    mutating func finish() throws(ContentFault) -> [ContentRecord]
}

/// Why content cannot be parted into records at all.
enum ContentFault: Error, Equatable {
    /// A record is longer than it may be.
    case tooLong(line: Int64)
    /// The first line does not name columns.
    case noHeader
    /// It is not compressed as it says, or expands beyond its bound.
    case notGzip
}

/// One record: a line of JSON, or a row of a table.
struct ContentRecord: Equatable {
    /// What it holds: a value, or the code of what is wrong with it.
    enum Content: Equatable {
        case value(JSONDocument)
        /// A part of bytes, to be read as JSON.
        case text([UInt8], Range<Int>)
        case fault(field: String, code: String)
    }

    /// The line on which it begins, from 1.
    let line: Int64
    let content: Content

    /// What it holds, once text is read.
    var readContent: Content {
        guard case .text(let bytes, let range) = content else { return content }
        do {
            return .value(try JSONDocument(bytes, range))
        } catch {
            return .fault(field: "#", code: "invalid_json")
        }
    }
}

/// Lines of JSON, one object on each; they are parted here, and read by others.
///
/// A line ends with LF, or CR LF; the last one need not end. A mark of byte order at the beginning
/// is passed over: some systems write one.
struct JSONLinesReader: ContentReader {
    /// Bytes of the longest record.
    static let longestRecord = 65_536

    private var rest: [UInt8] = []
    private var isFirst = true
    /// Lines so far.
    private var count: Int64 = 0

    mutating func take(_ piece: [UInt8]) throws(ContentFault) -> [ContentRecord] {
        var records: [ContentRecord] = []
        var start = piece.startIndex
        while let end = piece.firstIndex(of: UInt8(ascii: "\n"), from: start) {
            if rest.isEmpty {
                try add(piece, start..<end, to: &records)
            } else {
                rest += piece[start..<end]
                try add(rest, rest.indices, to: &records)
                rest = []
            }
            start = end + 1
        }
        rest += piece[start...]
        if rest.count > JSONLinesReader.longestRecord { throw .tooLong(line: count + 1) }
        return records
    }

    mutating func finish() throws(ContentFault) -> [ContentRecord] {
        var records: [ContentRecord] = []
        if !rest.isEmpty { try add(rest, rest.indices, to: &records) }
        rest = []
        return records
    }

    private mutating func add(
        _ bytes: [UInt8], _ line: Range<Int>, to records: inout [ContentRecord]
    ) throws(ContentFault) {
        count += 1
        guard line.count <= JSONLinesReader.longestRecord else { throw .tooLong(line: count) }
        var (start, end) = (line.lowerBound, line.upperBound)
        if isFirst, bytes[line].starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
        isFirst = false
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        // An empty line says nothing.
        if start == end { return }
        records.append(ContentRecord(line: count, content: .text(bytes, start..<end)))
    }
}
