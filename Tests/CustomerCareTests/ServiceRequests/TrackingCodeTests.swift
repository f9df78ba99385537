import Testing

@testable import CustomerCare

@Suite("Tracking codes")
struct TrackingCodeTests {
    private static let bits: [UInt64] = [0, 1, .max, 0x1234_5678_9ABC_DEF0, 0x0F0F_F0F0_55AA_AA55]
    private static let alphabet = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")

    @Test("a code is read as people type it", arguments: bits)
    func typed(bits: UInt64) throws {
        let code = TrackingCode(random: bits)
        #expect(code.text.utf8.count == 14)
        #expect(TrackingCode(typed: code.text) == code)
        #expect(TrackingCode(typed: code.text.lowercased().replacing("-", with: "")) == code)
        #expect(TrackingCode(typed: code.text.replacing("-", with: " ")) == code)
        #expect(!code.text.contains { "01IO".contains($0) })
    }

    @Test("every single wrong character is found", arguments: bits)
    func wrongCharacter(bits: UInt64) {
        let right = Array(TrackingCode(random: bits).text)
        for place in right.indices where right[place] != "-" {
            for other in Self.alphabet + ["0", "1", "I", "O", "Đ"] where other != right[place] {
                var wrong = right
                wrong[place] = other
                #expect(TrackingCode(typed: String(wrong)) == nil, "\(String(wrong))")
            }
        }
    }

    @Test("two characters that changed places are found")
    func exchanged() {
        let right = Array(TrackingCode(random: 0x0123_4567_89AB_CDEF).text)
        for first in right.indices {
            for second in right.indices where right[first] != right[second] {
                guard right[first] != "-", right[second] != "-" else { continue }
                var wrong = right
                wrong.swapAt(first, second)
                #expect(TrackingCode(typed: String(wrong)) == nil, "\(String(wrong))")
            }
        }
    }

    @Test("what has another length is no code", arguments: ["", "K7QM", "K7QM-2FXD-9TRCC", "-"])
    func length(text: String) {
        #expect(TrackingCode(typed: text) == nil)
    }

    @Test("codes of other random bits differ")
    func differ() {
        #expect(Set((0..<2_000).map { TrackingCode(random: UInt64($0) << 40) }).count == 2_000)
    }
}
