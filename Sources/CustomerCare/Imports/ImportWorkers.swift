import Reactor

/// Threads that read what an import brings: one that cuts it into records, and some that make rows
/// out of those.
///
/// They are one less than the processors, so that PostgreSQL, which takes the rows, and those who
/// look up have one for themselves; and they have whatever else the machine does go first.
final class ImportWorkers: Sendable {
    /// Threads that parse: more would wait for the database.
    private static let mostParsers = 4

    private let cutter: BlockingThread
    private let parsers: [BlockingThread]

    /// How many lots of records are worth handing over before the rows of the first are taken: one
    /// for each thread that parses, and one that waits for it, so that none of them stands idle.
    var lotCount: Int { parsers.count + 1 }

    /// Starts them.
    init() async throws(SystemError) {
        let count = min(max(1, Surroundings.processorCount - 1), ImportWorkers.mostParsers)
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

    /// Parses records on a thread; those of the next number are parsed on the next one.
    func parse(
        _ records: [ContentRecord], number: Int, by parser: ImportParser
    ) async -> Result<ParsedRecords, Problem> {
        await parsers[number % parsers.count].value { parser.parse(records) }
    }
}

/// What is handed over in order, comes back in any, and is taken in order.
struct InOrder<Value> {
    private var handed = 0
    private var taken = 0
    /// What has come back before its turn.
    private var waiting: [Int: Value] = [:]

    /// How many have been handed over and not taken.
    var count: Int { handed - taken }

    /// The number of one more that is handed over.
    mutating func hand() -> Int {
        defer { handed += 1 }
        return handed
    }

    /// Notes what came back.
    mutating func note(_ value: Value, number: Int) { waiting[number] = value }

    /// Takes the one whose turn it is; nil when it has not come back.
    mutating func take() -> Value? {
        guard let value = waiting.removeValue(forKey: taken) else { return nil }
        taken += 1
        return value
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
