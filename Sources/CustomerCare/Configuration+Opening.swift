internal import Reactor
internal import Signing

extension Configuration {
    /// The master keys, newest first, from where the configuration says; throws a sentence of why
    /// there is none.
    func masterKeys() throws(MasterKeyFault) -> [MasterKey] {
        switch masterKey {
        case .file(let path):
            guard let content = ProcessFile.read(path) else {
                throw MasterKeyFault(.masterKeyFile, "the file \(path) cannot be read")
            }
            do {
                return [try MasterKey(file: content)]
            } catch {
                throw MasterKeyFault(.masterKeyFile, error.rawValue)
            }
        case .base64(let text):
            do {
                return [try MasterKey(base64: text)]
            } catch {
                throw MasterKeyFault(.masterKey, error.rawValue)
            }
        case nil:
            throw MasterKeyFault(.masterKeyFile, "none is configured")
        }
    }

    /// The payment providers of the configured file, none without one; throws every fault of it.
    func paymentProviders() throws(SettingsFileFault) -> PaymentProviders {
        guard let path = paymentProvidersFile else { return .none }
        guard let content = ProcessFile.read(path) else {
            throw SettingsFileFault(faults: ["the file \(path) cannot be read"])
        }
        return try PaymentProviders.read(content)
    }

    /// The Official Account of the configured file, nil without one; throws every fault of it.
    func zaloSettings() throws(SettingsFileFault) -> ZaloSettings? {
        guard let path = zaloFile else { return nil }
        guard let content = ProcessFile.read(path) else {
            throw SettingsFileFault(faults: ["the file \(path) cannot be read"])
        }
        return try ZaloSettings.read(content)
    }

    /// The admin port as `CUSTOMER_CARE_ADMIN_PORT` says, 8081 when it says nothing usable: a
    /// health check has the rest of the configuration not at hand.
    package static func adminPort() -> UInt16 {
        let text = Surroundings.environment[Variable.adminPort.rawValue]
        return text.flatMap(UInt16.init) ?? 8_081
    }

    /// The first part of addresses at which a caller on this machine reaches the service.
    var baseURL: String { origins.first ?? "http://\(bindAddress):\(port)" }

    /// The same for the admin port.
    var adminURL: String { "http://\(Configuration.reachable(adminBindAddress)):\(adminPort)" }

    /// Loopback for an address that stands for all of a machine's; IPv6 in brackets.
    private static func reachable(_ address: String) -> String {
        switch address {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        default: address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]" : address
        }
    }
}

/// Why there is no usable master key; never shows a byte of one.
package struct MasterKeyFault: Error, Equatable, CustomStringConvertible {
    /// The variable's name and what is wrong with what it says, without a period.
    package let description: String

    init(_ variable: Configuration.Variable, _ reason: String) {
        description = "\(variable.rawValue): \(reason)"
    }
}
