import Reactor

/// Threads that read what an import brings: one that cuts it into records, and as many as there are
/// processors, up to a few, that make rows out of those.
///
/// They have whatever else the machine does go first.
final class ImportWorkers: Sendable {
    /// Threads that parse: more would wait for the database.
    private static let mostParsers = 4

    private let cutter: BlockingThread
    private let parsers: [BlockingThread]

    /// Starts them.
    init() async throws(SystemError) {
        let count = min(Surroundings.processorCount, ImportWorkers.mostParsers)
        var threads: [BlockingThread] = []
        do {
            for _ in 0...count { threads.append(try BlockingThread()) }
        } catch {
            for thread in threads { thread.stopAndJoin() }
            throw error
        }
        cutter = threads.removeLast()
        parsers = threads
        for thread in parsers + [cutter] { await thread.yieldToOthers() }
    }

    /// Ends them.
    func stopAndJoin() {
        for thread in parsers + [cutter] { thread.stopAndJoin() }
    }

    /// Cuts on the one thread that does.
    func cut<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await cutter.value(body)
    }

    /// Parses records, a part of them on each thread; in their order.
    func parse(
        _ records: [ContentRecord], by parser: ImportParser
    ) async -> [Result<ParsedRecords, Problem>] {
        let size = (records.count + parsers.count - 1) / parsers.count
        return await withTaskGroup(of: (Int, Result<ParsedRecords, Problem>).self) { group in
            for (number, start) in stride(from: 0, to: records.count, by: size).enumerated() {
                let part = records[start..<min(start + size, records.count)]
                let thread = parsers[number]
                group.addTask { (number, await thread.value { parser.parse(part) }) }
            }
            var parts: [(Int, Result<ParsedRecords, Problem>)] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

/// The records of a body, so many at a time that threads are worth their while.
final class IncomingRecords {
    /// Bytes that are gathered, and pieces that are cut, at a time at least: memory is bounded by
    /// them and by the largest piece.
    private static let gatheredBytes = 262_144
    private static let gatheredPieces = 16

    private let body: IncomingBody
    private let cutter: ContentCutter
    private let workers: ImportWorkers
    /// Whether the last piece has more to give.
    private var isExpanding = false
    private var isOver = false

    /// Takes a body.
    init(of body: IncomingBody, through cutter: ContentCutter, on workers: ImportWorkers) {
        self.body = body
        self.cutter = cutter
        self.workers = workers
    }

    /// The next records; none at the end of the body, which is then what was signed.
    ///
    /// `between` is done each time a piece has come: whoever waits for what goes out in the
    /// meantime would keep the sender waiting, and the other way round.
    func next(
        between: () async throws(Problem) -> Void
    ) async throws(Problem) -> [ContentRecord] {
        var records: [ContentRecord] = []
        var byteCount = 0
        var pieceCount = 0
        while !isOver {
            let piece = isExpanding ? nil : try await body.next()
            if piece == nil, !isExpanding {
                isOver = true
                records += try cutter.finish().get()
                break
            }
            let cut = try await self.cut(piece).get()
            isExpanding = cutter.expands && cut != nil
            records += cut ?? []
            byteCount += piece?.count ?? 0
            pieceCount += 1
            let isEnough =
                byteCount >= IncomingRecords.gatheredBytes
                || pieceCount >= IncomingRecords.gatheredPieces
            if isEnough, !records.isEmpty { break }
            try await between()
        }
        return records
    }

    private func cut(_ piece: [UInt8]?) async -> Result<[ContentRecord]?, Problem> {
        let cutter = cutter
        if cutter.isQuick { return cutter.next(piece) }
        return await workers.cut { cutter.next(piece) }
    }
}
