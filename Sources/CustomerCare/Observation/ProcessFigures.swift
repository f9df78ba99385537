internal import Reactor

/// What the kernel knows of this process.
struct ProcessFigures: Equatable {
    /// Memory in use, in bytes.
    let residentBytes: Int
    /// Processor time used by all threads, in seconds.
    let processorSeconds: Double

    /// Reads both from `/proc`; nil where there is none.
    static func read() -> ProcessFigures? {
        guard let status = ProcessFile.read("/proc/self/status"),
            let stat = ProcessFile.read("/proc/self/stat")
        else { return nil }
        return ProcessFigures(status: status, stat: stat)
    }

    /// Takes the content of `/proc/self/status` and `/proc/self/stat` (proc(5)).
    init?(status: [UInt8], stat: [UInt8]) {
        let lines = status.split(separator: UInt8(ascii: "\n"))
        let name = Array("VmRSS:".utf8)
        guard let line = lines.first(where: { $0.starts(with: name) }),
            let kibibytes = Self.number(line.dropFirst(name.count)),
            // The program's name, second, may hold spaces and parentheses: count behind it.
            let nameEnd = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = stat[(nameEnd + 1)...].split(separator: UInt8(ascii: " "))
        // Fields 14 and 15 of the file, user and system time, are 12 and 13 from field 3 on.
        guard fields.count > 12, let user = Self.number(fields[11]),
            let system = Self.number(fields[12])
        else { return nil }
        residentBytes = kibibytes * 1_024
        // In ticks of USER_HZ, which Linux shows as 100 to every program.
        processorSeconds = Double(user + system) / 100
    }

    /// The first run of decimal digits.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        let isDigit = { (byte: UInt8) in byte >= 0x30 && byte <= 0x39 }
        let digits = bytes.drop { !isDigit($0) }.prefix(while: isDigit).prefix(18)
        return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
