import Electricity
import JSON
import Postgres
import Signing

/// Where a partner wants to be told of what.
struct Webhook: Row {
    static let columns = [
        "name", "url", "event_types", "former_secret_until", "disabled_at", "created_at",
        "updated_at",
    ]
    /// How many a client may have.
    static let limit: Int64 = 10
    /// Seconds in which the former secret signs as well after a new one was made.
    static let rotationSeconds: Int64 = 86_400

    let name: String
    let url: String
    let eventTypes: [String]
    let formerSecretUntil: Instant?
    let disabledAt: Instant?
    let createdAt: Instant
    let updatedAt: Instant

    init(_ row: inout RowDecoder) throws(RowError) {
        name = try row.string()
        url = try row.string()
        eventTypes = try row.strings()
        formerSecretUntil = try row.optionalInstant()
        disabledAt = try row.optionalInstant()
        createdAt = try row.instant()
        updatedAt = try row.instant()
    }

    /// Writes all members; a secret only where it was just made, since it is told once.
    func write(to json: inout JSONWriter, secret: [UInt8]?) {
        json.field("name", name)
        json.field("url", url)
        json.list("eventTypes") { json in
            for type in eventTypes { json.element(type) }
        }
        json.field("isEnabled", disabledAt == nil)
        json.field("secret", secret.map(WebhookSignature.text))
        json.field("formerSecretUntil", formerSecretUntil)
        json.field("createdAt", createdAt)
        json.field("updatedAt", updatedAt)
    }

    /// The place a secret is sealed for; it opens nowhere else.
    static func context(_ client: UUID, _ name: String) -> String {
        "webhooks.sealed_secret/\(client)/\(name)"
    }

    /// Whether a text is an address that may be called.
    ///
    /// That is https, a host, no name of a user and no fragment; where it leads is looked at when
    /// it is called.
    static func isAddress(_ text: String) -> Bool {
        guard text.hasPrefix("https://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return false
        }
        let authority = text.dropFirst(8).prefix { !"/?#".contains($0) }
        let isPlain = !text.contains("#") && !text.contains("\\") && !authority.contains("@")
        return isPlain && authority.contains { $0.isLetter || $0.isNumber }
    }
}

extension Arguments {
    /// The name of a webhook in the path: up to forty small letters, digits and hyphens.
    func webhook() throws(Problem) -> String {
        let name = text("webhook")
        let isName =
            (1...40).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
        guard isName else { throw Problem(parameter: "webhook", .wrongFormat) }
        return name
    }
}
