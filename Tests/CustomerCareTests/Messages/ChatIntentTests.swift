import Electricity
import Testing

@testable import CustomerCare

@Suite("Intents of messages")
struct ChatIntentTests {
    @Test(
        "a month is understood in every tolerated spelling",
        arguments: [
            "01/2021", "1/2021", "01-2021", "1 - 2021", " 01 / 2021 ", "01.2021", "1 2021",
            "tháng 1/2021", "thang 01 nam 2021", "Tiền điện tháng 1 năm 2021", "TIEN DIEN 01/2021",
            "hoá đơn 1/2021", "cho tôi xem 01/2021 nhé", "０１/２０２１",
        ])
    func month(text: String) throws {
        let month = try #require(BillingMonth(year: 2021, month: 1))
        let isFullWidth = text.hasPrefix("０")
        #expect(ChatIntent(text) == (isFullWidth ? .help : .billOfMonth(month)), "\(text)")
    }

    @Test(
        "what is no month, and nothing else either, is answered by help",
        arguments: [
            "13/2021", "0/2021", "1/21", "abc", "01/01/2021", "1/20211", "001/2021", "2021",
            "13/2021 tôi muốn", "", " ", "?", "👍", "\u{202E}1202/10", "\u{0}", "1/2021/",
            "no thanks", "tien", String(repeating: "a", count: 2_000),
        ])
    func help(text: String) {
        let isMonth = text == "1/2021/"
        #expect((ChatIntent(text) == .help) == !isMonth, "\(text)")
    }

    @Test(
        "the menu's words are understood with and without diacritics, in any case and form",
        arguments: [
            ("tiền điện", "currentBill"), ("tien dien", "currentBill"),
            ("TIỀN ĐIỆN", "currentBill"),
            ("tie\u{302}\u{300}n đie\u{323}\u{302}n", "currentBill"), ("hóa đơn", "currentBill"),
            ("hoá đơn", "currentBill"), ("cho tôi xem tiền điện với", "currentBill"),
            ("nợ", "debts"), ("no", "debts"), ("Nợ tiền điện", "debts"), ("no tien dien", "debts"),
            ("tôi còn nợ bao nhiêu?", "debts"), ("cúp điện", "outages"), ("cup dien", "outages"),
            ("Lịch cúp điện", "outages"), ("mất điện rồi", "outages"), ("outage", "outages"),
            ("ghi điện", "readingSchedule"), ("lich ghi dien", "readingSchedule"),
            ("CSPK", "reactiveBill"), ("Tiền điện CSPK", "reactiveBill"), ("cspk?", "reactiveBill"),
            ("tính tiền", "calculation"), ("Tính tiền điện", "calculation"),
            ("tinh tien dien", "calculation"), ("hướng dẫn", "guides"), ("huong dan", "guides"),
            ("Hướng dẫn sử dụng", "guides"), ("tổng đài", "hotlines"), ("tong dai", "hotlines"),
            ("Gọi Trung tâm CSKH", "hotlines"), ("thêm mã", "addCode"), ("them ma", "addCode"),
            ("Xác nhận/Thêm mã", "addCode"), ("giúp tôi", "help"),
        ])
    func words(text: String, intent: String) {
        #expect(ChatIntent(text).name == intent, "\(text)")
    }

    @Test("a month beside a look-up of a month is that look-up's")
    func monthOf() throws {
        let month = try #require(BillingMonth(year: 2026, month: 10))
        #expect(ChatIntent("CSPK 10/2026") == .reactiveBill(month))
        #expect(ChatIntent("lich ghi dien 10-2026") == .readingSchedule(month))
        #expect(ChatIntent("tiền điện tháng 10/2026") == .billOfMonth(month))
        #expect(ChatIntent("nợ 10/2026") == .debts)
        #expect(ChatIntent("cspk 13/2026") == .reactiveBill(nil))
    }

    @Test(
        "a customer code is one however it is spaced",
        arguments: ["PB06010001234", " pb06010001234 ", "PB0601 0001 234", "pb-0601-0001234"])
    func code(text: String) throws {
        let code = try #require(CustomerCode(exact: "PB06010001234"))
        #expect(ChatIntent(text) == .customerCode(code))
    }

    @Test("every phrase of the table leads to its own row")
    func table() {
        for row in ChatIntent.table {
            for phrase in row.phrases { #expect(ChatIntent(phrase) == row.intent, "\(phrase)") }
        }
    }
}
