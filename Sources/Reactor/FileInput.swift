import Glibc

/// A file that is read from its beginning, as often as one likes; its calls block: for commands,
/// never on a loop.
package final class FileInput {
    private let descriptor: Descriptor
    /// Bytes of the file.
    package let byteCount: Int64

    /// Opens a file; `-` is what comes on standard input, which is put aside first, on the disk and
    /// under no name.
    package init(_ path: String) throws(SystemError) {
        let number =
            unsafe path == "-" ? try FileInput.spool() : open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .last("open") }
        descriptor = Descriptor(owning: number)
        let end = lseek(number, 0, SEEK_END)
        guard end >= 0, lseek(number, 0, SEEK_SET) == 0 else { throw .last("lseek") }
        byteCount = Int64(end)
    }

    /// The next bytes, at most so many; none at the end.
    package func read(atMost maximumCount: Int) throws(SystemError) -> [UInt8] {
        try FileInput.read(descriptor.number, atMost: maximumCount)
    }

    /// Goes back to the beginning.
    package func rewind() throws(SystemError) {
        guard lseek(descriptor.number, 0, SEEK_SET) == 0 else { throw .last("lseek") }
    }

    private static func read(
        _ number: Int32, atMost maximumCount: Int
    ) throws(SystemError) -> [UInt8] {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: maximumCount) { buffer, count in
            repeat {
                count = unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
            } while count < 0 && errno == EINTR
            if count < 0 {
                failed = true
                count = 0
            }
        }
        if failed { throw .last("read") }
        return bytes
    }

    /// A file without a name that holds all of standard input.
    private static func spool() throws(SystemError) -> Int32 {
        var name = Array("/var/tmp/customer-care-XXXXXX".utf8CString)
        let number = unsafe mkstemp(&name)
        guard number >= 0 else { throw .last("mkstemp") }
        _ = unsafe unlink(name)
        while true {
            let bytes = try read(0, atMost: 262_144)
            if bytes.isEmpty { return number }
            try FileOutput.write(bytes, to: number)
        }
    }
}

extension FileOutput {
    /// Whether somebody looks at a descriptor: it is a terminal.
    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}
