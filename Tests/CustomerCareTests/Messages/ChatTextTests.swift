import Electricity
import Testing

@testable import CustomerCare

@Suite("Texts of messages")
struct ChatTextTests {
    @Test("amounts are grouped as the language does")
    func money() {
        let cases: [(Int64, String, String)] = [
            (0, "0 đồng", "0 VND"), (999, "999 đồng", "999 VND"),
            (1_000, "1.000 đồng", "1,000 VND"), (-1_234_567, "-1.234.567 đồng", "-1,234,567 VND"),
        ]
        for (amount, vietnamese, english) in cases {
            #expect(ChatText(language: .vietnamese).money(amount) == vietnamese)
            #expect(ChatText(language: .english).money(amount) == english)
        }
    }

    @Test("times are those of Vietnam")
    func moment() throws {
        let text = ChatText(language: .vietnamese)
        let midnight = try Instant.reading("2028-02-29T00:00:00")
        #expect(text.moment(midnight) == "00:00 29/02/2028")
        #expect(text.moment(midnight.advanced(bySeconds: -60)) == "23:59 28/02/2028")
        #expect(text.month(LocalDate(of: midnight).month) == "02/2028")
    }

    @Test("a message takes whole blocks only and says how many it leaves out")
    func bound() {
        let text = ChatText(language: .vietnamese)
        let block = ["PB06010001234:", "- " + String(repeating: "đ", count: 300)]
        let message = text.message("Lịch cúp điện:", Array(repeating: block, count: 10))
        #expect(message.utf16.count <= ChatText.longest)
        #expect(message.hasSuffix("Còn 4 mã khách hàng nữa: gửi mã khách hàng để xem riêng."))
        let short = text.message("Tiêu đề", [["a"], ["b"]])
        #expect(short == "Tiêu đề\na\nb")
    }

    @Test("texts from elsewhere lose links and line ends, and are cut between words")
    func harmless() {
        #expect(ChatText.harmless("Bảo trì\nxem https://evil.example nhé") == "Bảo trì xem nhé")
        #expect(ChatText.harmless("WWW.evil.example") == nil)
        #expect(ChatText.harmless("một hai ba", longest: 8) == "một hai…")
    }
}
