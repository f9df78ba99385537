internal import Reactor

/// Gives memory back that a burst has used, such as many large bodies at once.
///
/// glibc keeps what is freed as long as anything above it is in use, so without this a process
/// stays for ever at the most it has needed.
final class MemoryTrim {
    /// So much more than the least that was ever in use is worth the time.
    private static let worthwhileBytes = 16_777_216

    private var leastBytes = Int.max

    /// Looks at the memory in use, and gives back when it is much.
    func run() {
        guard let resident = ProcessFigures.read()?.residentBytes else { return }
        leastBytes = min(leastBytes, resident)
        if resident - leastBytes > MemoryTrim.worthwhileBytes { FreeMemory.giveBack() }
    }
}
