import Glibc

/// Writes bytes to descriptors and files, blocking until they are taken: for commands and a
/// ``BlockingThread``, never on a loop that serves.
package enum FileOutput {
    /// The descriptor of what a command says.
    package static let standardOutput: Int32 = 1
    /// The descriptor of what has gone wrong.
    package static let standardError: Int32 = 2

    /// Writes all bytes to an open descriptor.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw .last("write")
            }
        }
    }

    /// Puts a file in place as a whole: a reader sees the old content or the new one, also after a
    /// crash.
    ///
    /// The file gets exactly the permissions of `mode`.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: UInt32
    ) throws(SystemError) {
        let draft = "\(path).\(getpid())"
        do throws(SystemError) {
            try write(bytes, toDraft: draft, mode: mode)
            guard unsafe rename(draft, path) == 0 else { throw SystemError.last("rename") }
        } catch {
            _ = unsafe unlink(draft)
            throw error
        }
    }

    private static func write(
        _ bytes: [UInt8], toDraft path: String, mode: UInt32
    ) throws(SystemError) {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
        let number = unsafe open(path, flags, mode)
        guard number >= 0 else { throw .last("open") }
        let descriptor = Descriptor(owning: number)
        // The file may have been left behind with other permissions.
        guard fchmod(descriptor.number, mode) == 0 else { throw .last("fchmod") }
        try write(bytes, to: descriptor.number)
        guard fsync(descriptor.number) == 0 else { throw .last("fsync") }
    }
}
