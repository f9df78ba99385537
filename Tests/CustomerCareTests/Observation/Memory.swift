import Electricity
import Glibc
import JSON
import Logging
import Reactor
import Synchronization
import Testing

@testable import CustomerCare

/// A log whose lines end in memory.
final class MemoryLog: Sendable {
    let log: Log
    private let writer: LineWriter
    private let reading: Descriptor
    private let writing: Mutex<Descriptor?>
    private let isEnded = Atomic<Bool>(false)

    init(level: Logger.Level = .info) throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        reading = Descriptor(owning: ends[0])
        let writing = Descriptor(owning: ends[1])
        writer = try LineWriter(to: writing.number)
        self.writing = Mutex(consume writing)
        log = Log(level: level, writer: writer) {
            Instant(microsecondsSince1970: 1_785_562_496_789_000)
        }
    }

    deinit {
        end()
    }

    /// Ends the writer before the number of its descriptor becomes another's.
    private func end() {
        if !isEnded.exchange(true, ordering: .relaxed) { writer.stopAndJoin() }
    }

    /// Ends the log and gives its lines, each as it stands.
    func lines() -> [[UInt8]] {
        end()
        writing.withLock { $0 = nil }
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(reading.number, &part, part.count)
            if count <= 0 { break }
            content.append(contentsOf: part[..<count])
        }
        return content.split(separator: 0x0A).map(Array.init)
    }

    /// Ends the log and gives its lines as objects, nil for one that is no JSON object.
    func objects() -> [[String: JSONValue]?] {
        lines().map(object)
    }
}

/// The members of a JSON object, or nil when the bytes are something else.
func object(_ bytes: [UInt8]) -> [String: JSONValue]? {
    guard case .object(let members)? = try? JSONValue.parse(bytes)  // Not JSON: nil.
    else { return nil }
    return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
}
