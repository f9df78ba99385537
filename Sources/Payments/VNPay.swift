package import Electricity
package import HTTPClient
import JSON

/// VNPAY, version 2.1.0: the user is redirected with a signed query, VNPAY calls with another.
///
/// https://sandbox.vnpayment.vn/apis/docs: pay, querydr and refund.
package struct VNPay: PaymentProvider {
    package let name = ProviderName.vnPay
    /// The terminal's code.
    let terminalCode: String
    let secret: [UInt8]
    /// Where users pay.
    let payURL: String
    /// Where we ask.
    let apiURL: String
    /// Where VNPAY sends the user who brings no address of their own.
    let returnURL: String
    /// Our own address, as VNPAY wants it with every request.
    let serverAddress: String

    /// Takes what VNPAY gives a merchant.
    package init(
        terminalCode: String, secret: [UInt8], payURL: String, apiURL: String, returnURL: String,
        serverAddress: String
    ) {
        self.terminalCode = terminalCode
        self.secret = secret
        self.payURL = payURL
        self.apiURL = apiURL
        self.returnURL = returnURL
        self.serverAddress = serverAddress
    }

    // MARK: Orders

    package func begin(_ order: PaymentOrder) -> OrderBeginning {
        let fields = [
            ("vnp_Amount", "\(order.amount * VNPay.hundredths)"), ("vnp_Command", "pay"),
            ("vnp_CreateDate", Compact.dateTime(order.createdAt)), ("vnp_CurrCode", "VND"),
            ("vnp_ExpireDate", Compact.dateTime(order.expiresAt)),
            ("vnp_IpAddr", serverAddress), ("vnp_Locale", "vn"),
            ("vnp_OrderInfo", order.description), ("vnp_OrderType", "other"),
            ("vnp_ReturnUrl", order.returnURL ?? returnURL), ("vnp_TmnCode", terminalCode),
            ("vnp_TxnRef", order.reference), ("vnp_Version", VNPay.version),
        ]
        let query = fields.map { "\($0)=\(VNPay.encoded($1))" }.joined(separator: "&")
        let hash = Mac.sha512(Array(query.utf8), secret)
        return .ready(.redirect(url: "\(payURL)?\(query)&vnp_SecureHash=\(hash)", token: nil))
    }

    private static let version = "2.1.0"
    /// VNPAY counts hundredths of a đồng.
    private static let hundredths: Int64 = 100

    /// `application/x-www-form-urlencoded`: a blank is a plus sign.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x2A: bytes.append(byte)
            case 0x20: bytes.append(UInt8(ascii: "+"))
            default:
                bytes.append(contentsOf: [
                    UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)],
                ])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func readBeginning(
        _ reply: IncomingReply, of order: PaymentOrder
    ) -> BeginningOutcome {
        .unclear(reason: "VNPAY is not asked for an order")
    }

    // MARK: Calls

    package func read(_ call: ProviderCall) -> ProviderCallReading {
        let fields = VNPay.fields(of: call.rawQuery)
        let sent = fields.first { $0.name == "vnp_SecureHash" }
        guard let sent, Mac.isEqual(hash(of: fields), VNPay.text(sent.value)) else {
            return .badSignature
        }
        func value(_ name: String) -> String? {
            let found = fields.filter { $0.name == name }
            return found.count == 1 ? VNPay.text(found[0].value) : nil
        }
        guard value("vnp_TmnCode") == terminalCode, let reference = value("vnp_TxnRef"),
            (1...100).contains(reference.utf8.count),
            let amount = value("vnp_Amount").flatMap(VNPay.amount),
            let response = value("vnp_ResponseCode"), let transaction = value("vnp_TransactionNo"),
            (1...100).contains(transaction.utf8.count)
        else { return .malformed }
        let isPaid = response == "00" && value("vnp_TransactionStatus") == "00"
        return .verified(
            PaymentNotice(
                isPaid ? .paid : .failed, orderReference: reference,
                transactionReference: transaction, amount: amount))
    }

    /// The hash over all fields but the hash itself, sorted, as they stand in the query.
    func hash(of fields: [(name: String, value: [UInt8])]) -> String {
        let signed = fields.filter {
            $0.name.hasPrefix("vnp_") && $0.name != "vnp_SecureHash"
                && $0.name != "vnp_SecureHashType" && !$0.value.isEmpty
        }.sorted { $0.name < $1.name }
        var text: [UInt8] = []
        for field in signed {
            if !text.isEmpty { text.append(UInt8(ascii: "&")) }
            text.append(contentsOf: field.name.utf8)
            text.append(UInt8(ascii: "="))
            text.append(contentsOf: field.value)
        }
        return Mac.sha512(text, secret)
    }

    /// The fields of a query, values as they stand there.
    static func fields(of query: [UInt8]) -> [(name: String, value: [UInt8])] {
        query.split(separator: UInt8(ascii: "&")).map { part in
            let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            return (
                String(decoding: part[..<end], as: UTF8.self), Array(part[end...].dropFirst())
            )
        }
    }

    /// A value without its encoding; what is no UTF-8 equals nothing we know.
    private static func text(_ value: [UInt8]) -> String {
        String(validating: decoded(value), as: UTF8.self) ?? ""
    }

    /// The bytes behind `application/x-www-form-urlencoded`.
    static func decoded(_ value: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let high = digit(rest[rest.startIndex]), let low = digit(rest[rest.startIndex + 1])
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// An amount in VND out of hundredths; nil for anything but whole VND.
    private static func amount(_ text: String) -> Int64? {
        guard (3...15).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int64(text),
            number > 0, number % hundredths == 0
        else { return nil }
        return number / hundredths
    }

    package func answer(to outcome: ProviderCallOutcome) -> [UInt8] {
        let (code, message) =
            switch outcome {
            case .accepted: ("00", "Confirm Success")
            case .unknownOrder: ("01", "Order not found")
            case .duplicate: ("02", "Order already confirmed")
            case .wrongAmount: ("04", "Invalid amount")
            }
        var json = JSONWriter()
        json.object { json in
            json.field("RspCode", code)
            json.field("Message", message)
        }
        return json.bytes
    }

    // MARK: Questions and refunds

    package func question(about order: AskedOrder, now: Instant) -> OutgoingRequest? {
        request(
            [
                ("vnp_RequestId", requestId(order.reference, now)), ("vnp_Version", VNPay.version),
                ("vnp_Command", "querydr"), ("vnp_TmnCode", terminalCode),
                ("vnp_TxnRef", order.reference),
                ("vnp_TransactionDate", Compact.dateTime(order.createdAt)),
                ("vnp_CreateDate", Compact.dateTime(now)), ("vnp_IpAddr", serverAddress),
                ("vnp_OrderInfo", "Truy van \(order.reference)"),
            ])
    }

    package func refund(_ refund: RefundOrder, now: Instant) -> OutgoingRequest? {
        let type = refund.amount == refund.paidAmount ? "02" : "03"
        return request(
            [
                ("vnp_RequestId", refund.reference), ("vnp_Version", VNPay.version),
                ("vnp_Command", "refund"), ("vnp_TmnCode", terminalCode),
                ("vnp_TransactionType", type), ("vnp_TxnRef", refund.orderReference),
                ("vnp_Amount", "\(refund.amount * VNPay.hundredths)"),
                ("vnp_TransactionNo", refund.transactionReference),
                ("vnp_TransactionDate", Compact.dateTime(refund.orderCreatedAt)),
                ("vnp_CreateBy", "customer-care"), ("vnp_CreateDate", Compact.dateTime(now)),
                ("vnp_IpAddr", serverAddress), ("vnp_OrderInfo", "Hoan tien \(refund.reference)"),
            ])
    }

    package func question(about refund: RefundOrder, now: Instant) -> OutgoingRequest? { nil }

    /// Unique for a day, as VNPAY asks: the reference and the second.
    private func requestId(_ reference: String, _ now: Instant) -> String {
        "\(reference)\(now.secondsSince1970)"
    }

    /// A JSON request hashed over its values, joined in their order.
    private func request(_ fields: [(String, String)]) -> OutgoingRequest {
        let text = fields.map(\.1).joined(separator: "|")
        var json = JSONWriter(reservingCapacity: 1_024)
        json.object { json in
            for (name, value) in fields { json.field(name, value) }
            json.field("vnp_SecureHash", Mac.sha512(Array(text.utf8), secret))
        }
        return .post(apiURL, json: json.bytes)
    }

    package func readState(_ reply: IncomingReply, of order: AskedOrder) -> OrderState {
        guard reply.status == 200, let json = JSONValue.object(reply.body),
            let code = json.text("vnp_ResponseCode")
        else { return .unclear(reason: "status \(reply.status)") }
        // 91: no such transaction, since the user has not come yet.
        if code == "91" { return .unpaid }
        guard code == "00", json.text("vnp_TxnRef") == order.reference else {
            return .unclear(reason: "vnp_ResponseCode \(code)")
        }
        switch json.text("vnp_TransactionStatus") {
        case "00":
            guard let transaction = json.reference("vnp_TransactionNo"),
                let amount = json.reference("vnp_Amount").flatMap(VNPay.amount)
            else { return .unclear(reason: "paid without a transaction") }
            return .paid(
                PaymentNotice(
                    .paid, orderReference: order.reference, transactionReference: transaction,
                    amount: amount))
        case "01": return .unpaid
        case "02": return .failed
        case let status: return .unclear(reason: "vnp_TransactionStatus \(status ?? "-")")
        }
    }

    package func readRefund(_ reply: IncomingReply) -> RefundState {
        guard reply.status == 200, let json = JSONValue.object(reply.body),
            let code = json.text("vnp_ResponseCode")
        else { return .unclear(reason: "status \(reply.status)") }
        // 94: the same request is under way already.
        return code == "00" ? .done : code == "94" ? .processing : .refused(code: code)
    }
}
