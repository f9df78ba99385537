import Glibc

extension [UInt8] {
    /// Where a byte stands for the first time at an index or behind it; nil when it does nowhere.
    ///
    /// The C library looks at many bytes at a time: lines of an import are parted by it.
    package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard indices.contains(start) else { return nil }
        return unsafe withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress,
                let found = unsafe memchr(first + start, CInt(byte), bytes.count - start)
            else { return nil }
            return unsafe first.distance(to: UnsafeRawPointer(found))
        }
    }
}
