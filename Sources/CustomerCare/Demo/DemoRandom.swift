/// Numbers that look random and are the same for the same seed.
///
/// SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
/// 2014).
///
/// For demo data only; nothing secret comes from here.
struct DemoRandom {
    private var state: UInt64

    /// A sequence of its own for each combination of parts, such as seed, customer and month.
    init(_ parts: Int...) {
        state = 0
        for part in parts { state = next() ^ UInt64(bitPattern: Int64(part)) }
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of the range; its tiny bias towards small numbers does not matter here.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// Whether something that happens in so many of a hundred cases happens.
    mutating func happens(percent: Int) -> Bool { number(in: 0...99) < percent }

    /// One of the items, each as likely as the others.
    mutating func pick<Item>(_ items: [Item]) -> Item {
        precondition(!items.isEmpty, "one of nothing cannot be picked")
        return items[number(in: 0...items.count - 1)]
    }

    /// So many decimal digits.
    mutating func digits(_ count: Int) -> String {
        var digits = ""
        for _ in 0..<count { digits += String(number(in: 0...9)) }
        return digits
    }
}
