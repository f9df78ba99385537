import Electricity
import HTTP
import HTTPClient
import JSON
import Payments
import Reactor
import Signing
import Synchronization
import Testing

@testable import CustomerCare

/// Payments of tests: bodies, settings of providers, callbacks signed as a provider signs them.
enum TestPayments {
    /// A bank account for transfers, and nothing else.
    static let vietQR = PaymentProviders(
        all: [.vietQR: VietQR(bankCode: "970403", accountNumber: "0011012345678")],
        allowsPlainText: false)

    private static let key1 = "PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL"
    private static let key2 = "kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz"

    /// ZaloPay at an address of this machine, the mini-app checkout, VNPAY and VietQR.
    static func all(zaloPayPort: UInt16 = 1) throws -> PaymentProviders {
        let text = """
            {"zalopay":{"appId":2553,"key1":"\(key1)","key2":"\(key2)",\
            "baseUrl":"http://127.0.0.1:\(zaloPayPort)",\
            "callbackUrl":"https://care.example/v1/payment-callbacks/zalopay"},\
            "zalo-checkout":{"appId":"1234567890","privateKey":"CHECKOUT_PRIVATE_KEY_test",\
            "baseUrl":"https://payment-mini.zalo.me","method":"ZALOPAY_SANDBOX"},\
            "vnpay":{"terminalCode":"TEST_TMN","secret":"a secret of a test",\
            "payUrl":"https://vnpay.example/pay","apiUrl":"https://vnpay.example/api",\
            "returnUrl":"https://care.example/back","serverAddress":"203.0.113.7"},\
            "vietqr":{"bankCode":"970403","accountNumber":"0011012345678"}}
            """
        return try PaymentProviders.read(Array(text.utf8))
    }

