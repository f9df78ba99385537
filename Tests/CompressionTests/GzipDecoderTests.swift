import Compression
import Testing

@Suite("gzip")
struct GzipDecoderTests {
    /// `printf 'điện\n' | gzip -n`.
    private static let small: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x3B, 0x32, 0x31, 0xF3, 0xE1,
        0xEE, 0xF6, 0x3C, 0x2E, 0x00, 0x78, 0x30, 0x9C, 0xDD, 0x08, 0x00, 0x00, 0x00,
    ]

    private func expand(
        _ pieces: [[UInt8]], atMost bytes: Int = 1_000
    ) throws(CompressionFault) -> [UInt8] {
        let decoder = GzipDecoder(atMost: bytes)
        var result: [UInt8] = []
        for piece in pieces {
            decoder.take(piece)
            while let part = try decoder.next() { result += part }
        }
        try decoder.finish()
        return result
    }

    @Test("what was compressed comes back, however it is cut")
    func pieces() throws {
        let text = Array("điện\n".utf8)
        #expect(try expand([Self.small]) == text)
        #expect(try expand(Self.small.map { [$0] }) == text)
        // Files behind each other are one.
        #expect(try expand([Self.small + Self.small]) == text + text)
    }

    @Test("what breaks off, is something else or does not add up is refused")
    func faults() {
        #expect(throws: CompressionFault.incomplete) {
            try expand([Array(Self.small.dropLast())])
        }
        #expect(throws: CompressionFault.incomplete) { try expand([]) }
        #expect(throws: CompressionFault.malformed) { try expand([Array("điện".utf8)]) }
        var wrong = Self.small
        wrong[22] ^= 1
        #expect(throws: CompressionFault.malformed) { try expand([wrong]) }
        #expect(throws: CompressionFault.malformed) { try expand([Self.small + [1, 2, 3]]) }
    }

    @Test("a result beyond its bound is refused")
    func bound() {
        #expect(throws: CompressionFault.tooLarge) { try expand([Self.small], atMost: 7) }
    }
}
