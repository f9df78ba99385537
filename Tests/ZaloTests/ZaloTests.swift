import HTTPClient
import JSON
import Testing

@testable import Zalo

@Suite("Zalo's wire formats")
struct ZaloTests {
    private static let secret = Array("OA_SECRET_KEY_test_01".utf8)
    private static let text =
        #"{"app_id":"2553928453557884079","sender":{"id":"246845883529197922"},"#
        + #""recipient":{"id":"388613280878808645"},"user_id_by_app":"552177279717587730","#
        + #""event_name":"user_send_text","message":{"text":"01/2021","#
        + #""msg_id":"96d3cdf3af150460909"},"timestamp":"1609815600000"}"#
    private static let follow =
        #"{"oa_id":"388613280878808645","follower":{"id":"246845883529197922"},"#
        + #""user_id_by_app":"552177279717587730","event_name":"follow","source":"oa_profile","#
        + #""app_id":"2553928453557884079","timestamp":"1609815600123"}"#

    private static func event(_ text: String) throws -> ZaloEvent {
        try #require(ZaloEvent(try JSONValue.parse(Array(text.utf8))))
    }

    @Test(
        "the code of an event is that of the vectors, and of no other byte",
        arguments: [
            (text, "546140f05c11e452e7ae7b746ff1dcee776a07f9f9a4a9cbed943a3b5a7d5a9e"),
            (follow, "d2c17fd7141493c94a7ffae88ab9c50f8be41e49395921accda11152658f809d"),
        ])
    func signature(body: String, code: String) throws {
        let event = try Self.event(body)
        func isValid(_ header: String, _ body: String, secret: [UInt8] = Self.secret) -> Bool {
            ZaloSignature.isValid(
                Array(header.utf8), appId: event.appId, body: Array(body.utf8),
                timestamp: event.timestamp, secret: secret)
        }
        #expect(isValid("mac=" + code, body))
        #expect(!isValid(code, body))
        #expect(!isValid("mac=" + code.dropLast() + "0", body))
        #expect(!isValid("mac=" + code + "0", body))
        #expect(!isValid("mac=" + code, body + " "))
        #expect(!isValid("mac=" + code, body, secret: []))
        #expect(!isValid("mac=" + code, body, secret: Array("APP_SECRET_test_01".utf8)))
    }