    /// The body that begins a payment; the account is an id or a path that ends with one.
    static func body(
        _ account: String, _ bills: [(code: CustomerCode, month: String)],
        by provider: String = "vietqr"
    ) -> String {
        let list = bills.map { #"{"customerCode":"\#($0.code)","month":"\#($0.month)"}"# }
        let id = account.split(separator: "/").last ?? ""
        return #"{"accountId":"\#(id)","provider":"\#(provider)","bills":["#
            + list.joined(separator: ",") + "]}"
    }

    /// The body of ZaloPay's callback for an order.
    static func zaloPayCallback(
        _ reference: String, amount: Int64, transaction: Int64, key: String = key2
    ) -> String {
        let data =
            #"{"app_id":2553,"app_trans_id":"\#(reference)","amount":\#(amount),"#
            + #""zp_trans_id":\#(transaction)}"#
        let code = HMACSHA256.code(for: Array(data.utf8), key: Array(key.utf8))
        var json = JSONWriter()
        json.object { json in
            json.field("data", data)
            json.field("mac", String(decoding: Hexadecimal.encode(code), as: UTF8.self))
            json.field("type", 1)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension TestService {
    /// A payer: an account that follows a new customer with bills of these months.
    func payer(
        _ months: [String] = ["2026-10"], total: Int64 = 108_000
    ) async throws -> (account: String, code: CustomerCode) {
        var customer = try TestCustomer()
        customer.bills = months.map { month in
            var bill = TestBill(month)
            bill.total = total
            return bill
        }
        let path = try await followed(customer)
        return (path.split(separator: "/").prefix(3).map { "/" + $0 }.joined(), customer.code)
    }

    /// Begins a payment.
    func pay(
        _ payer: (account: String, code: CustomerCode), _ months: [String] = ["2026-10"],
        by provider: String = "vietqr"
    ) async throws -> TestAnswer {
        try await call(
            "POST", "/v1/payments",
            TestPayments.body(payer.account, months.map { (payer.code, $0) }, by: provider))
    }

    /// A callback of ZaloPay.
    func zaloPayCalls(
        _ payment: JSONValue, amount: Int64? = nil, transaction: Int64
    ) async throws -> TestAnswer {
        let reference = try #require(payment["orderReference"].string)
        let paid = try #require(amount ?? payment["amount"].int)
        return try await callUnsigned(
            "POST", "/v1/payment-callbacks/zalopay",
            TestPayments.zaloPayCallback(reference, amount: paid, transaction: transaction))
    }

    /// A payment as it is now.
    func payment(_ payment: JSONValue) async throws -> JSONValue {
        let id = try #require(payment["paymentId"].string)
        let account = try #require(payment["accountId"].string)
        let answer = try await call("GET", "/v1/payments/\(id)?account=\(account)")
        try #require(answer.status == 200)
        return answer.json
    }

    /// Paid, announced and billed of the one bill of a code, and its customer's credit.
    func balance(_ code: CustomerCode, _ month: String = "2026-10") async throws -> [String?] {
        let rows = try await database.script(
            """
            select n.paid, n.pending, c.credit from bill_balances n
            join customers c on c.customer_code = n.customer_code
            where n.customer_code = '\(code)' and n.month = '\(month)-01'
            """)
        return try #require(rows.first)
    }

    /// Sums of the ledger by account for all money of one payment, such as `bill -108000`.
    func ledger(_ payment: JSONValue) async throws -> [String] {
        let reference = try #require(payment["orderReference"].string)
        let rows = try await database.script(
            """
            select e.ledger_account || ' ' || sum(e.amount) from ledger_entries e
            join provider_transactions t on t.ledger_transaction_id = e.ledger_transaction_id
            where t.order_reference = '\(reference)'
            group by e.ledger_account order by e.ledger_account
            """)
        return rows.compactMap { $0[0] }
    }
}

/// ZaloPay as tests need it: the wire format, and every way to misbehave.
final class FakeZaloPay: Sendable {
    /// How it answers the next requests.
    enum Mood: Sendable {
        case willing
        case refusing
        case failing
        /// Answers too late for anybody.
        case slow
        case talkingNonsense
    }

    let port: UInt16
    private let state = Mutex<State>(State())

    private struct State {
        var mood = Mood.willing
        var orders: [String: Int64] = [:]
        var paid: [String: Int64] = [:]
        var requests: [String] = []
        var refundCode = 3
    }

    var requests: [String] { state.withLock { $0.requests } }
    var orders: [String] { state.withLock { $0.orders.keys.sorted() } }

    func set(_ mood: Mood) { state.withLock { $0.mood = mood } }

    /// What it says of refunds from now on: 1 is done, 2 refused, 3 processing.
    func sayOfRefunds(_ code: Int) { state.withLock { $0.refundCode = code } }

    /// Says from now on that an order is paid.
    func pay(_ reference: String, transaction: Int64) {
        state.withLock { $0.paid[reference] = transaction }
    }

    /// Runs a test with a fake of its own.
    static func run(_ body: (FakeZaloPay) async throws -> Void) async throws {
        try await FakeServer.run { server in
            let fake = FakeZaloPay(port: server.port)
            server.answer { [fake] request in
                let path = String(decoding: request.target.path, as: UTF8.self)
                return fake.answer(path, request.body).map {
                    Response(status: $0.isEmpty ? 500 : 200, body: $0)
                }
            }
            try await body(fake)
        }
    }

    private init(port: UInt16) { self.port = port }

    private func answer(_ path: String, _ body: [UInt8]) -> [UInt8]? {
        guard let json = try? JSONValue.parse(body) else { return Array("{}".utf8) }
        let reference = json["app_trans_id"].string ?? ""
        return state.withLock { state -> [UInt8]? in
            state.requests.append("\(path) \(reference)")
            switch state.mood {
            case .slow: return nil
            case .failing: return []
            case .talkingNonsense: return Array(#"{"return_code":"#.utf8)
            case .refusing: return Array(#"{"return_code":2,"sub_return_code":-401}"#.utf8)
            case .willing: break
            }
            if path.contains("refund") {
                return Array(#"{"return_code":\#(state.refundCode),"sub_return_code":-25}"#.utf8)
            }
            if path == "/v2/create" {
                state.orders[reference] = json["amount"].int
                return Array(
                    (#"{"return_code":1,"zp_trans_token":"TOKEN","#
                        + #""order_url":"https://qcgateway.zalopay.vn/openinapp?order=x"}"#).utf8)
            }
            guard let amount = state.orders[reference], let paid = state.paid[reference] else {
                return Array(#"{"return_code":3,"is_processing":false}"#.utf8)
            }
            return Array(
                #"{"return_code":1,"amount":\#(amount),"zp_trans_id":\#(paid)}"#.utf8)
        }
    }
}
