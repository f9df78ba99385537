import Testing

@testable import Reactor

/// The search for one byte among many.
struct ByteSearchTests {
    @Test("the first one is found at the index that is begun with, or behind it")
    func first() {
        let bytes = Array("a\nbc\n\nd".utf8)
        #expect(bytes.firstIndex(of: 0x0A, from: 0) == 1)
        #expect(bytes.firstIndex(of: 0x0A, from: 1) == 1)
        #expect(bytes.firstIndex(of: 0x0A, from: 2) == 4)
        #expect(bytes.firstIndex(of: 0x0A, from: 5) == 5)
        #expect(bytes.firstIndex(of: UInt8(ascii: "d"), from: 0) == 6)
    }

    @Test("nothing is found behind the last one, where there is none, and outside")
    func nowhere() {
        let bytes = Array("a\nb".utf8)
        #expect(bytes.firstIndex(of: 0x0A, from: 2) == nil)
        #expect(bytes.firstIndex(of: UInt8(ascii: "c"), from: 0) == nil)
        #expect(bytes.firstIndex(of: 0x0A, from: 3) == nil)
        #expect(bytes.firstIndex(of: 0x0A, from: -1) == nil)
        #expect([UInt8]().firstIndex(of: 0x0A, from: 0) == nil)
    }
}
