package import Electricity
package import HTTPClient

/// VietQR: a bank transfer whose account, amount and reference stand in a QR code (EMVCo, NAPAS
/// IBFT 1.5.2).
///
/// Nobody calls or can be asked: the bank's statement tells, as a settlement file.
package struct VietQR: PaymentProvider {
    package let name = ProviderName.vietQR
    /// Six digits of the bank (NAPAS BIN).
    let bankCode: String
    /// The account that receives the transfer.
    let accountNumber: String

    /// Takes the account that receives the transfers.
    package init(bankCode: String, accountNumber: String) {
        self.bankCode = bankCode
        self.accountNumber = accountNumber
    }

    package func begin(_ order: PaymentOrder) -> OrderBeginning {
        .ready(.scan(text: text(amount: order.amount, purpose: order.reference)))
    }

    /// The text of a code: dynamic when it fixes an amount, static when the payer enters one.
    func text(amount: Int64?, bill: String? = nil, purpose: String?) -> String {
        let beneficiary =
            VietQR.field("00", bankCode) + VietQR.field("01", accountNumber)
        var text = VietQR.field("00", "01") + VietQR.field("01", amount == nil ? "11" : "12")
        text += VietQR.field(
            "38",
            VietQR.field("00", "A000000727") + VietQR.field("01", beneficiary)
                + VietQR.field("02", "QRIBFTTA"))
        text += VietQR.field("53", "704")
        if let amount { text += VietQR.field("54", "\(amount)") }
        text += VietQR.field("58", "VN")
        let additional =
            (bill.map { VietQR.field("01", $0) } ?? "")
            + (purpose.map { VietQR.field("08", $0) } ?? "")
        if !additional.isEmpty { text += VietQR.field("62", additional) }
        text += "6304"
        return text + VietQR.checksum(of: Array(text.utf8))
    }

    /// Two digits of a name, two of the length in bytes, the value.
    private static func field(_ id: String, _ value: String) -> String {
        let count = value.utf8.count
        precondition(count <= 99, "the values of a VietQR text have at most 99 bytes")
        return id + (count < 10 ? "0\(count)" : "\(count)") + value
    }

    /// CRC-16 with the polynomial 0x1021 from 0xFFFF (ISO/IEC 13239), as four capital digits.
    static func checksum(of bytes: [UInt8]) -> String {
        var crc: UInt16 = 0xFFFF
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        }
        let digits = String(crc, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    package func readBeginning(
        _ reply: IncomingReply, of order: PaymentOrder
    ) -> BeginningOutcome {
        .unclear(reason: "a transfer asks nobody")
    }

    package func read(_ call: ProviderCall) -> ProviderCallReading { .badSignature }

    package func answer(to outcome: ProviderCallOutcome) -> [UInt8] { Array("{}".utf8) }

    package func question(about order: AskedOrder, now: Instant) -> OutgoingRequest? { nil }

    package func readState(_ reply: IncomingReply, of order: AskedOrder) -> OrderState {
        .unclear(reason: "a transfer asks nobody")
    }

    package func refund(_ refund: RefundOrder, now: Instant) -> OutgoingRequest? { nil }

    package func question(about refund: RefundOrder, now: Instant) -> OutgoingRequest? { nil }

    package func readRefund(_ reply: IncomingReply) -> RefundState {
        .unclear(reason: "a transfer asks nobody")
    }
}
