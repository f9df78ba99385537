import Compression
import Signing
import Synchronization

/// Parts the content of an import into records, piece by piece, on whatever thread it is called;
/// its calls come one after the other.
final class ContentCutter: Sendable {
    /// Whether a piece may give records more than once.
    let expands: Bool
    /// Whether a piece is cut within microseconds, so that no thread need be woken for it.
    let isQuick: Bool
    private let state: Mutex<State>

    /// What has been taken and is not cut.
    private struct State {
        let gzip: GzipDecoder?
        var reader: any ContentReader
    }

    /// Cuts content of lines of a kind: lines of JSON or a table, compressed or not.
    init(_ line: any ImportLine.Type, isTable: Bool, isGzip: Bool) {
        expands = isGzip
        isQuick = !isGzip && !isTable
        state = Mutex(
            State(
                gzip: isGzip ? GzipDecoder(atMost: Int(Import.maximumBytes)) : nil,
                reader: isTable
                    ? CSVReader(numbers: line.numbers, truths: line.truths) : JSONLinesReader()))
    }

    /// Takes the next piece, or goes on with the last one; nil when it wants another piece.
    func next(_ piece: [UInt8]?) -> Result<[ContentRecord]?, Problem> {
        state.withLock { state in
            ContentCutter.cut { () throws(ContentFault) in
                guard let gzip = state.gzip else {
                    guard let piece else { return nil }
                    return try state.reader.take(piece)
                }
                if let piece { gzip.take(piece) }
                let part: [UInt8]?
                do {
                    part = try gzip.next()
                } catch {
                    throw .notGzip
                }
                guard let part else { return nil }
                return try state.reader.take(part)
            }
        }
    }

    /// What is left at the end.
    func finish() -> Result<[ContentRecord], Problem> {
        state.withLock { state in
            ContentCutter.cut { () throws(ContentFault) in
                let records = try state.reader.finish()
                do {
                    try state.gzip?.finish()
                } catch {
                    throw .notGzip
                }
                return records
            }
        }
    }

    private static func cut<Value>(
        _ body: () throws(ContentFault) -> Value
    ) -> Result<Value, Problem> {
        do {
            return .success(try body())
        } catch {
            return .failure(problem(error))
        }
    }

    private static func problem(_ fault: ContentFault) -> Problem {
        var problem: Problem
        switch fault {
        case .tooLong(let line):
            let most = JSONLinesReader.longestRecord
            problem = Problem(.contentTooLarge)
            problem.detail = Wording(
                "Dòng \(line) dài hơn \(most) byte.", "Line \(line) is longer than \(most) bytes.")
        case .noHeader:
            problem = Problem(.badRequest)
            problem.detail = Wording(
                "Dòng đầu không nêu tên các cột.", "The first line does not name the columns.")
        case .notGzip:
            problem = Problem(.badRequest)
            problem.detail = Wording(
                "Nội dung không phải gzip, hoặc giải nén quá 5 GiB.",
                "The content is no gzip, or expands to more than 5 GiB.")
        }
        return problem
    }
}
