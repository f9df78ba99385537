import Electricity
import HTTPClient
import JSON
import Testing

@testable import Payments

/// Values that providers, their own libraries or NAPAS have published.
@Suite("Published vectors")
struct PublishedVectorTests {
    /// The public sandbox merchant of ZaloPay's own documentation.
    static let zaloPay = ZaloPay(
        appId: 2_553, key1: Array("PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL".utf8),
        key2: Array("kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz".utf8),
        baseURL: "https://sb-openapi.zalopay.vn", callbackURL: "https://care.example.vn/callback")

    static let vnPay = VNPay(
        terminalCode: "TEST_TMN_CODE", secret: Array("test_secret".utf8),
        payURL: "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html",
        apiURL: "https://sandbox.vnpayment.vn/merchant_webapi/api/transaction",
        returnURL: "https://care.example.vn/return", serverAddress: "127.0.0.1")

    static let checkout = ZaloCheckout(
        appId: "1234567890123456789", privateKey: Array("CHECKOUT_PRIVATE_KEY_test".utf8),
        baseURL: "https://payment-mini.zalo.me", method: "ZALOPAY_SANDBOX")

    /// docs.zalopay.vn/docs/specs/callback-api, byte for byte.
    static let zaloPayCallback =
        #"{"data":"{\"app_id\":2553,\"app_trans_id\":\"200904_2553_1598435687208\",\"#
        + #""app_time\":1599189392817,\"app_user\":\"demo\",\"amount\":10000,\"embed_data\":"#
        + #"\"{\\\"merchantinfo\\\":\\\"embeddata123\\\",\\\"promotioninfo\\\":\\\"\\\"}\",\"#
        + #""item\":\"[{\\\"itemid\\\":\\\"knb\\\",\\\"itemname\\\":\\\"kim nguyen bao\\\","#
        + #"\\\"itemprice\\\":198400,\\\"itemquantity\\\":1}]\",\"zp_trans_id\":200904000000389,"#
        + #"\"server_time\":1599189413498,\"channel\":38,\"merchant_user_id\":"#
        + #"\"7ZMSl3nEg5sOUJzOLSoUFT8xKNQVaLOLXHB--8Eytqc\",\"user_fee_amount\":0,"#
        + #"\"discount_amount\":0}","#
        + #""mac":"d8d33baf449b31d7f9b94fa50d7c942c08cd4d83f28fa185557da21acb104f67","type":1}"#

    @Test("ZaloPay's callback of its documentation is verified and read")
    func zaloPayCallback() {
        let call = ProviderCall(rawQuery: [], body: Array(Self.zaloPayCallback.utf8))
        #expect(
            Self.zaloPay.read(call)
                == .verified(
                    PaymentNotice(
                        .paid, orderReference: "200904_2553_1598435687208",
                        transactionReference: "200904000000389", amount: 10_000)))
        for (from, to) in [
            ("10000", "10001"), ("200904000000389", "200904000000388"), ("d8d33", "d8d34"),
            (#""mac":"d8"#, #""mac":""#), (#""data""#, #""dato""#),
        ] {
            let text = Self.zaloPayCallback.replacing(from, with: to)
            #expect(
                Self.zaloPay.read(ProviderCall(rawQuery: [], body: Array(text.utf8)))
                    == .badSignature, "\(to)")
        }
        let upper = Self.zaloPayCallback.replacing("d8d33baf", with: "D8D33BAF")
        #expect(
            Self.zaloPay.read(ProviderCall(rawQuery: [], body: Array(upper.utf8))) != .badSignature)
    }

    @Test("ZaloPay's other merchant is not ours, though its code is right")
    func zaloPayOtherMerchant() {
        let other = ZaloPay(
            appId: 2_554, key1: Self.zaloPay.key1, key2: Self.zaloPay.key2,
            baseURL: "https://a", callbackURL: "https://b")
        let call = ProviderCall(rawQuery: [], body: Array(Self.zaloPayCallback.utf8))
        #expect(other.read(call) == .malformed)
    }

    static let vnPayCall =
        "vnp_Amount=1000000&vnp_BankCode=NCB&vnp_BankTranNo=VNP14422574&vnp_CardType=ATM"
        + "&vnp_OrderInfo=Thanh+toan+don+hang+2024-05-21T02%3A17%3A31.249Z"
        + "&vnp_PayDate=20240521091806&vnp_ResponseCode=00&vnp_TmnCode=TEST_TMN_CODE"
        + "&vnp_TransactionNo=14422574&vnp_TransactionStatus=00&vnp_TxnRef=1716257871703"

    @Test(
        "VNPAY's calls of the tests of its library are verified and read",
        arguments: [
            (
                "00",
                "649982421beb422556a1374713c74e58e716ecbd05007c0c0e1f7effdfaf361d"
                    + "bf146889ca446139afe11b9954c4d5c486e99e3b86fcfab6957f29eb0be72895"
            ),
            (
                "99",
                "503194f6d93b57b357b2d1d09742565e67e86d771352c5dca4fc8d39df3d392c"
                    + "6b3809add9405f97cfb9631f445e36c80656cfbf47eac67d97fa165865c13e1b"
            ),
        ])
    func vnPayCall(code: String, hash: String) {
        let query = Self.vnPayCall.replacing("ResponseCode=00", with: "ResponseCode=\(code)")
        let notice = PaymentNotice(
            code == "00" ? .paid : .failed, orderReference: "1716257871703",
            transactionReference: "14422574", amount: 10_000)
        let shuffled = query.split(separator: "&").reversed().joined(separator: "&")
        for text in [query, shuffled] {
            for spelled in [hash, hash.uppercased()] {
                let call = ProviderCall(
                    rawQuery: Array("\(text)&vnp_SecureHash=\(spelled)".utf8), body: [])
                #expect(Self.vnPay.read(call) == .verified(notice))
            }
        }
        for wrong in [
            query.replacing("1000000", with: "1000001") + "&vnp_SecureHash=\(hash)",
            query + "&vnp_SecureHash=", query,
            query + "&vnp_Extra=1&vnp_SecureHash=\(hash)",
            query.replacing("&vnp_BankCode=NCB", with: "") + "&vnp_SecureHash=\(hash)",
        ] {
            let call = ProviderCall(rawQuery: Array(wrong.utf8), body: [])
            #expect(Self.vnPay.read(call) == .badSignature, "\(wrong)")
        }
    }

    @Test("the texts of NAPAS' VietQR specification are made, check sum included")
    func vietQR() {
        let account = VietQR(bankCode: "970403", accountNumber: "0011012345678")
        #expect(
            account.text(amount: nil, purpose: nil)
                == "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA"
                + "53037045802VN63049E6F")
        #expect(
            account.text(amount: 180_000, bill: "NPS6869", purpose: "thanh toan don hang")
                == "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA"
                + "530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E")
        #expect(VietQR.checksum(of: Array("123456789".utf8)) == "29B1")
    }
}
