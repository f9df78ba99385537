import Testing

@testable import CustomerCare

@Suite("Masks")
struct MaskTests {
    @Test(
        "of a name the first letters and the shape remain",
        arguments: [
            ("Nguyễn Văn A", "N*** V** A"), ("Nguyễn  Văn\tAn", "N*** V** A*"),
            ("Đỗ", "Đ*"), ("A", "A"), ("", ""), ("Nguye\u{302}\u{303}n", "N***"),
            ("CÔNG TY TNHH Ánh Dương", "C*** T* T*** Á** D***"),
        ])
    func names(name: String, masked: String) {
        #expect(Mask.name(name) == masked)
    }

    @Test(
        "of a phone number two digits in front and three at the end remain",
        arguments: [
            ("0901234567", "09*****567"), ("090 123 4567", "09*****567"),
            ("02723829829", "02******829"), ("1234567", "*****67"), ("12345678", "12***678"),
            ("", ""),
        ])
    func phones(phone: String, masked: String) {
        #expect(Mask.phone(phone) == masked)
    }

    @Test(
        "of an address the house number goes, and long numbers anywhere",
        arguments: [
            ("12 Nguyễn Huệ, Phường 1, Tân An", "*** Nguyễn Huệ, Phường 1, Tân An"),
            ("12/3A đường 30/4, Phường 1", "*** đường 30/4, Phường 1"),
            ("Số 5, hẻm 12 Lê Lợi, Phường 11", "***, hẻm ** Lê Lợi, Phường 11"),
            ("Nhà ông Tư, ấp 3, xã Mỹ An", "***, ấp 3, xã Mỹ An"),
            ("0901234567, Phường 1", "***, Phường 1"),
            ("1 Lê Lợi, Phường 123456", "*** Lê Lợi, Phường 12****"),
            ("", ""), (",,", ""),
        ])
    func addresses(address: String, masked: String) {
        #expect(Mask.address(address) == masked)
    }
}
