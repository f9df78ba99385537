internal import CZlib

/// Files packed into one (ZIP, PKWARE APPNOTE 6.3), each compressed; made in memory.
package struct ZipArchive {
    private static let localHeader: UInt32 = 0x0403_4B50
    private static let directoryHeader: UInt32 = 0x0201_4B50
    private static let directoryEnd: UInt32 = 0x0605_4B50
    /// Deflate; names are UTF-8 (bit 11).
    private static let method: UInt16 = 8
    private static let flags: UInt16 = 1 << 11
    private static let version: UInt16 = 20

    /// When all of it was made, in the form of MS-DOS.
    private let time: UInt16
    private let date: UInt16
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    /// Begins one of a moment: year, month, day, hour, minute and second of the place.
    package init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        date = UInt16(max(0, year - 1980) & 0x7F) << 9 | UInt16(month) << 5 | UInt16(day)
        time = UInt16(hour) << 11 | UInt16(minute) << 5 | UInt16(second / 2)
    }

    /// Adds a file; throws when it cannot be compressed.
    package mutating func add(_ name: String, _ content: [UInt8]) throws(CompressionFault) {
        let packed = try ZipArchive.deflated(content)
        let checksum = UInt32(
            truncatingIfNeeded: unsafe crc32(0, content, UInt32(content.count)))
        let offset = UInt32(bytes.count)
        var fields: [UInt8] = []
        for value in [ZipArchive.version, ZipArchive.flags, ZipArchive.method, time, date] {
            ZipArchive.append(value, to: &fields)
        }
        ZipArchive.append(checksum, to: &fields)
        ZipArchive.append(UInt32(packed.count), to: &fields)
        ZipArchive.append(UInt32(content.count), to: &fields)
        ZipArchive.append(UInt16(name.utf8.count), to: &fields)
        ZipArchive.append(UInt16(0), to: &fields)
        ZipArchive.append(ZipArchive.localHeader, to: &bytes)
        bytes += fields + Array(name.utf8) + packed
        ZipArchive.append(ZipArchive.directoryHeader, to: &directory)
        ZipArchive.append(ZipArchive.version, to: &directory)
        directory += fields
        // No comment, first disk, no attributes.
        for value in [UInt16](repeating: 0, count: 5) { ZipArchive.append(value, to: &directory) }
        ZipArchive.append(offset, to: &directory)
        directory += Array(name.utf8)
        count += 1
    }

    /// All of it.
    package func finished() -> [UInt8] {
        var end: [UInt8] = []
        ZipArchive.append(ZipArchive.directoryEnd, to: &end)
        for value in [0, 0, count, count] { ZipArchive.append(value, to: &end) }
        ZipArchive.append(UInt32(directory.count), to: &end)
        ZipArchive.append(UInt32(bytes.count), to: &end)
        ZipArchive.append(UInt16(0), to: &end)
        return bytes + directory + end
    }

    /// Little-endian, as all of the format.
    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private static func deflated(_ content: [UInt8]) throws(CompressionFault) -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe czlib_deflate_raw(&stream) == Z_OK else { throw .malformed }
        defer { unsafe deflateEnd(&stream) }
        var input = content
        let bound = Int(unsafe deflateBound(&stream, UInt(content.count)))
        var status = Z_OK
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            unsafe input.withUnsafeMutableBufferPointer { bytes in
                unsafe stream.next_in = bytes.baseAddress
                unsafe stream.avail_in = UInt32(bytes.count)
                unsafe stream.next_out = buffer.baseAddress
                unsafe stream.avail_out = UInt32(buffer.count)
                status = unsafe deflate(&stream, Z_FINISH)
                count = unsafe buffer.count - Int(stream.avail_out)
            }
        }
        guard status == Z_STREAM_END else { throw .malformed }
        return packed
    }
}
