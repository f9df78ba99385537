import Electricity
import JSON
import Signing

/// What a script needs to try everything: addresses, clients with their secrets, customers.
struct DemoFile: Sendable {
    /// A client that may call.
    struct Credentials: Sendable {
        let name: String
        let keyId: String
        let secret: [UInt8]
        let scopes: [String]
    }

    /// A customer with what its subscriptions can be verified by.
    struct Showcase: Sendable {
        let customer: DemoCustomer
        /// The invoice of the newest bill; nil without bills.
        let invoiceId: String?
    }

    /// The first part of every address, without a slash at the end.
    let baseURL: String
    /// The same for the admin port.
    let adminURL: String
    let clients: [Credentials]
    let customers: [Showcase]

    /// The file as indented JSON with a line for each client and customer.
    var text: [UInt8] {
        var lines = [
            "{", "  \"baseUrl\": \(quoted(baseURL)),", "  \"adminUrl\": \(quoted(adminURL)),",
        ]
        lines += list("clients", clients.map(encoded)) + list("customers", customers.map(encoded))
        lines[lines.count - 1] = "  ]"
        return Array((lines + ["}", ""]).joined(separator: "\n").utf8)
    }

    private func list(_ name: String, _ items: [String]) -> [String] {
        let rows = items.enumerated().map { index, item in
            "    " + item + (index + 1 < items.count ? "," : "")
        }
        return ["  \"\(name)\": ["] + rows + ["  ],"]
    }

    private func encoded(_ client: Credentials) -> String {
        object { json in
            json.field("name", client.name)
            json.field("keyId", client.keyId)
            json.field("secret", String(decoding: Base64.encode(client.secret), as: UTF8.self))
            json.list("scopes") { json in
                for scope in client.scopes { json.element(scope) }
            }
        }
    }

    private func encoded(_ showcase: Showcase) -> String {
        let customer = showcase.customer
        return object { json in
            json.field("customerCode", customer.code.text)
            json.field("name", customer.name)
            json.field("phone", customer.phone)
            json.field("nationalId", customer.nationalId)
            json.field("invoiceId", showcase.invoiceId)
            json.field("usagePurpose", customer.usagePurpose.rawValue)
            json.field("periodsPerMonth", customer.periodsPerMonth)
            json.field("contractStatus", customer.contractStatus.rawValue)
            json.field("note", customer.trait.note)
        }
    }

    private func quoted(_ text: String) -> String {
        var json = JSONWriter()
        json.element(text)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func object(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        json.object(body)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
