import Signing
import Testing

/// Sealing at rest, blind indexes and the master key behind both.
struct SealTests {
    private static let keyText = "9Tqk0o8cXyYb1m3RZy6wWf0mX1y3pJq4cU9Jv2nG5sE="

    private func seal(_ keys: MasterKey..., purpose: Seal.Purpose = .personalData) throws -> Seal {
        try Seal(masterKeys: keys, purpose: purpose)
    }

    @Test("what is sealed opens again, whatever its length", arguments: [0, 1, 15, 16, 17, 4_096])
    func opens(count: Int) throws {
        let seal = try seal(MasterKey(base64: Self.keyText))
        let plaintext = try SecureRandom.bytes(count)
        let sealed = try seal.seal(plaintext, context: "customers.phone/PB01020012345")
        #expect(sealed.count == count + Seal.overhead)
        #expect(try seal.open(sealed, context: "customers.phone/PB01020012345") == plaintext)
    }

    @Test("the same text sealed twice looks different")
    func nonces() throws {
        let seal = try seal(MasterKey(base64: Self.keyText))
        #expect(try seal.seal([1, 2], context: "c") != seal.seal([1, 2], context: "c"))
    }

    @Test("any changed byte, another context, or a shorter text does not open")
    func tampering() throws {
        let seal = try seal(MasterKey(base64: Self.keyText))
        let sealed = try seal.seal(bytes("0909090909"), context: "customers.phone/1")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x01
            let expected: SigningError =
                switch index {
                case 0: .malformedSeal
                case 1: .unknownMasterKey
                default: .sealBroken
                }
            #expect(throws: expected) { try seal.open(changed, context: "customers.phone/1") }
        }
        for context in ["customers.phone/2", "", "customers.phone/1 "] {
            #expect(throws: SigningError.sealBroken) { try seal.open(sealed, context: context) }
        }
        for count in 0..<sealed.count {
            #expect(throws: SigningError.self) {
                try seal.open(Array(sealed.prefix(count)), context: "customers.phone/1")
            }
        }
    }

    @Test("after a rotation the new key seals and the old one still opens")
    func rotation() throws {
        let (old, new) = (try MasterKey.random(), try MasterKey.random())
        let sealedBefore = try seal(old).seal([1], context: "c")
        let both = try seal(new, old)
        #expect(try both.open(sealedBefore, context: "c") == [1])
        let sealedAfter = try both.seal([2], context: "c")
        #expect(try seal(new).open(sealedAfter, context: "c") == [2])
        #expect(throws: SigningError.self) { try seal(old).open(sealedAfter, context: "c") }
        #expect(throws: SigningError.noMasterKey) { try seal() }
    }

    @Test("a client's secret does not open as personal data")
    func purposes() throws {
        let key = try MasterKey(base64: Self.keyText)
        let sealed = try seal(key, purpose: .clientSecrets).seal([1], context: "c")
        #expect(throws: SigningError.sealBroken) { try seal(key).open(sealed, context: "c") }
    }

    @Test("a blind index is the same every time and differs by value, purpose and key")
    func blindIndex() throws {
        let index = BlindIndex(try MasterKey(base64: Self.keyText))
        let one = index.index(of: "0909090909", purpose: .phone)
        #expect(one.count == BlindIndex.byteCount)
        #expect(
            BlindIndex(try MasterKey(base64: Self.keyText)).index(of: "0909090909", purpose: .phone)
                == one)
        #expect(index.index(of: "0909090908", purpose: .phone) != one)
        #expect(index.index(of: "0909090909", purpose: .nationalId) != one)
        let other = BlindIndex(try MasterKey.random())
        #expect(other.index(of: "0909090909", purpose: .phone) != one)
    }
}
