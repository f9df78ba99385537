package import HTTPClient
package import JSON

/// A message on its way to a person, in the three forms that Zalo takes.
package enum ZaloMessage: Sendable, Equatable {
    /// A text to somebody who has written to the account within seven days (tin tư vấn).
    case consultation(userId: String, text: String)
    /// An approved template to somebody who follows the account.
    case templateByUser(userId: String, template: ZaloTemplate)
    /// An approved template to a phone number; Zalo gives the tracking id back in its receipt.
    case templateByPhone(phone: String, template: ZaloTemplate, trackingId: String)

    /// Characters of the longest text, counted in NFC.
    package static let longestText = 2_000
}

/// An approved template and what stands in its places.
package struct ZaloTemplate: Sendable, Equatable {
    /// Zalo's id of it.
    package let id: String
    /// By name, in the order of the template.
    package let data: [(name: String, value: String)]

    /// Takes Zalo's id of a template and its values.
    package init(id: String, data: [(name: String, value: String)]) {
        self.id = id
        self.data = data
    }

    package static func == (left: ZaloTemplate, right: ZaloTemplate) -> Bool {
        left.id == right.id && left.data.elementsEqual(right.data, by: ==)
    }
}

/// Where Zalo is called, and how calls and answers look.
package struct ZaloInterface: Sendable, Equatable {
    /// `https://openapi.zalo.me`.
    package let apiURL: String
    /// `https://business.openapi.zalo.me`.
    package let businessURL: String
    /// `https://oauth.zaloapp.com`.
    package let oauthURL: String

    /// Takes addresses without a slash at the end.
    package init(apiURL: String, businessURL: String, oauthURL: String) {
        self.apiURL = apiURL
        self.businessURL = businessURL
        self.oauthURL = oauthURL
    }

    // MARK: Messages

    /// The call that sends a message.
    package func request(_ message: ZaloMessage, accessToken: String) -> OutgoingRequest {
        var json = JSONWriter(reservingCapacity: 1_024)
        let url: String
        switch message {
        case .consultation(let userId, let text):
            url = apiURL + "/v3.0/oa/message/cs"
            json.object { json in
                json.field("recipient") { $0.field("user_id", userId) }
                json.field("message") { $0.field("text", text) }
            }
        case .templateByUser(let userId, let template):
            url = apiURL + "/v3.0/oa/message/template"
            json.object { json in
                json.field("user_id", userId)
                template.write(to: &json)
            }
        case .templateByPhone(let phone, let template, let trackingId):
            url = businessURL + "/message/template"
            json.object { json in
                json.field("phone", phone)
                template.write(to: &json)
                json.field("tracking_id", trackingId)
            }
        }
        var request = OutgoingRequest.post(url, json: json.bytes)
        // A header of its own, not Authorization.
        request.fields.append(("access_token", accessToken))
        return request
    }

    /// Zalo's id of a message that it took.
    ///
    /// Throws what it said otherwise: the status of HTTP tells nothing. An answer that is none
    /// throws code 1, which is tried again.
    package func messageId(of reply: IncomingReply) throws(ZaloFault) -> String {
        guard let answer = JSONValue.object(reply.body), let code = answer.integer("error") else {
            throw ZaloFault(code: 1)
        }
        guard code == 0 else { throw ZaloFault(code: code) }
        let data = answer.member("data")
        guard let id = data?.reference("message_id") ?? data?.reference("msg_id") else {
            throw ZaloFault(code: 1)
        }
        return id
    }

    // MARK: Tokens

    /// The call that changes a refresh token, which then is used up, into a new pair.
    package func refreshRequest(
        _ refreshToken: String, appId: String, appSecret: String
    ) -> OutgoingRequest {
        let form =
            "refresh_token=\(ZaloInterface.formEncoded(refreshToken))"
            + "&app_id=\(ZaloInterface.formEncoded(appId))&grant_type=refresh_token"
        var request = OutgoingRequest.post(
            oauthURL + "/v4/oa/access_token", form: Array(form.utf8))
        request.fields.append(("secret_key", appSecret))
        return request
    }

    /// The new pair; throws Zalo's code, or 1 for an answer that is none.
    package func tokens(of reply: IncomingReply) throws(ZaloFault) -> ZaloTokens {
        guard let answer = JSONValue.object(reply.body) else { throw ZaloFault(code: 1) }
        if let tokens = ZaloTokens(answer) { return tokens }
        throw ZaloFault(code: answer.integer("error") ?? 1)
    }

    private static func formEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = Array("0123456789ABCDEF".unicodeScalars)
                encoded += "%"
                encoded.unicodeScalars.append(digits[Int(byte >> 4)])
                encoded.unicodeScalars.append(digits[Int(byte & 15)])
            }
        }
        return encoded
    }
}

/// The tokens of the Official Account: one for calls, for 25 hours; one for new tokens, used once.
package struct ZaloTokens: Sendable, Equatable {
    /// For calls.
    package let accessToken: String
    /// For the next pair, once.
    package let refreshToken: String
    /// Seconds for which the access token is accepted.
    package let expiresInSeconds: Int64

    /// Reads `access_token`, `refresh_token`, `expires_in`, which is a text or a number.
    package init?(_ json: JSONValue) {
        guard let access = json.text("access_token"), let refresh = json.text("refresh_token"),
            let expires = json.reference("expires_in"), let seconds = Int64(expires),
            (60...31_536_000).contains(seconds)
        else { return nil }
        accessToken = access
        refreshToken = refresh
        expiresInSeconds = seconds
    }
}

extension ZaloTemplate {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("template_id", id)
        json.field("template_data") { json in
            for (name, value) in data { json.field(name, value) }
        }
    }
}
