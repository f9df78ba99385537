import Reactor
import Testing

@testable import CustomerCare

@Suite("How far a command has come")
struct ProgressLineTests {
    private final class Clock {
        var seconds = 0.0
        var lines: [String] = []
        var now: MonotonicInstant { MonotonicInstant(nanoseconds: UInt64(seconds * 1e9) + 1) }
    }

    private func progress(_ clock: Clock, _ bytes: Int64, isTerminal: Bool) -> ProgressLine {
        ProgressLine(
            "sending", byteCount: bytes, isTerminal: isTerminal, now: { clock.now },
            write: { clock.lines.append($0) })
    }

    @Test("a terminal has one line that is written over, with bytes, speed and what is left")
    func terminal() {
        let clock = Clock()
        let line = progress(clock, 10_000_000, isTerminal: true)
        line.add(0)
        clock.seconds = 0.1
        line.add(1_000_000)
        clock.seconds = 2
        line.add(1_500_000, rows: 1_200)
        clock.seconds = 100
        line.add(7_500_000)
        line.end()
        let bar = { (count: Int) in
            String(repeating: "#", count: count) + String(repeating: "-", count: 24 - count)
        }
        #expect(clock.lines.count == 5)
        #expect(clock.lines[0] == "\r    sending [\(bar(0))]  0 %  0.0 MB")
        #expect(
            clock.lines[1]
                == "\r    sending [\(bar(6))]  25 %  2.5 MB  1200 rows  1.3 MB/s  0:06 left")
        #expect(
            clock.lines[2].hasPrefix(
                "\r    sending [\(bar(24))]  100 %  10.0 MB  1200 rows  0.1 MB/s"))
        #expect(clock.lines[4] == "\n")
    }

    @Test("elsewhere there is a line every ten seconds")
    func file() {
        let clock = Clock()
        let line = progress(clock, 100, isTerminal: false)
        for second in 0..<25 {
            clock.seconds = Double(second)
            line.add(1)
        }
        line.end()
        #expect(clock.lines.count == 4)
        #expect(clock.lines.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\r") })
    }

    @Test("nothing to do is done")
    func empty() {
        let clock = Clock()
        progress(clock, 0, isTerminal: false).end()
        #expect(clock.lines[0].contains("100 %"))
    }
}
