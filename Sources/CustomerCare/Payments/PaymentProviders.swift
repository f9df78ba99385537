import JSON
import Payments

/// The payment providers of a configuration.
package struct PaymentProviders: Sendable {
    /// By name; none is a service without online payment.
    let all: [ProviderName: any PaymentProvider]
    /// Whether one of them is called without TLS, which is allowed on this machine only.
    let allowsPlainText: Bool

    /// No provider.
    package static let none = PaymentProviders(all: [:], allowsPlainText: false)

    /// Reads the file of `CUSTOMER_CARE_PAYMENT_PROVIDERS_FILE`: one JSON object with a member for
    /// each provider; throws every fault by pointer, and no value.
    static func read(_ file: [UInt8]) throws(SettingsFileFault) -> PaymentProviders {
        let root: JSONValue
        do {
            root = try JSONValue.parse(file)
        } catch {
            throw SettingsFileFault(faults: ["line \(error.line): \(error.reason.rawValue)"])
        }
        let faults = JSONFaults()
        var reading = Reading(faults: faults)
        let object = JSONObject(root: root, faults: faults)
        var all: [ProviderName: any PaymentProvider] = [:]
        for name in ProviderName.allCases {
            guard let settings = object?.optionalObject(JSONName(name)) else { continue }
            all[name] = reading.provider(name, settings)
        }
        let wrong = faults.list.map { "\($0.pointer): \($0.code.rawValue)" }
        guard wrong.isEmpty else { throw SettingsFileFault(faults: wrong) }
        return PaymentProviders(all: all, allowsPlainText: reading.hasPlainText)
    }

    /// Reads provider after provider.
    private struct Reading {
        let faults: JSONFaults
        var addresses = AddressReader()
        var hasPlainText: Bool { addresses.hasPlainText }

        mutating func provider(
            _ name: ProviderName, _ settings: JSONObject
        ) -> (any PaymentProvider)? {
            switch name {
            case .zaloPay:
                let appId = settings.integer("appId", in: 1...Int64(Int32.max))
                let key1 = key(settings, "key1")
                let key2 = key(settings, "key2")
                let baseURL = addresses.address(settings, "baseUrl")
                let callbackURL = addresses.address(settings, "callbackUrl")
                guard let appId, let key1, let key2, let baseURL, let callbackURL else {
                    return nil
                }
                return ZaloPay(
                    appId: appId, key1: key1, key2: key2, baseURL: baseURL,
                    callbackURL: callbackURL)
            case .zaloCheckout:
                let appId = settings.string("appId", length: 1...40)
                let privateKey = key(settings, "privateKey")
                let baseURL = addresses.address(settings, "baseUrl")
                let method = settings.string("method", length: 1...40)
                guard let appId, let privateKey, let baseURL, let method else { return nil }
                return ZaloCheckout(
                    appId: appId, privateKey: privateKey, baseURL: baseURL, method: method)
            case .vnPay: return vnPay(settings)
            case .vietQR:
                let bank = digits(settings, "bankCode", 6...6)
                let account = digits(settings, "accountNumber", 4...19)
                guard let bank, let account else { return nil }
                return VietQR(bankCode: bank, accountNumber: account)
            }
        }

        private mutating func vnPay(_ settings: JSONObject) -> VNPay? {
            let terminal = settings.string("terminalCode", length: 1...20)
            let secret = key(settings, "secret")
            let payURL = addresses.address(settings, "payUrl")
            let apiURL = addresses.address(settings, "apiUrl")
            let returnURL = addresses.address(settings, "returnUrl")
            let address = settings.string("serverAddress", length: 7...45)
            guard let terminal, let secret, let payURL, let apiURL, let returnURL, let address
            else { return nil }
            return VNPay(
                terminalCode: terminal, secret: secret, payURL: payURL, apiURL: apiURL,
                returnURL: returnURL, serverAddress: address)
        }

        /// A secret; a short one would be no secret.
        private func key(_ settings: JSONObject, _ name: JSONName) -> [UInt8]? {
            settings.string(name, length: 11...256).map { Array($0.utf8) }
        }

        private func digits(
            _ settings: JSONObject, _ name: JSONName, _ length: ClosedRange<Int>
        ) -> String? {
            guard let text = settings.string(name, length: length) else { return nil }
            guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                settings.fault(name, .wrongFormat)
                return nil
            }
            return text
        }
    }
}
