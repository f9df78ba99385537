import Glibc

/// One input of a fuzzer, what it demands, and where it notes down what was accepted.
///
/// Compiled together with each target by scripts/fuzz.
struct FuzzedInput {
    /// The bytes that libFuzzer made up.
    let bytes: [UInt8]

    init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        bytes = Array(UnsafeBufferPointer(start: start, count: count))
    }

    /// Ends the run when a property does not hold; libFuzzer then keeps the input.
    func demand(_ holds: Bool, _ property: @autoclosure () -> String) {
        if holds { return }
        let line = Array("the property does not hold: \(property())\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        abort()
    }

    /// Ends in ascending order of the pieces into which the input is split, a few per input.
    ///
    /// They depend on the bytes only, so a kept input fails again.
    var someEnds: [Int] {
        var state = fingerprint
        var ends: [Int] = []
        for _ in 0..<(bytes.isEmpty ? 0 : 4) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            ends.append(Int((state >> 33) % UInt64(bytes.count + 1)))
        }
        return ends.sorted()
    }

    /// FNV-1a.
    var fingerprint: UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// Demands that `work` takes a time in proportion to the input, however it arrives.
    ///
    /// The bound is far above what a byte costs and far below what quadratic work would: only
    /// long inputs are measured, and the fastest of three runs counts.
    func demandLinearWork(_ work: () -> Void) {
        guard bytes.count >= FuzzedInput.longInput else { return }
        var fastest = Int.max
        for _ in 0..<3 {
            let start = threadNanoseconds()
            work()
            fastest = min(fastest, threadNanoseconds() - start)
        }
        let bound = 1_000_000 + bytes.count * FuzzedInput.nanosecondsPerByte
        demand(fastest <= bound, "\(bytes.count) bytes took \(fastest) ns of at most \(bound)")
    }

    private static let longInput = 4_096
    private static let nanosecondsPerByte = 3_000

    private func threadNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Notes down an accepted input with what was understood, as a line of JSON in the file that
    /// FUZZ_ACCEPTED names; Tests/fuzz/differential.py asks others what they think of it.
    func accepted(_ understood: [(name: String, value: String)]) {
        guard let file = acceptedFile, seen.count < mostAccepted,
            seen.insert(fingerprint).inserted
        else { return }
        var line = "{\"input\":\"\(hexadecimal(bytes))\""
        for (name, value) in understood { line += ",\"\(name)\":\"\(value)\"" }
        fputs(line + "}\n", file)
    }
}

/// Base 16, so that nothing needs an escape.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
}

/// Inputs noted down per run; more would only take the differential's time.
private let mostAccepted = 20_000
nonisolated(unsafe) private var seen: Set<UInt64> = []
nonisolated(unsafe) private let acceptedFile = getenv("FUZZ_ACCEPTED").flatMap { fopen($0, "a") }
