/// Numbers as PostgreSQL's binary format has them: most significant byte first, unaligned.
enum BigEndian {
    static func int64(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int64 {
        Int64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    }

    static func int32(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        Int32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }

    static func int16(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int16 {
        Int16(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self))
    }

    static func uuid(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UUID {
        UUID(
            high: UInt64(bitPattern: unsafe int64(bytes, at: offset)),
            low: UInt64(bitPattern: unsafe int64(bytes, at: offset + 8)))
    }
}
