import Signing
import Testing

/// Which bytes are a master key, and which refuse the start.
struct MasterKeyTests {
    private func refusal(_ content: [UInt8]) -> MasterKey.Refusal? {
        do {
            _ = try MasterKey(file: content)
            return nil
        } catch {
            return error
        }
    }

    @Test("raw bytes, base64 and base64 with a line end are the same key")
    func forms() throws {
        let raw = SHA256.digest(bytes("thirty-two bytes without a pattern"))
        let text = Base64.encode(raw)
        let forms = [raw, text, text + bytes("\n"), text + bytes("\r\n")]
        for form in forms {
            let key = try MasterKey(file: form)
            #expect(
                BlindIndex(key).index(of: "a", purpose: .name)
                    == BlindIndex(try MasterKey(file: raw)).index(of: "a", purpose: .name))
        }
        _ = try MasterKey(base64: String(decoding: text, as: UTF8.self))
    }

    @Test(
        "weak, short and default keys are refused",
        arguments: [
            ([], .missing), (bytes("\n"), .missing), (bytes("changeme"), .wrongLength),
            (bytes("secret"), .notBase64),
            (bytes("changemechangemechangemechangeme"), .wrongLength),
            (bytes("0123456789abcdef0123456789abcdef"), .wrongLength),
            ([UInt8](repeating: 0, count: 32), .allBytesEqual),
            (Base64.encode([UInt8](repeating: 0xFF, count: 32)), .allBytesEqual),
            ((0..<32).map { UInt8($0 % 7) }, .tooFewDistinctBytes), (Array(0..<32), .notRandom),
            (Array((0..<32).reversed()), .notRandom),
            (Base64.encode(bytes("changemechangemechangemechangeme")), .tooFewDistinctBytes),
            (Base64.encode(bytes("a passphrase is no key of 32 byt")), .notRandom),
            (Base64.encode(SHA512.digest([])), .wrongLength),
            (Base64.encode(Array(SHA256.digest([]).dropLast())), .wrongLength),
            (SHA256.digest([]) + [1], .notBase64),
        ] as [([UInt8], MasterKey.Refusal)])
    func refused(content: [UInt8], reason: MasterKey.Refusal) {
        #expect(refusal(content) == reason)
    }
}
