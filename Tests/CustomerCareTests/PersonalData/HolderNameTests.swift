import Testing

@testable import CustomerCare

@Suite("Holder names")
struct HolderNameTests {
    private func matches(_ typed: String, _ stored: String) -> Bool {
        HolderName.comparable(stored).map(HolderName.candidates(typed).contains) ?? false
    }

    @Test(
        "case, diacritics, spaces, punctuation and honorifics do not count",
        arguments: [
            "Nguyễn Văn An", "nguyen van an", "NGUYỄN VĂN AN", "NguyenVanAn", "  nguyễn  văn an ",
            "Ông Nguyễn Văn An", "ông nguyen van an", "ong nguyen van an", "Bà Nguyễn Văn An",
            "Hộ Nguyễn Văn An", "ho nguyen van an", "Hộ ông Nguyễn Văn An", "HO ONG NGUYEN VAN AN",
            "Nguyễn-Văn.An", "Nguye\u{302}\u{303}n Va\u{306}n An", "Nguyễn Văn Ấn",
        ])
    func matching(typed: String) {
        #expect(matches(typed, "Nguyễn Văn An"))
        #expect(matches(typed, "HỘ NGUYỄN VĂN AN"))
        #expect(matches(typed, "Ông Nguyễn Văn An"))
    }

    @Test(
        "another name is another name",
        arguments: [
            "Nguyễn Văn", "Văn An", "An", "Nguyễn Văn Anh", "Nguyễn Thị An", "An Văn Nguyễn",
            "Nguyễn Văn An 2", "Ông", "", " ", "...", "\u{301}",
        ])
    func notMatching(typed: String) {
        #expect(!matches(typed, "Nguyễn Văn An"))
    }

    @Test("đ is d, in every form it is written in")
    func dStroke() {
        #expect(matches("do thi dao", "Đỗ Thị Đào"))
        #expect(matches("ĐỖ THỊ ĐÀO", "đỗ thị đào"))
        #expect(matches("Ðỗ Thị Đào", "Đỗ Thị Đào"))
    }

    @Test("the surname Hồ is no honorific, and an honorific is no surname")
    func surnames() {
        #expect(matches("ho van ong", "Hồ Văn Ông"))
        #expect(matches("Hồ Văn Ông", "Hồ Văn Ông"))
        #expect(!matches("Văn Ông", "Hồ Văn Ông"))
        #expect(!matches("van ong", "Hồ Văn Ông"))
        #expect(matches("ho ho van ong", "Hộ Hồ Văn Ông"))
        #expect(matches("ho van ong", "Hộ Hồ Văn Ông"))
        #expect(!matches("Hồ Văn Ông", "Văn Ông"))
        #expect(matches("ba le", "Bá Lê"))
        #expect(matches("bà lê", "Lê"))
    }

    @Test("a text without letters has no form")
    func empty() {
        #expect(HolderName.comparable("") == nil)
        #expect(HolderName.comparable(" .-") == nil)
        #expect(HolderName.candidates("\u{200B}\u{301}").isEmpty)
        #expect(HolderName.comparable("Ông") == "ong")
    }
}
