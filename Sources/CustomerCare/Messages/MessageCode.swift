import Electricity
import Postgres
import Signing

/// The short code at the end of a message (mã xác thực tin), by which anybody can ask whether it is
/// genuine: people get forged messages in the utility's name.
///
/// It says itself what the message is about and of which day it is, and proves it: 5 bits of topic,
/// 14 of the day, 9 of the message, 32 of proof. Nothing is kept for it, and nobody can be found by
/// it. A code can be copied from a genuine message: whoever asks is told topic and day to compare.
struct MessageCode: Sendable, Equatable {
    let topic: MessageTopic
    let day: LocalDate
    private let salt: UInt64

    /// Days are counted from here, for 44 years.
    private static let epoch = 20_454  // 2026-01-01 in days since 1970.
    private static let alphabet = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
    private static let symbols = 12

    /// The code of a message that was caused on a day.
    init(_ topic: MessageTopic, of message: UUID, on day: LocalDate) {
        self.topic = topic
        self.day = day
        salt = message.low & 0x1FF
    }

    /// Reads a code as people type it; nil when it is none of ours.
    init?(typed: String, _ authenticity: MessageAuthenticity) {
        var bits: UInt64 = 0
        var count = 0
        for byte in typed.utf8 where byte != UInt8(ascii: "-") && byte != UInt8(ascii: " ") {
            let upper = byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte
            guard count < MessageCode.symbols,
                let symbol = MessageCode.alphabet.firstIndex(of: upper)
            else { return nil }
            bits = bits << 5 | UInt64(symbol)
            count += 1
        }
        guard count == MessageCode.symbols else { return nil }
        let content = bits >> 32
        guard authenticity.isValid(UInt32(truncatingIfNeeded: bits), of: Self.bytes(content)),
            let topic = MessageTopic.allCases.first(where: { $0.number == Int(content >> 23) })
        else { return nil }
        self.topic = topic
        day = LocalDate(daysSince1970: Int(content >> 9 & 0x3FFF) + MessageCode.epoch)
        salt = content & 0x1FF
    }

    /// As it stands in the message: `K7QM-2FXD-9TRC`.
    func text(_ authenticity: MessageAuthenticity) -> String {
        let days = UInt64(clamping: day.daysSince1970 - MessageCode.epoch) & 0x3FFF
        let content = UInt64(topic.number) << 23 | days << 9 | salt
        let bits = content << 32 | UInt64(authenticity.code(of: Self.bytes(content)))
        var text: [UInt8] = []
        for place in 0..<MessageCode.symbols {
            if place > 0, place.isMultiple(of: 4) { text.append(UInt8(ascii: "-")) }
            text.append(MessageCode.alphabet[Int(bits >> UInt64(55 - 5 * place) & 31)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(_ content: UInt64) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: content >> UInt64(24 - 8 * $0)) }
    }
}
