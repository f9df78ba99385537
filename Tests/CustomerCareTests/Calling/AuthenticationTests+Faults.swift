import Signing

@testable import CustomerCare

extension AuthenticationTests {
    /// What can be wrong with the signature of any request.
    static let faults = missing + parameters + altered

    private static let missing: [Fault] = [
        Fault(
            "no Signature", "missing_signature",
            after: { $0.remove("signature") }),
        Fault(
            "no Signature-Input", "missing_signature",
            after: { $0.remove("signature-input") }),
        Fault("no @method", "component_missing_method", omits: "@method"),
        Fault(
            "no @authority", "component_missing_authority",
            omits: "@authority"),
        Fault("no @path", "component_missing_target", omits: "@path"),
        Fault("no @query", "component_missing_target", omits: "@query"),
        Fault("no created", "created_missing", omits: "created"),
        Fault("no keyid", "keyid_missing", omits: "keyid"),
        Fault("no nonce", "nonce_missing", omits: "nonce"),
    ]

    private static let parameters: [Fault] = [
        Fault(
            "created 301 s ago", "created_outside_window",
            before: { $0.clockSkew = -301 }),
        Fault(
            "created in 301 s", "created_outside_window",
            before: { $0.clockSkew = 301 }),
        // 09:59:59 on 25 November 2026 in Vietnam, a second before the tests' clock.
        Fault(
            "expired a second ago", "expired",
            before: {
                $0.clockSkew = -60
                $0.moreParameters = ";expires=1795575599"
            }),
        Fault(
            "expires before it was created", "expires_before_created",
            before: { $0.moreParameters = ";expires=1795575599" }),
        Fault(
            "another algorithm", "algorithm_not_supported",
            before: { $0.moreParameters = #";alg="hmac-sha512""# }),
        Fault(
            "the algorithm in other case", "algorithm_not_supported",
            before: { $0.moreParameters = #";alg="HMAC-SHA256""# }),
        Fault(
            "an unknown parameter", "unknown_parameter",
            before: { $0.moreParameters = #";context="x""# }),
        Fault(
            "a second nonce", "duplicate_parameter",
            before: { $0.moreParameters = #";nonce="another""# }),
        Fault(
            "an empty nonce", "parameter_length",
            before: { $0.nonce = "" }),
        Fault(
            "a nonce of 129", "parameter_length",
            before: { $0.nonce = String(repeating: "n", count: 129) }),
        Fault(
            "a component twice", "duplicate_component",
            before: { $0.components.append("@path") }),
        Fault(
            "another host", "authority_not_ours",
            before: { $0.authority = "care.example" }),
    ]

    private static let altered: [Fault] = [
        Fault(
            "another path", "signature_mismatch",
            after: { $0.target = "/v1/accounts/\(TestRequest.unknownId())/subscriptions" }),
        Fault(
            "another query", "signature_mismatch",
            after: { $0.target += "?x=1" }),
        Fault(
            "another host on the way", "authority_not_ours",
            after: { $0.authority = "evil.example:8080" }),
        Fault(
            "another nonce", "signature_mismatch",
            after: { $0.changeInput("nonce=\"", "nonce=\"0") }),
        Fault(
            "another time", "signature_mismatch",
            after: { $0.changeInput("created=1795575600", "created=1795575601") }),
        Fault(
            "fewer components", "component_missing_authority",
            after: { $0.changeInput("\"@authority\" ", "") }),
        Fault(
            "other labels", "labels_differ",
            after: { $0.changeInput("sig1=", "sig2=") }),
        Fault(
            "two signatures", "several_labels",
            after: { $0.changeInput("sig1=", "sig0=(\"@method\"), sig1=") }),
        Fault(
            "a signature that is no bytes", "malformed_signature",
            after: { $0.set("signature", "sig1=nothing") }),
        Fault(
            "no bytes", "malformed_signature",
            after: { $0.set("signature", "sig1=::") }),
        Fault(
            "a shorter code", "signature_mismatch",
            after: { $0.set("signature", "sig1=:AAAA:") }),
        Fault(
            "an input that is no list", "malformed_signature_input",
            after: { $0.set("signature-input", "sig1") }),
        Fault(
            "a covered field that is gone", "component_absent",
            before: {
                $0.set("x-more", "1")
                $0.components.append("x-more")
            },
            after: {
                $0.remove("x-more")
            }),
        Fault(
            "a covered field of other value", "signature_mismatch",
            before: {
                $0.set("x-more", "1")
                $0.components.append("x-more")
            },
            after: {
                $0.set("x-more", "2")
            }),
    ]

    /// What can be wrong with the signature of a read.
    static let readFaults =
        faults + [
            Fault(
                "GET becomes DELETE", "signature_mismatch",
                after: { $0.method = "DELETE" })
        ]

    /// What can be wrong with the signature of a write.
    static let writeFaults =
        faults + [
            Fault(
                "no content-type", "component_missing_content_type",
                omits: "content-type"),
            Fault(
                "no content-digest", "component_missing_content_digest",
                omits: "content-digest"),
            Fault(
                "no idempotency-key",
                "component_missing_idempotency_key", omits: "idempotency-key"),
            Fault(
                "POST becomes GET", "signature_mismatch",
                after: { $0.method = "GET" }),
            Fault(
                "another body", "content_digest_mismatch",
                after: { $0.body = $0.body.map { $0 + [0x20] } }),
            Fault(
                "another body and digest", "signature_mismatch",
                after: {
                    let body = Array(#"{"customerCodes":[]}"#.utf8)
                    $0.body = body
                    let digest = String(decoding: Base64.encode(SHA256.digest(body)), as: UTF8.self)
                    $0.set("content-digest", "sha-256=:\(digest):")
                }),
            Fault(
                "no digest", "component_absent",
                after: { $0.remove("content-digest") }),
            Fault(
                "another content type", "signature_mismatch",
                after: { $0.set("content-type", "application/json; charset=utf-8") }),
            Fault(
                "another key", "signature_mismatch",
                after: { $0.idempotencyKey = TestRequest.unique() }),
            Fault(
                "a second key", "signature_mismatch",
                after: { $0.fields.append(("idempotency-key", "\"other\"")) }),
        ]
}

extension AuthenticationTests.Fault {
    /// A signature that lacks a component or a parameter.
    init(_ testDescription: String, _ reason: String, omits name: String) {
        self.init(testDescription, reason, before: { $0.omitted = [name] })
    }
}

extension TestRequest {
    /// Changes a part of Signature-Input.
    fileprivate mutating func changeInput(_ part: String, _ other: String) {
        let input = fields.first { $0.name == "signature-input" }?.value ?? ""
        set("signature-input", input.replacing(part, with: other))
    }
}
