import Electricity
import HTTPClient
import JSON
import Testing

@testable import Payments

/// Values computed once by other tools from the formulas of the providers' documents.
@Suite("Wire formats of payment providers")
struct WireFormatTests {
    private static let zaloPay = PublishedVectorTests.zaloPay
    private static let vnPay = PublishedVectorTests.vnPay
    private static let checkout = PublishedVectorTests.checkout

    private static func order(_ reference: String = "210105_HD20210100001") -> PaymentOrder {
        PaymentOrder(
            reference: reference, amount: 512_340,
            description: "Thanh toan tien dien ky 01/2021 - PB01020012345",
            payer: "PB01020012345", items: [.init(id: "HD-2021-01-0001", amount: 512_340)],
            createdAt: Instant(secondsSince1970: 1_609_815_600),
            expiresAt: Instant(secondsSince1970: 1_609_816_500),
            returnURL: "https://cskh.example.vn/pay/return")
    }

    private static func refund(_ reference: String = "210105_0001") -> RefundOrder {
        RefundOrder(
            reference: reference, orderReference: "210105_HD20210100001",
            transactionReference: "210105000000389", amount: 512_340, paidAmount: 512_340,
            orderCreatedAt: Instant(secondsSince1970: 1_609_815_600),
            createdAt: Instant(secondsSince1970: 1_609_815_600))
    }

    private static func json(_ request: OutgoingRequest?) throws -> JSONValue {
        let sent = try #require(request)
        return try #require(JSONValue.object(sent.body))
    }

    private static func reply(_ text: String, status: Int = 200) -> IncomingReply {
        IncomingReply(status: status, body: Array(text.utf8))
    }

    private static let asked = AskedOrder(
        reference: "210105_HD20210100001", providerOrder: "1029384756_co", amount: 512_340,
        createdAt: Instant(secondsSince1970: 1_609_815_600))

