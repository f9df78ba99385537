import CLinux

/// Memory that the process has freed and glibc keeps for the next time.
package enum FreeMemory {
    /// Gives it back to the system; takes some milliseconds.
    package static func giveBack() {
        _ = malloc_trim(0)
    }
}
