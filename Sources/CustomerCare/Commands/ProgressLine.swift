import Reactor

/// Says on standard error how far long work has come: a line that is written over and over where
/// somebody looks at it, a new one every ten seconds elsewhere.
final class ProgressLine {
    private static let barWidth = 24
    private static let terminalMilliseconds = 200
    private static let otherMilliseconds = 10_000

    private let title: String
    private let byteCount: Int64
    private let isTerminal: Bool
    private let now: () -> MonotonicInstant
    private let write: (String) -> Void
    private let start: MonotonicInstant
    private var next: MonotonicInstant
    private var bytes: Int64 = 0
    private var rows: Int64 = 0
    private var lastWidth = 0

    /// Begins with so many bytes to come.
    init(
        _ title: String, byteCount: Int64,
        isTerminal: Bool = FileOutput.isTerminal(FileOutput.standardError),
        now: @escaping () -> MonotonicInstant = { .now },
        write: @escaping (String) -> Void = Terminal.show
    ) {
        self.title = title
        self.byteCount = byteCount
        self.isTerminal = isTerminal
        self.now = now
        self.write = write
        start = now()
        next = start
    }

    /// Takes bytes that are done, and rows in them where they can be counted.
    func add(_ count: Int, rows newRows: Int = 0) {
        bytes += Int64(count)
        rows += Int64(newRows)
        guard now() >= next else { return }
        show()
        let pause =
            isTerminal ? ProgressLine.terminalMilliseconds : ProgressLine.otherMilliseconds
        next = now().advanced(byMilliseconds: pause)
    }

    /// Begins anew: what was done counts for nothing.
    func restart() {
        bytes = 0
        rows = 0
    }

    /// Ends the line.
    func end() {
        show()
        if isTerminal { write("\n") }
    }

    private func show() {
        let line = "    \(title) \(text)"
        guard isTerminal else { return write(line + "\n") }
        let padding = String(repeating: " ", count: max(0, lastWidth - line.count))
        lastWidth = line.count
        write("\r" + line + padding)
    }

    /// Bar, share, bytes, rows, speed and what is left.
    private var text: String {
        let share = byteCount == 0 ? 1 : min(1, Double(bytes) / Double(byteCount))
        let filled = Int(share * Double(ProgressLine.barWidth))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: "-", count: ProgressLine.barWidth - filled)
        let seconds = Double(now().nanoseconds(since: start)) / 1_000_000_000
        var parts = [
            "[\(bar)]", "\(Int(share * 100)) %", "\(ProgressLine.megabytes(bytes)) MB",
        ]
        if rows > 0 { parts.append("\(rows) rows") }
        if seconds > 0.2, bytes > 0 {
            let speed = Double(bytes) / seconds
            parts.append("\(ProgressLine.megabytes(Int64(speed))) MB/s")
            let left = Int((Double(byteCount - bytes) / speed).rounded(.up))
            if left > 0 { parts.append("\(ProgressLine.duration(left)) left") }
        }
        return parts.joined(separator: "  ")
    }

    /// Megabytes with one decimal.
    private static func megabytes(_ bytes: Int64) -> String {
        let tenths = (bytes + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func duration(_ seconds: Int) -> String {
        let rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}
