import Glibc

/// Small files that the kernel or an operator provides, such as those below `/proc/self`.
package enum ProcessFile {
    /// Bytes of the longest file that is read.
    private static let maximumBytes = 65_536

    /// The content of a file, or nil when it cannot be read or is longer than 64 KiB.
    ///
    /// It blocks, so on a loop it is for files in memory only, which those of `/proc` are.
    package static func read(_ path: String) -> [UInt8]? {
        read(path, atMost: maximumBytes)
    }

    /// The content of a file, or nil when it cannot be read or has more bytes.
    package static func read(_ path: String, atMost maximumBytes: Int) -> [UInt8]? {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(owning: number)
        var content: [UInt8] = []
        while content.count <= maximumBytes {
            let part = unsafe [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
                repeat {
                    count = unsafe Glibc.read(
                        descriptor.number, buffer.baseAddress, buffer.count)
                } while count < 0 && errno == EINTR
                if count < 0 { count = 0 }
            }
            if part.isEmpty { return content }
            content.append(contentsOf: part)
        }
        return nil
    }

    /// How many descriptors this process has open, or nil when `/proc` is not there.
    package static func openDescriptorCount() -> Int? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // Not counted: ".", ".." and the folder itself.
        return max(0, count - 3)
    }
}
