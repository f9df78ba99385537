/// The parts of a request that a signature may cover, as they came over the wire.
package struct SignedMessage: Sendable {
    /// How the caller reached us, as the configured external origin says.
    package enum Scheme: String, Sendable {
        case http
        case https

        /// The port that is left out of an authority (RFC 9110 section 4.2).
        fileprivate var defaultPort: String { self == .http ? ":80" : ":443" }
    }

    /// Method, its case kept.
    package let method: [UInt8]
    /// Scheme of `@target-uri`.
    package let scheme: Scheme
    /// Host and port, made normal by ``normalizedAuthority(_:scheme:)``.
    package let authority: [UInt8]
    /// Path as sent, nothing decoded; empty counts as `/`.
    package let path: [UInt8]
    /// What follows the first `?` as sent; nil where there is no `?`.
    package let query: [UInt8]?

    /// Takes the parts; `authority` is already normal.
    package init(
        method: [UInt8], scheme: Scheme, authority: [UInt8], path: [UInt8], query: [UInt8]?
    ) {
        self.method = method
        self.scheme = scheme
        self.authority = authority
        self.path = path
        self.query = query
    }

    /// Host and port in lower case without the scheme's own port (RFC 9421 section 2.2.3).
    package static func normalizedAuthority(_ authority: [UInt8], scheme: Scheme) -> [UInt8] {
        var result = authority.map { byte in
            byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
        }
        for port in [scheme.defaultPort, ":"] where result.ends(with: port) {
            result.removeLast(port.utf8.count)
            break
        }
        return result
    }

    /// The signature base (RFC 9421 section 2.5): what the code is computed over.
    ///
    /// `appendField` appends the value of the header field with a lower-case name, several lines
    /// joined by `, ` and trimmed, and answers false when there is none.
    package func base(
        for signature: MessageSignature,
        appendField: (_ name: String, _ base: inout [UInt8]) -> Bool
    ) throws(SignatureFault) -> [UInt8] {
        var base: [UInt8] = []
        base.reserveCapacity(1_024)
        for component in signature.components {
            base.append(UInt8(ascii: "\""))
            base.append(contentsOf: component.utf8)
            base.append(contentsOf: "\": ".utf8)
            let start = base.count
            if component.utf8.first == UInt8(ascii: "@") {
                try appendDerived(component, to: &base)
            } else if !appendField(component, &base) {
                throw .componentAbsent
            }
            // A line end in a value would let one component pose as two.
            let isOneLine = !base[start...].contains {
                $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
            }
            if !isOneLine { throw .componentNotOneLine }
            base.append(UInt8(ascii: "\n"))
        }
        base.append(contentsOf: "\"@signature-params\": ".utf8)
        base.append(contentsOf: signature.parametersText)
        return base
    }

    /// Derived components (section 2.2).
    private func appendDerived(
        _ component: String, to base: inout [UInt8]
    ) throws(SignatureFault) {
        switch component {
        case "@method": base.append(contentsOf: method)
        case "@authority": base.append(contentsOf: authority)
        case "@path": appendPath(to: &base)
        case "@query":
            // An absent query is written as a lone question mark (section 2.2.7).
            base.append(UInt8(ascii: "?"))
            base.append(contentsOf: query ?? [])
        case "@target-uri":
            base.append(contentsOf: scheme.rawValue.utf8)
            base.append(contentsOf: "://".utf8)
            base.append(contentsOf: authority)
            appendPath(to: &base)
            if let query {
                base.append(UInt8(ascii: "?"))
                base.append(contentsOf: query)
            }
        default: throw .unsupportedComponent
        }
    }

    private func appendPath(to base: inout [UInt8]) {
        if path.isEmpty { base.append(UInt8(ascii: "/")) }
        base.append(contentsOf: path)
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool {
        suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