    @Test("ZaloPay's orders, questions and refunds carry the codes of its formulas")
    func zaloPayCodes() throws {
        guard case .ask(let request) = Self.zaloPay.begin(Self.order()) else {
            Issue.record("ZaloPay is asked for an order")
            return
        }
        #expect(request.url == "https://sb-openapi.zalopay.vn/v2/create")
        let create = try Self.json(request)
        #expect(
            create.text("mac")
                == "c0de6b3ea589a99e2af54316d61ef04495fe168c1a695e0552dc4471e301c5b5")
        #expect(create.integer("expire_duration_seconds") == 900)
        #expect(create.text("callback_url") == "https://care.example.vn/callback")
        let query = try Self.json(
            Self.zaloPay.question(about: Self.asked, now: Self.asked.createdAt))
        #expect(
            query.text("mac")
                == "5a430c8faa800d6e7967d0d6821c0d4106388d549eaa2686a8a31c7e3b5a8299")
        let refund = try Self.json(
            Self.zaloPay.refund(Self.refund(), now: Instant(secondsSince1970: 1_609_815_600)))
        #expect(
            refund.text("mac")
                == "66bb36baed38afbed5cca84f345be4a40ed4d65f0a4c45e91a420af13ab417ab")
        #expect(refund.text("m_refund_id") == "210105_2553_0001")
        #expect(
            Self.zaloPay.refundMac(
                Self.refund(), fee: 1_000, time: 1_609_815_600_000, description: "hoan tien")
                == "a51f1f92cce481dda6de1456b239267a8b04bb5dad003423b57cde23c74b2e30")
        let state = try Self.json(
            Self.zaloPay.question(
                about: Self.refund(), now: Instant(secondsSince1970: 1_609_815_600)))
        #expect(
            state.text("mac")
                == "da0d97565c1df12e42b652089a63080a07ab9c0e243785e407551ae71fc2e2d4")
    }

    @Test("ZaloPay's answers are told apart, and what is no answer is unclear")
    func zaloPayAnswers() {
        let order = Self.order()
        #expect(
            Self.zaloPay.readBeginning(
                Self.reply(
                    #"{"return_code":1,"zp_trans_token":"T","order_url":"https://qc.zalopay.vn/o"}"#
                ),
                of: order)
                == .ready(.redirect(url: "https://qc.zalopay.vn/o", token: "T")))
        #expect(
            Self.zaloPay.readBeginning(
                Self.reply(#"{"return_code":2,"sub_return_code":-68}"#), of: order)
                == .refused(code: "2/-68"))
        for text in [
            "", "{", "[]", "{}", #"{"return_code":1}"#, #"{"return_code":1.0}"#,
            #"{"return_code":1,"order_url":"javascript:alert(1)"}"#,
        ] {
            guard case .unclear = Self.zaloPay.readBeginning(Self.reply(text), of: order) else {
                Issue.record("\(text) is taken for an answer")
                continue
            }
        }
        func state(_ text: String, _ status: Int = 200) -> OrderState {
            Self.zaloPay.readState(Self.reply(text, status: status), of: Self.asked)
        }
        let paid = #"{"return_code":1,"amount":512340,"zp_trans_id":210105000000389}"#
        #expect(
            state(paid)
                == .paid(
                    PaymentNotice(
                        .paid, orderReference: Self.asked.reference,
                        transactionReference: "210105000000389", amount: 512_340)))
        #expect(state(paid, 500) == .unclear(reason: "status 500"))
        #expect(state(#"{"return_code":2}"#) == .failed)
        #expect(state(#"{"return_code":3,"is_processing":true}"#) == .processing)
        #expect(state(#"{"return_code":3,"is_processing":false}"#) == .unpaid)
        #expect(state(#"{"return_code":1}"#) == .unclear(reason: "paid without a transaction"))
    }

    @Test("the mini-app's order carries the code over its five sorted fields")
    func checkoutOrder() throws {
        let fields = ZaloCheckout.OrderFields(
            amount: 512_340, description: "Thanh toan tien dien ky 01/2021 - PB01020012345",
            extraData: Array(#"{"invoice_id":"HD-2021-01-0001"}"#.utf8),
            items: Array(#"[{"id":"HD-2021-01-0001","amount":512340}]"#.utf8),
            method: Array(#"{"id":"ZALOPAY_SANDBOX","isCustom":false}"#.utf8))
        #expect(
            Self.checkout.orderMac(fields)
                == "2c0a3c224481059ac2cb0f9201007680cfd4adfd7e2959ac5d633fb48882b8fa")
        guard case .ready(.checkout(let bytes)) = Self.checkout.begin(Self.order()) else {
            Issue.record("the mini-app gets an order")
            return
        }
        let order = try #require(JSONValue.object(bytes))
        #expect(order.text("extradata") == #"{"reference":"210105_HD20210100001"}"#)
        #expect(order.text("method") == #"{"id":"ZALOPAY_SANDBOX","isCustom":false}"#)
        #expect(order.text("mac")?.utf8.count == 64)
    }

    static let checkoutCallback =
        #"{"data":{"appId":"1234567890123456789","orderId":"1029384756_co","#
        + #""transId":"210105_000001","method":"ZALOPAY_SANDBOX","transTime":1609815723000,"#
        + #""merchantTransId":"210105_1029384756","amount":512340,"description":"Thanh toan "#
        + #"tien dien ky 01/2021 - PB01020012345","resultCode":1,"message":"Giao dịch thành công","#
        + #""extradata":"%7B%22invoice_id%22%3A%22HD-2021-01-0001%22%7D"},"#
        + #""mac":"6036d5db05f1010ad76a3e7f52c981ac71dadcb4241a4f34bc2e2cd99d9a2a76","#
        + #""overallMac":"79bfb15c476c1ad04b7738dbca64e9a9bad4ad4784e1f24ed9d6f0240829164c"}"#

    @Test("the mini-app's callback is verified by both of its codes")
    func checkoutCallback() {
        func read(_ text: String) -> ProviderCallReading {
            Self.checkout.read(ProviderCall(rawQuery: [], body: Array(text.utf8)))
        }
        #expect(
            read(Self.checkoutCallback)
                == .verified(
                    PaymentNotice(
                        .paid, orderReference: nil, providerOrder: "1029384756_co",
                        transactionReference: "210105_000001", amount: 512_340)))
        for (from, to) in [
            (#""amount":512340"#, #""amount":512341"#), (#""resultCode":1"#, #""resultCode":-1"#),
            // Only the second code covers this one.
            ("%22HD-2021-01-0001", "%22HD-2021-01-0002"), ("79bfb15c", "79bfb15d"),
            ("6036d5db", "6036d5dc"), (#""overallMac""#, #""overall""#),
            (#""amount":512340"#, #""amount":512340.0"#),
        ] {
            #expect(read(Self.checkoutCallback.replacing(from, with: to)) == .badSignature, "\(to)")
        }
        #expect(
            ZaloCheckout.reference("%7B%22reference%22%3A%22210105_A%22%7D") == "210105_A")
    }

    @Test("the mini-app's notification of a chosen method is verified")
    func checkoutNotification() {
        let mac = Mac.sha256(
            "appId=1234567890123456789&orderId=1029384756_co&method=BANK", Self.checkout.privateKey)
        let text =
            #"{"data":{"appId":"1234567890123456789","orderId":"1029384756_co","method":"BANK"},"#
            + #""mac":"\#(mac)"}"#
        let reading = Self.checkout.read(ProviderCall(rawQuery: [], body: Array(text.utf8)))
        #expect(
            reading
                == .verified(
                    PaymentNotice(
                        .processing, orderReference: nil, providerOrder: "1029384756_co",
                        transactionReference: "1029384756_co", amount: 0)))
        let forged = text.replacing("BANK", with: "COD")
        #expect(
            Self.checkout.read(ProviderCall(rawQuery: [], body: Array(forged.utf8)))
                == .badSignature)
    }

    @Test("VNPAY's address is one that VNPAY's own check accepts")
    func vnPayAddress() throws {
        guard case .ready(.redirect(let url, nil)) = Self.vnPay.begin(Self.order()) else {
            Issue.record("VNPAY takes users by an address")
            return
        }
        let query = try #require(url.split(separator: "?").last)
        #expect(query.contains("vnp_Amount=51234000&"))
        #expect(query.contains("vnp_CreateDate=20210105100000&"))
        #expect(query.contains("vnp_ExpireDate=20210105101500&"))
        #expect(query.contains("vnp_OrderInfo=Thanh+toan+tien+dien+ky+01%2F2021+-+PB01020012345&"))
        let fields = VNPay.fields(of: Array(query.utf8))
        let sent = fields.first { $0.name == "vnp_SecureHash" }?.value
        #expect(sent == Array(Self.vnPay.hash(of: fields).utf8))
        let names = fields.map(\.name).filter { $0 != "vnp_SecureHash" }
        #expect(names == names.sorted())
    }

    @Test("VNPAY's answers are told apart")
    func vnPayAnswers() throws {
        func state(_ text: String) -> OrderState {
            Self.vnPay.readState(Self.reply(text), of: Self.asked)
        }
        let reference = Self.asked.reference
        #expect(
            state(
                #"{"vnp_ResponseCode":"00","vnp_TxnRef":"\#(reference)","vnp_Amount":"51234000","#
                    + #""vnp_TransactionNo":"14422574","vnp_TransactionStatus":"00"}"#)
                == .paid(
                    PaymentNotice(
                        .paid, orderReference: reference, transactionReference: "14422574",
                        amount: 512_340)))
        #expect(state(#"{"vnp_ResponseCode":"91"}"#) == .unpaid)
        #expect(state(#"{"vnp_ResponseCode":"97"}"#) == .unclear(reason: "vnp_ResponseCode 97"))
        let other = #"{"vnp_ResponseCode":"00","vnp_TxnRef":"x","vnp_TransactionStatus":"00"}"#
        #expect(state(other) == .unclear(reason: "vnp_ResponseCode 00"))
        let question = try Self.json(
            Self.vnPay.question(about: Self.asked, now: Self.asked.createdAt))
        #expect(question.text("vnp_SecureHash")?.utf8.count == 128)
        #expect(question.text("vnp_TransactionDate") == "20210105100000")
        for (outcome, code) in [
            (ProviderCallOutcome.accepted, "00"), (.duplicate, "02"), (.unknownOrder, "01"),
            (.wrongAmount, "04"),
        ] {
            let answer = try #require(JSONValue.object(Self.vnPay.answer(to: outcome)))
            #expect(answer.text("RspCode") == code)
        }
    }

    @Test("references carry the day in Vietnam, fit every provider and differ")
    func references() {
        var state: UInt64 = 7
        var seen: Set<String> = []
        let now = Instant(secondsSince1970: 1_609_815_600)
        for provider in ProviderName.allCases {
            for _ in 0..<200 {
                let reference = OrderReference.make(for: provider, now: now) {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return state
                }
                #expect(seen.insert(reference).inserted)
                #expect(
                    reference.hasPrefix(provider == .vietQR ? "EVN210105" : "210105_"))
                #expect(reference.utf8.count <= (provider == .vietQR ? 25 : 40))
            }
        }
    }

    @Test("a provider that nobody can ask trusts no call")
    func vietQRTrustsNobody() {
        let account = VietQR(bankCode: "970403", accountNumber: "0011012345678")
        #expect(account.read(ProviderCall(rawQuery: [], body: Array("{}".utf8))) == .badSignature)
        #expect(account.question(about: Self.asked, now: Self.asked.createdAt) == nil)
        guard case .ready(.scan(let text)) = account.begin(Self.order("EVN210105ABCDEFGH01234567"))
        else {
            Issue.record("a transfer needs no order")
            return
        }
        #expect(text.contains("5406512340") && text.contains("0825EVN210105ABCDEFGH01234567"))
    }
}
