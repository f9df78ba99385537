import Electricity
import Postgres
import Reactor
import Signing

/// What the service takes from outside itself: the time and chance.
///
/// Tests hand in their own.
package struct World: Sendable {
    /// The wall clock.
    var now: @Sendable () -> Instant
    /// So many random bytes; throws when the system has none.
    var randomBytes: @Sendable (Int) throws(SigningError) -> [UInt8]

    /// A world of one's own.
    init(
        now: @escaping @Sendable () -> Instant,
        randomBytes: @escaping @Sendable (Int) throws(SigningError) -> [UInt8]
    ) {
        self.now = now
        self.randomBytes = randomBytes
    }

    /// The machine's clock and OpenSSL's generator.
    package static let real = World(
        now: { Instant(microsecondsSince1970: WallClock.microsecondsSince1970) },
        randomBytes: { (count) throws(SigningError) in try SecureRandom.bytes(count) })
}

/// Makes ids of one loop: UUIDv7 (RFC 9562 section 5.7), ordered by time.
///
/// Random bytes are drawn in blocks, since a request needs an id or two.
final class IDSource {
    private let world: World
    private var block: [UInt8] = []

    init(world: World) {
        self.world = world
    }

    /// A new id for something that begins now.
    func next(at now: Instant) -> UUID {
        let milliseconds = UInt64(max(0, now.microsecondsSince1970 / 1_000))
        let version: UInt64 = 0x7000
        let variant: UInt64 = 0x8000_0000_0000_0000
        return UUID(
            high: milliseconds << 16 | version | bits() >> 52,
            low: variant | bits() >> 2)
    }

    /// So many bytes that stand in no id.
    func randomBytes(_ count: Int) -> [UInt8] {
        do {
            return try world.randomBytes(count)
        } catch {
            // Without randomness no id is unique and no nonce safe: there is no way on.
            preconditionFailure("the system gives no random bytes: \(error)")
        }
    }

    /// The next 64 random bits.
    func bits() -> UInt64 {
        if block.count < 8 { block = randomBytes(IDSource.blockBytes) }
        let bytes = block.suffix(8)
        block.removeLast(8)
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static let blockBytes = 1_024
}
