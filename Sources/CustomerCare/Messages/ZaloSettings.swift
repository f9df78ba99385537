import JSON
import Zalo

/// The Official Account as an operator describes it.
package struct ZaloSettings: Sendable {
    let appId: String
    let appSecret: String
    /// The secret of the Official Account itself, which signs events; another than the app's.
    let officialAccountSecret: [UInt8]
    let interface: ZaloInterface
    /// Calls that all instances together may make in a minute.
    let callsPerMinute: Int64
    /// The approved templates by topic: Zalo's id, and whether it may be sent by user id.
    let templates: [MessageTopic: Template]
    /// What Zalo looks for at `/zalo_verifier….html`; nil where it need not.
    let domainProof: String?
    /// What is sent at night as well.
    let nightTopics: Set<MessageTopic>
    /// Whether Zalo is called without TLS, which is allowed on this machine only.
    let allowsPlainText: Bool

    /// A template that Zalo has approved.
    struct Template: Sendable {
        let id: String
        let isByUser: Bool
        let isByPhone: Bool
    }

    /// Reads the file of `CUSTOMER_CARE_ZALO_FILE`; throws every fault by pointer, and no value.
    static func read(_ file: [UInt8]) throws(SettingsFileFault) -> ZaloSettings {
        let root: JSONValue
        do {
            root = try JSONValue.parse(file)
        } catch {
            throw SettingsFileFault(faults: ["line \(error.line): \(error.reason.rawValue)"])
        }
        let faults = JSONFaults()
        var reader = AddressReader()
        let settings = JSONObject(root: root, faults: faults).flatMap { read($0, &reader) }
        let wrong = faults.list.map { "\($0.pointer): \($0.code.rawValue)" }
        guard wrong.isEmpty, let settings else { throw SettingsFileFault(faults: wrong) }
        return settings
    }

    private static func read(_ object: JSONObject, _ reader: inout AddressReader) -> ZaloSettings? {
        let appId = object.string("appId", length: 1...40)
        let appSecret = object.string("appSecret", length: 11...256)
        let secret = object.string("officialAccountSecret", length: 11...256)
        let api = reader.address(object, "apiUrl")
        let business = reader.address(object, "businessUrl")
        let oauth = reader.address(object, "oauthUrl")
        let calls = object.optionalInteger("callsPerMinute", in: 1...1_000_000) ?? 4_000
        var templates: [MessageTopic: Template] = [:]
        let list = object.optionalObject("templates")
        for topic in MessageTopic.allCases {
            guard let one = list?.optionalObject(JSONName(topic)),
                let id = one.string("id", length: 1...64)
            else { continue }
            templates[topic] = Template(
                id: id, isByUser: one.optionalBoolean("byUser") ?? true,
                isByPhone: one.optionalBoolean("byPhone") ?? false)
        }
        var nightTopics = MessageTopic.ofTheNight
        if let object = object.optionalObject("nightTopics") {
            for topic in MessageTopic.allCases {
                guard let isSent = object.optionalBoolean(JSONName(topic)) else { continue }
                if isSent { nightTopics.insert(topic) } else { nightTopics.remove(topic) }
            }
        }
        let proof = object.optionalString("domainProof", length: 1...100)
        let isPlain = proof?.utf8.allSatisfy { byte in
            "-_".utf8.contains(byte) || (0x30...0x39).contains(byte)
                || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        if isPlain == false { object.fault("domainProof", .wrongFormat) }
        guard let appId, let appSecret, let secret, let api, let business, let oauth else {
            return nil
        }
        return ZaloSettings(
            appId: appId, appSecret: appSecret, officialAccountSecret: Array(secret.utf8),
            interface: ZaloInterface(apiURL: api, businessURL: business, oauthURL: oauth),
            callsPerMinute: calls, templates: templates,
            domainProof: proof, nightTopics: nightTopics, allowsPlainText: reader.hasPlainText)
    }
}
