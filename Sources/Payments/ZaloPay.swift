package import Electricity
package import HTTPClient
import JSON

/// ZaloPay, API v2: key1 signs what we ask, key2 what ZaloPay tells.
///
/// https://docs.zalopay.vn/docs/specs: order-create, callback-api, order-query, order-refund.
package struct ZaloPay: PaymentProvider {
    package let name = ProviderName.zaloPay
    let appId: Int64
    let key1: [UInt8]
    let key2: [UInt8]
    /// `https://openapi.zalopay.vn`, or the sandbox's.
    let baseURL: String
    let callbackURL: String

    /// Takes what ZaloPay gives a merchant.
    package init(
        appId: Int64, key1: [UInt8], key2: [UInt8], baseURL: String, callbackURL: String
    ) {
        self.appId = appId
        self.key1 = key1
        self.key2 = key2
        self.baseURL = baseURL
        self.callbackURL = callbackURL
    }

    // MARK: Orders

    /// The shortest time ZaloPay keeps an order open, in seconds.
    private static let leastSeconds: Int64 = 300

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
        var embedded = JSONWriter()
        embedded.object { json in
            if let url = order.returnURL { json.field("redirecturl", url) }
        }
        let item = String(decoding: items.bytes, as: UTF8.self)
        let embedData = String(decoding: embedded.bytes, as: UTF8.self)
        let time = order.createdAt.microsecondsSince1970 / 1_000
        let seconds = order.expiresAt.secondsSince1970 - order.createdAt.secondsSince1970
        let mac = createMac(order, time: time, embedData: embedData, item: item)
        var json = JSONWriter(reservingCapacity: 1_024)
        json.object { json in
            json.field("app_id", appId)
            json.field("app_user", order.payer)
            json.field("app_trans_id", order.reference)
            json.field("app_time", time)
            json.field("amount", order.amount)
            json.field("item", item)
            json.field("embed_data", embedData)
            json.field("description", order.description)
            json.field("bank_code", "")
            json.field("callback_url", callbackURL)
            json.field("expire_duration_seconds", max(seconds, ZaloPay.leastSeconds))
            json.field("mac", mac)
        }
        return .ask(.post(baseURL + "/v2/create", json: json.bytes))
    }

    func createMac(
        _ order: PaymentOrder, time: Int64, embedData: String, item: String
    ) -> String {
        Mac.sha256(
            "\(appId)|\(order.reference)|\(order.payer)|\(order.amount)|\(time)"
                + "|\(embedData)|\(item)", key1)
    }

    package func readBeginning(
        _ reply: IncomingReply, of order: PaymentOrder
    ) -> BeginningOutcome {
        guard reply.status == 200, let json = JSONValue.object(reply.body),
            let code = json.integer("return_code")
        else { return .unclear(reason: "status \(reply.status)") }
        guard code == 1 else {
            return .refused(code: "\(code)/\(json.integer("sub_return_code") ?? 0)")
        }
        guard let url = json.text("order_url"), url.hasPrefix("https://") else {
            return .unclear(reason: "no order_url")
        }
        return .ready(.redirect(url: url, token: json.text("zp_trans_token")))
    }

    // MARK: Callbacks

    package func read(_ call: ProviderCall) -> ProviderCallReading {
        // The code stands beside what it is about, so an envelope must be opened first.
        guard let envelope = JSONValue.object(call.body), let data = envelope.text("data"),
            let mac = envelope.text("mac"), Mac.isEqual(Mac.sha256(data, key2), mac)
        else { return .badSignature }
        guard let content = JSONValue.object(Array(data.utf8)),
            content.integer("app_id") == appId, let order = content.reference("app_trans_id"),
            let transaction = content.reference("zp_trans_id"),
            let amount = content.integer("amount"), amount > 0
        else { return .malformed }
        return .verified(
            PaymentNotice(
                .paid, orderReference: order, transactionReference: transaction, amount: amount))
    }

    package func answer(to outcome: ProviderCallOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            // 0 would have ZaloPay call again; what was recorded needs no repetition.
            json.field("return_code", outcome == .duplicate ? 2 : 1)
            json.field("return_message", outcome == .duplicate ? "duplicate" : "success")
        }
        return json.bytes
    }

    // MARK: Questions

    package func question(about order: AskedOrder, now: Instant) -> OutgoingRequest? {
        var json = JSONWriter()
        json.object { json in
            json.field("app_id", appId)
            json.field("app_trans_id", order.reference)
            json.field("mac", queryMac(order.reference))
        }
        return .post(baseURL + "/v2/query", json: json.bytes)
    }

    func queryMac(_ reference: String) -> String {
        let key = String(decoding: key1, as: UTF8.self)
        return Mac.sha256("\(appId)|\(reference)|\(key)", key1)
    }

    package func readState(_ reply: IncomingReply, of order: AskedOrder) -> OrderState {
        guard reply.status == 200, let json = JSONValue.object(reply.body),
            let code = json.integer("return_code")
        else { return .unclear(reason: "status \(reply.status)") }
        switch code {
        case 1:
            guard let transaction = json.reference("zp_trans_id"),
                let amount = json.integer("amount"), amount > 0
            else { return .unclear(reason: "paid without a transaction") }
            return .paid(
                PaymentNotice(
                    .paid, orderReference: order.reference, transactionReference: transaction,
                    amount: amount))
        case 2: return .failed
        case 3: return json.member("is_processing") == .boolean(true) ? .processing : .unpaid
        default: return .unclear(reason: "return_code \(code)")
        }
    }

    // MARK: Refunds

    package func refund(_ refund: RefundOrder, now: Instant) -> OutgoingRequest? {
        let time = now.microsecondsSince1970 / 1_000
        var json = JSONWriter()
        json.object { json in
            json.field("m_refund_id", refundReference(refund))
            json.field("app_id", appId)
            json.field("zp_trans_id", refund.transactionReference)
            json.field("amount", refund.amount)
            json.field("timestamp", time)
            json.field("description", ZaloPay.refundText)
            json.field("mac", refundMac(refund, time: time, description: ZaloPay.refundText))
        }
        return .post(baseURL + "/v2/refund", json: json.bytes)
    }

    private static let refundText = "hoan tien"

    /// `yymmdd_appid_xxxxxxxxxx`, as ZaloPay wants it, out of our `yymmdd_xxxxxxxxxxxxxxxx`.
    func refundReference(_ refund: RefundOrder) -> String {
        let parts = refund.reference.split(separator: "_")
        return "\(parts.first ?? "")_\(appId)_\(parts.last ?? "")"
    }

    func refundMac(
        _ refund: RefundOrder, fee: Int64? = nil, time: Int64, description: String
    ) -> String {
        let charge = fee.map { "\($0)|" } ?? ""
        return Mac.sha256(
            "\(appId)|\(refund.transactionReference)|\(refund.amount)"
                + "|\(charge)\(description)|\(time)", key1)
    }

    package func question(about refund: RefundOrder, now: Instant) -> OutgoingRequest? {
        let time = now.microsecondsSince1970 / 1_000
        let reference = refundReference(refund)
        var json = JSONWriter()
        json.object { json in
            json.field("app_id", appId)
            json.field("m_refund_id", reference)
            json.field("timestamp", time)
            json.field("mac", refundQueryMac(reference, time: time))
        }
        return .post(baseURL + "/v2/query_refund", json: json.bytes)
    }

    func refundQueryMac(_ reference: String, time: Int64) -> String {
        Mac.sha256("\(appId)|\(reference)|\(time)", key1)
    }

    package func readRefund(_ reply: IncomingReply) -> RefundState {
        guard reply.status == 200, let json = JSONValue.object(reply.body),
            let code = json.integer("return_code")
        else { return .unclear(reason: "status \(reply.status)") }
        switch code {
        case 1: return .done
        case 3: return .processing
        default: return .refused(code: "\(code)/\(json.integer("sub_return_code") ?? 0)")
        }
    }
}
