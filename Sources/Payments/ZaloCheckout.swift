package import Electricity
package import HTTPClient
import JSON

/// The Checkout SDK of Zalo mini-apps: the mini-app orders with our code, Zalo calls with its own.
///
/// https://miniapp.zaloplatforms.com/documents/payment: createOrder, callback, notify,
/// getOrderStatus, createRefund. All codes are HMAC-SHA256 under the one private key.
package struct ZaloCheckout: PaymentProvider {
    package let name = ProviderName.zaloCheckout
    let appId: String
    let privateKey: [UInt8]
    /// `https://payment-mini.zalo.me`.
    let baseURL: String
    /// The method the mini-app offers, such as `ZALOPAY` or `VNPAY_SANDBOX`.
    let method: String

    /// Takes what Zalo gives a mini-app.
    package init(appId: String, privateKey: [UInt8], baseURL: String, method: String) {
        self.appId = appId
        self.privateKey = privateKey
        self.baseURL = baseURL
        self.method = method
    }

    // MARK: Orders

    package func begin(_ order: PaymentOrder) -> OrderBeginning {
        var items = JSONWriter()
        items.array { json in
            for item in order.items {
                json.element { json in
                    json.field("id", item.id)
                    json.field("amount", item.amount)
                }
            }
        }
        var method = JSONWriter()
        method.object { json in
            json.field("id", self.method)
            json.field("isCustom", false)
        }
        var extra = JSONWriter()
        extra.object { $0.field("reference", order.reference) }
        let fields = OrderFields(
            amount: order.amount, description: order.description, extraData: extra.bytes,
            items: items.bytes, method: method.bytes)
        var json = JSONWriter(reservingCapacity: 1_024)
        json.object { json in
            json.field("amount", order.amount)
            json.field("desc", order.description)
            json.field("extradata", String(decoding: extra.bytes, as: UTF8.self))
            json.rawField("item", items.bytes)
            json.field("method", String(decoding: method.bytes, as: UTF8.self))
            json.field("mac", orderMac(fields))
        }
        return .ready(.checkout(order: json.bytes))
    }

    /// What the code of an order covers, each part as it is printed.
    struct OrderFields {
        let amount: Int64
        let description: String
        let extraData: [UInt8]
        let items: [UInt8]
        let method: [UInt8]
    }

    func orderMac(_ fields: OrderFields) -> String {
        let extraData = String(decoding: fields.extraData, as: UTF8.self)
        let items = String(decoding: fields.items, as: UTF8.self)
        let method = String(decoding: fields.method, as: UTF8.self)
        return Mac.sha256(
            "amount=\(fields.amount)&desc=\(fields.description)&extradata=\(extraData)"
                + "&item=\(items)&method=\(method)", privateKey)
    }

    package func readBeginning(
        _ reply: IncomingReply, of order: PaymentOrder
    ) -> BeginningOutcome {
        .unclear(reason: "Zalo is asked for an order by the mini-app")
    }

    // MARK: Calls

    package func read(_ call: ProviderCall) -> ProviderCallReading {
        guard let envelope = JSONValue.object(call.body), let data = envelope.member("data"),
            let mac = envelope.text("mac")
        else { return .badSignature }
        // A notification of a chosen method has no result and one code only.
        if data.member("resultCode") == nil { return readNotification(data, mac) }
        guard let overall = envelope.text("overallMac"), let all = ZaloCheckout.all(of: data),
            let fixed = ZaloCheckout.joined(
                data,
                [
                    "appId", "amount", "description", "orderId", "message", "resultCode",
                    "transId",
                ]),
            Mac.isEqual(Mac.sha256(fixed, privateKey), mac),
            Mac.isEqual(Mac.sha256(all, privateKey), overall)
        else { return .badSignature }
        guard data.reference("appId") == appId, let order = data.reference("orderId"),
            let transaction = data.reference("transId"), let amount = data.integer("amount"),
            amount > 0, let result = data.integer("resultCode")
        else { return .malformed }
        return .verified(
            PaymentNotice(
                result == 1 ? .paid : .failed,
                orderReference: data.text("extradata").flatMap(ZaloCheckout.reference),
                providerOrder: order, transactionReference: transaction, amount: amount))
    }

    private func readNotification(_ data: JSONValue, _ mac: String) -> ProviderCallReading {
        guard let text = ZaloCheckout.joined(data, ["appId", "orderId", "method"]),
            Mac.isEqual(Mac.sha256(text, privateKey), mac)
        else { return .badSignature }
        guard data.reference("appId") == appId, let order = data.reference("orderId") else {
            return .malformed
        }
        return .verified(
            PaymentNotice(
                .processing, orderReference: nil, providerOrder: order,
                transactionReference: order, amount: 0))
    }

    /// The named members as `name=value`, joined; nil when one is missing or no text or integer.
    private static func joined(_ data: JSONValue, _ names: [String]) -> String? {
        var parts: [String] = []
        for name in names {
            guard let value = data.member(name), let text = printed(value) else { return nil }
            parts.append("\(name)=\(text)")
        }
        return parts.joined(separator: "&")
    }

    /// All members in the order of their names.
    private static func all(of data: JSONValue) -> String? {
        guard case .object(let members) = data else { return nil }
        return joined(data, members.map(\.name).sorted())
    }

    /// A value as JavaScript prints it; a number with a fraction could be printed in two ways.
    private static func printed(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let truth): truth ? "true" : "false"
        default: nil
        }
    }

    /// Our reference out of `extradata`, which comes URI-encoded.
    static func reference(_ extraData: String) -> String? {
        let fields = VNPay.decoded(Array(extraData.utf8))
        return JSONValue.object(fields)?.reference("reference")
    }

    package func answer(to outcome: ProviderCallOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("returnCode", outcome == .duplicate ? 2 : 1)
            json.field("returnMessage", outcome == .duplicate ? "duplicate" : "success")
        }
        return json.bytes
    }

    // MARK: Questions and refunds

    package func question(about order: AskedOrder, now: Instant) -> OutgoingRequest? {
        // Zalo knows its own order only, which it has told us when it called.
        guard let id = order.providerOrder else { return nil }
        let key = String(decoding: privateKey, as: UTF8.self)
        let mac = Mac.sha256("appId=\(appId)&orderId=\(id)&privateKey=\(key)", privateKey)
        return .get(
            "\(baseURL)/api/transaction/get-status?orderId=\(VNPay.encoded(id))"
                + "&appId=\(VNPay.encoded(appId))&mac=\(mac)")
    }

    package func readState(_ reply: IncomingReply, of order: AskedOrder) -> OrderState {
        guard reply.status == 200, let json = JSONValue.object(reply.body),
            let data = json.member("data"), let code = data.integer("returnCode")
        else { return .unclear(reason: "status \(reply.status)") }
        switch code {
        case 1:
            guard let transaction = data.reference("transId"),
                let amount = data.integer("amount"), amount > 0
            else { return .unclear(reason: "paid without a transaction") }
            let reference = data.text("extradata").flatMap(ZaloCheckout.reference)
            return .paid(
                PaymentNotice(
                    .paid, orderReference: reference ?? order.reference,
                    providerOrder: order.providerOrder, transactionReference: transaction,
                    amount: amount))
        case 0: return data.member("isProcessing") == .boolean(true) ? .processing : .unpaid
        case -1: return .failed
        default: return .unclear(reason: "returnCode \(code)")
        }
    }

    package func refund(_ refund: RefundOrder, now: Instant) -> OutgoingRequest? {
        let key = String(decoding: privateKey, as: UTF8.self)
        let description = "hoan tien \(refund.reference)"
        let mac = Mac.sha256(
            "appId=\(appId)&transId=\(refund.transactionReference)&amount=\(refund.amount)"
                + "&description=\(description)&privateKey=\(key)", privateKey)
        var json = JSONWriter()
        json.object { json in
            json.field("appId", appId)
            json.field("transId", refund.transactionReference)
            json.field("amount", refund.amount)
            json.field("description", description)
            json.field("mac", mac)
        }
        return .post(baseURL + "/api/refund/create", json: json.bytes)
    }

    package func question(about refund: RefundOrder, now: Instant) -> OutgoingRequest? { nil }

    package func readRefund(_ reply: IncomingReply) -> RefundState {
        guard reply.status == 200, let json = JSONValue.object(reply.body),
            let data = json.member("data"), let code = data.integer("returnCode")
        else { return .unclear(reason: "status \(reply.status)") }
        return code == 1 ? .done : code > 1 ? .processing : .refused(code: "\(code)")
    }
}
