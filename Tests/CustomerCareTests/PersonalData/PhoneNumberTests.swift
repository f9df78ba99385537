import Testing

@testable import CustomerCare

@Suite("Phone numbers")
struct PhoneNumberTests {
    @Test(
        "a number is the same with 0, 84, +84 and 0084, with spaces, dots and dashes",
        arguments: [
            "0901234567", "84901234567", "+84901234567", "0084901234567", "090 123 45 67",
            "090.123.4567", "090-123-4567", "+84 90 1234567", " 0901234567 ", "+84 0901234567",
        ])
    func forms(typed: String) {
        #expect(PhoneNumber.comparable(typed) == "0901234567")
    }

    @Test(
        "a number of eleven digits is the one of ten that replaced it in 2018",
        arguments: [
            ("01621234567", "0321234567"), ("01691234567", "0391234567"),
            ("01201234567", "0701234567"), ("01211234567", "0791234567"),
            ("01221234567", "0771234567"), ("01261234567", "0761234567"),
            ("01281234567", "0781234567"), ("01231234567", "0831234567"),
            ("01241234567", "0841234567"), ("01251234567", "0851234567"),
            ("01271234567", "0811234567"), ("01291234567", "0821234567"),
            ("01861234567", "0561234567"), ("01881234567", "0581234567"),
            ("01991234567", "0591234567"), ("+841621234567", "0321234567"),
            ("841621234567", "0321234567"), ("01631234567", "0331234567"),
        ])
    func renumbered(typed: String, now: String) {
        #expect(PhoneNumber.comparable(typed) == now)
        #expect(PhoneNumber.comparable(now) == now)
    }

    @Test("numbers of land lines stay what they are, those that begin with 84 too")
    func landLines() {
        #expect(PhoneNumber.comparable("02723829829") == "02723829829")
        #expect(PhoneNumber.comparable("0841234567") == "0841234567")
        #expect(PhoneNumber.comparable("84123456") == "84123456")
    }

    @Test(
        "what is no number is none",
        arguments: [
            "", " ", "0901234", "0123456789012345", "09012345a7", "++84901234567", "090+1234567",
            "\u{FF10}\u{FF19}01234567", "٠٩٠١٢٣٤٥٦٧", "(090)1234567", "0901234567\n",
            "090\u{A0}1234567",
        ])
    func refused(typed: String) {
        #expect(PhoneNumber.comparable(typed) == nil)
    }
}
