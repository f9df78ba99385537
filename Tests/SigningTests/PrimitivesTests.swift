import Testing

@testable import Signing

/// Hashes, codes, derivation, encodings: published vectors.
struct PrimitivesTests {
    @Test("SHA-256 and SHA-512 give the digests of FIPS 180-4")
    func digests() {
        #expect(
            SHA256.digest(bytes("abc"))
                == hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        #expect(
            SHA256.digest([])
                == hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
        #expect(
            SHA512.digest(bytes("abc"))
                == hex(
                    """
                    ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
                    2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
                    """))
    }

    @Test(
        "HMAC-SHA256 gives the codes of RFC 4231",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), bytes("Hi There"),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                bytes("Jefe"), bytes("what do ya want for nothing?"),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(1...25), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                bytes(
                    "This is a test using a larger than block-size key and a larger than block-size"
                        + " data. The key needs to be"
                        + " hashed before being used by the HMAC algorithm."
                ),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ] as [([UInt8], [UInt8], String)])
    func codes(key: [UInt8], message: [UInt8], code: String) {
        let prepared = HMACSHA256Key(key)
        for _ in 0..<3 {
            #expect(prepared.code(for: message) == hex(code))
            #expect(prepared.code(for: message + [0]) != hex(code))
        }
        #expect(HMACSHA256.code(for: message, key: key) == hex(code))
        #expect(prepared.isCode(hex(code), of: message))
        #expect(!prepared.isCode(hex(code), of: message + [1]))
        #expect(!prepared.isCode([], of: message))
    }

    @Test("HKDF-SHA256 gives the keys of RFC 5869")
    func derivation() {
        #expect(
            HKDF.derive(
                from: [UInt8](repeating: 0x0b, count: 22), salt: Array(0...0x0c),
                info: Array(0xf0...0xf9), count: 42)
                == hex(
                    """
                    3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf
                    34007208d5b887185865
                    """))
        #expect(
            HKDF.derive(
                from: Array(0...0x4f), salt: Array(0x60...0xaf), info: Array(0xb0...0xff),
                count: 82)
                == hex(
                    """
                    b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c
                    59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71
                    cc30c58179ec3e87c14c01d5c1f3434f1d87
                    """))
        #expect(
            HKDF.derive(from: [UInt8](repeating: 0x0b, count: 22), info: [], count: 42)
                == hex(
                    """
                    8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d
                    9d201395faa4b61a96c8
                    """))
    }

    @Test("equal means the same bytes and the same length")
    func constantTime() {
        #expect(ConstantTime.equal([], []))
        #expect(ConstantTime.equal([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equal([1, 2, 3], [1, 2]))
        #expect(!ConstantTime.equal([], [0]))
        for index in 0..<32 {
            var other = [UInt8](repeating: 7, count: 32)
            other[index] ^= 0x80
            #expect(!ConstantTime.equal([UInt8](repeating: 7, count: 32), other))
        }
    }

    @Test("random bytes have the length asked for and differ")
    func random() throws {
        #expect(try SecureRandom.bytes(0).isEmpty)
        #expect(try SecureRandom.bytes(32).count == 32)
        #expect(try SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }

    @Test(
        "base64 of RFC 4648 section 10 goes both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func base64(plain: String, encoded: String) {
        #expect(Base64.encode(bytes(plain)) == bytes(encoded))
        #expect(Base64.decode(bytes(encoded)) == bytes(plain))
        let unpadded = bytes(encoded).filter { $0 != UInt8(ascii: "=") }
        #expect(Base64.encodeURL(bytes(plain)) == unpadded)
        #expect(Base64.decodeURL(unpadded) == bytes(plain))
    }

    @Test(
        "base64 that is not the one canonical text is refused",
        arguments: [
            "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "=", "==", "====", "Z===",
            "Zg==Zg==", "Zm9v====", "Zm-_", "Z", "Zm9vé", "Zm9v=",
        ])
    func strictBase64(text: String) {
        #expect(Base64.decode(bytes(text)) == nil)
    }

    @Test("base64url takes its own two letters and no padding")
    func base64url() {
        #expect(Base64.encodeURL([0xFB, 0xFF]) == bytes("-_8"))
        #expect(Base64.decodeURL(bytes("-_8")) == [0xFB, 0xFF])
        #expect(Base64.decodeURL(bytes("-_8=")) == nil)
        #expect(Base64.decodeURL(bytes("+/8")) == nil)
        #expect(Base64.decodeURL(bytes("-_9")) == nil)
    }

    @Test("hexadecimal is lower case")
    func hexadecimal() {
        #expect(Hexadecimal.encode([0, 0xAB, 0xFF]) == bytes("00abff"))
    }
}
