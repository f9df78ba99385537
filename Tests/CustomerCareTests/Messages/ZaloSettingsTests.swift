import Testing
import Zalo

@testable import CustomerCare

@Suite("The file of the Official Account")
struct ZaloSettingsTests {
    private static let good =
        #""appId":"1","appSecret":"a secret of the app","officialAccountSecret":"a secret of it","#
        + #""apiUrl":"https://openapi.zalo.me","businessUrl":"https://business.openapi.zalo.me/","#
        + #""oauthUrl":"http://127.0.0.1:9""#

    @Test("a file is read with its defaults")
    func read() throws {
        let settings = try ZaloSettings.read(
            Array(#"{\#(Self.good),"templates":{"welcome":{"id":"T"}}}"#.utf8))
        #expect(settings.callsPerMinute == 4_000)
        #expect(settings.interface.businessURL == "https://business.openapi.zalo.me")
        #expect(settings.allowsPlainText)
        #expect(settings.templates[.welcome]?.isByUser == true)
        #expect(settings.templates[.welcome]?.isByPhone == false)
        #expect(settings.templates[.paymentReceipt] == nil)
    }

    @Test("what may wake people is a matter of the settings")
    func night() throws {
        func topics(_ object: String) throws -> Set<MessageTopic> {
            try ZaloSettings.read(Array("{\(Self.good)\(object)}".utf8)).nightTopics
        }
        #expect(try topics("") == MessageTopic.ofTheNight)
        #expect(
            try topics(#","nightTopics":{"outage_restored":true,"payment_receipt":false}"#)
                == [.chat, .outageReport, .outageRestored])
    }

    @Test(
        "every fault is named by its place, and no value is told",
        arguments: [
            ("{}", "#/appId: missing"),
            (
                #"{\#(good),"nightTopics":{"chat":1}}"#, "#/nightTopics/chat: wrong_type"
            ),
            (
                #"{\#(good),"domainProof":"<script>"}"#, "#/domainProof: wrong_format"
            ),
            (
                #"{\#(good),"callsPerMinute":0}"#, "#/callsPerMinute: out_of_range"
            ),
            (
                #"{\#(good),"templates":{"welcome":{"id":""}}}"#,
                "#/templates/welcome/id: too_short"
            ),
            (
                good.replacing("https://openapi.zalo.me", with: "http://openapi.zalo.me")
                    .wrapped, "#/apiUrl: wrong_format"
            ),
            (
                good.replacing("a secret of it", with: "short").wrapped,
                "#/officialAccountSecret: too_short"
            ),
            ("{", "line 1"),
        ])
    func faults(text: String, fault: String) {
        do {
            _ = try ZaloSettings.read(Array(text.utf8))
            Issue.record("accepted: \(text)")
        } catch {
            #expect(error.description.contains(fault), "\(error)")
            #expect(!error.description.contains("short\""))
        }
    }
}

extension String {
    fileprivate var wrapped: String { "{\(self)}" }
}