    @Test("events are read with all their ids, which fit into no number")
    func events() throws {
        let text = try Self.event(Self.text)
        #expect(text.kind == .text("01/2021"))
        #expect(text.officialAccountUserId == "246845883529197922")
        #expect(text.appUserId == "552177279717587730")
        #expect(text.milliseconds == 1_609_815_600_000)
        #expect(text.key == "user_send_text/246845883529197922/96d3cdf3af150460909")
        #expect(try Self.event(Self.follow).kind == .followed(true))
        let seen = try Self.event(
            #"{"app_id":"1","event_name":"user_seen_message","timestamp":"1","sender":{"id":"OA"},"#
                + #""recipient":{"id":"U"},"message":{"msg_ids":["a","b"]}}"#)
        #expect(seen.kind == .received(messageIds: ["a", "b"], trackingId: nil, isSeen: true))
        #expect(seen.officialAccountUserId == "U")
        let phone = try Self.event(
            #"{"sender":{"id":"2"},"recipient":{"id":"84123456789"},"#
                + #""event_name":"user_received_message","message":{"delivery_time":"1","#
                + #""msg_id":"m","tracking_id":"order-88213"},"app_id":"1","timestamp":"1"}"#)
        #expect(
            phone.kind
                == .received(messageIds: ["m"], trackingId: "order-88213", isSeen: false))
        let info = try Self.event(
            #"{"app_id":"1","event_name":"user_submit_info","timestamp":"1","sender":{"id":"U"},"#
                + #""info":{"name":"An","phone":"84912345678"}}"#)
        #expect(info.kind == .submittedInfo(name: "An", phone: "84912345678"))
        let chat = try Self.event(
            #"{"app_id":"1","event_name":"user_click_chatnow","timestamp":"1","user_id":"U"}"#)
        #expect(chat.kind == .other)
        #expect(chat.officialAccountUserId == "U")
    }

    @Test("what has no name, app or time is no event")
    func strange() throws {
        for text in [
            "{}", "[]", "1", #"{"event_name":"follow"}"#,
            #"{"app_id":"1","event_name":"","timestamp":"1"}"#,
            #"{"app_id":"1","event_name":"follow"}"#,
        ] {
            #expect(ZaloEvent(try JSONValue.parse(Array(text.utf8))) == nil, "\(text)")
        }
        let odd = try Self.event(#"{"app_id":"1","event_name":"x","timestamp":"x"}"#)
        #expect(odd.milliseconds == nil)
    }

    private static let interface = ZaloInterface(
        apiURL: "https://openapi.zalo.me", businessURL: "https://business.openapi.zalo.me",
        oauthURL: "https://oauth.zaloapp.com")

    @Test("messages are worded as Zalo's documentation words them")
    func messages() throws {
        let text = Self.interface.request(
            .consultation(userId: "2512523625412515", text: "hello, world!"), accessToken: "T")
        #expect(text.url == "https://openapi.zalo.me/v3.0/oa/message/cs")
        #expect(
            String(decoding: text.body, as: UTF8.self)
                == #"{"recipient":{"user_id":"2512523625412515"},"#
                + #""message":{"text":"hello, world!"}}"#)
        #expect(text.fields.contains { $0 == ("access_token", "T") })
        let template = ZaloTemplate(id: "7895417a7d3f9461cd2e", data: [("amount", "512340")])
        let user = Self.interface.request(
            .templateByUser(userId: "2512", template: template), accessToken: "T")
        #expect(user.url == "https://openapi.zalo.me/v3.0/oa/message/template")
        #expect(
            String(decoding: user.body, as: UTF8.self)
                == #"{"user_id":"2512","template_id":"7895417a7d3f9461cd2e","#
                + #""template_data":{"amount":"512340"}}"#)
        let phone = Self.interface.request(
            .templateByPhone(phone: "84987654321", template: template, trackingId: "bill-1"),
            accessToken: "T")
        #expect(phone.url == "https://business.openapi.zalo.me/message/template")
        #expect(
            String(decoding: phone.body, as: UTF8.self)
                == #"{"phone":"84987654321","template_id":"7895417a7d3f9461cd2e","#
                + #""template_data":{"amount":"512340"},"tracking_id":"bill-1"}"#)
    }

    private static func reply(_ text: String, status: Int = 200) -> IncomingReply {
        IncomingReply(status: status, body: Array(text.utf8))
    }

    @Test("an answer is what its body says, whatever its status")
    func answers() throws {
        let id = try Self.interface.messageId(
            of: Self.reply(#"{"data":{"message_id":"63ec","user_id":"2"},"error":0}"#))
        #expect(id == "63ec")
        let phone = try Self.interface.messageId(
            of: Self.reply(#"{"error":0,"data":{"msg_id":"a4d0","quota":{"dailyQuota":"500"}}}"#))
        #expect(phone == "a4d0")
        for (text, code) in [
            (#"{"error":-216,"message":"Access token is invalid"}"#, -216),
            (#"{"error":0}"#, 1), ("<html>", 1), ("", 1), (#"{"error":"0","data":{}}"#, 1),
        ] as [(String, Int64)] {
            #expect(throws: ZaloFault(code: code)) {
                try Self.interface.messageId(of: Self.reply(text))
            }
        }
    }

    @Test(
        "each code has its treatment",
        arguments: [
            (-32, .slowDown), (-216, .refreshToken), (-220, .refreshToken), (-124, .refreshToken),
            (-230, .switchChannel), (-232, .switchChannel), (-213, .switchChannel),
            (-234, .waitForMorning), (-133, .waitForMorning), (-144, .waitForTomorrow),
            (-201, .giveUp), (-114, .giveUp), (-204, .human), (-115, .human), (1, .retry),
            (-9_999, .retry),
        ] as [(Int64, ZaloFault.Treatment)])
    func treatment(code: Int64, treatment: ZaloFault.Treatment) {
        #expect(ZaloFault(code: code).treatment == treatment)
    }

    @Test("a refresh is a form with the secret in a header, and gives a new pair")
    func tokens() throws {
        let request = Self.interface.refreshRequest(
            "L2Y2/BO+9", appId: "255", appSecret: "APP_SECRET_test_01")
        #expect(request.url == "https://oauth.zaloapp.com/v4/oa/access_token")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "refresh_token=L2Y2%2FBO%2B9&app_id=255&grant_type=refresh_token")
        #expect(request.fields.contains { $0 == ("secret_key", "APP_SECRET_test_01") })
        for seconds in [#""90000""#, "90000"] {
            let pair = try Self.interface.tokens(
                of: Self.reply(
                    #"{"access_token":"a","refresh_token":"r","expires_in":\#(seconds)}"#))
            #expect(pair.accessToken == "a")
            #expect(pair.refreshToken == "r")
            #expect(pair.expiresInSeconds == 90_000)
        }
        #expect(throws: ZaloFault(code: -14_014)) {
            try Self.interface.tokens(
                of: Self.reply(#"{"error":-14014,"error_name":"Invalid refresh token"}"#))
        }
        #expect(throws: ZaloFault(code: 1)) { try Self.interface.tokens(of: Self.reply("{}")) }
    }
}
