/// How far away the sender of a packet may be, by what is left of its hop limit.
enum HopDistance {
    /// What systems begin with: Linux, macOS and the BSDs; Windows; routers and Solaris.
    static let initialLimits: [UInt8] = [64, 128, 255]

    /// How many routers may lie before it, fewest first.
    static func all(_ hopLimit: UInt8) -> [Int] {
        initialLimits.filter { $0 >= hopLimit }.map { Int($0) - Int(hopLimit) }
    }

    /// The nearest that fits: no way is as long as the others would have it.
    static func nearest(_ hopLimit: UInt8) -> Int { all(hopLimit).first ?? 0 }

    /// Where the nearest that fits is: `behind no router`, `behind 3 routers`.
    static func behind(_ hopLimit: UInt8) -> String {
        let distance = nearest(hopLimit)
        return distance == 0 ? "behind no router" : "behind \(distance.counting("router"))"
    }

    /// Whether two packets may have come equally far, their senders beginning with different limits.
    static func mayBeEqual(_ one: UInt8, _ other: UInt8) -> Bool {
        !Set(all(one)).isDisjoint(with: all(other))
    }
}
