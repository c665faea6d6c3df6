/// The message digest of RFC 1321, which RADIUS is built on; for nothing that must be safe.
struct MD5 {
    /// The sixteen bytes of a digest.
    typealias Digest = InlineArray<16, UInt8>

    private var state: InlineArray<4, UInt32> = [
        0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476,
    ]
    private var block = InlineArray<16, UInt32>(repeating: 0)
    private var count: UInt64 = 0

    /// Adds a byte to the message.
    mutating func append(_ byte: UInt8) {
        let place = Int(count % 64)
        block[place / 4] |= UInt32(byte) << UInt32(place % 4 * 8)
        count += 1
        if count % 64 == 0 { digestBlock() }
    }

    /// Adds the bytes of `text` to the message.
    mutating func append(text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { append(unsafe text.utf8Start[index]) }
    }

    /// Adds the bytes of another digest to the message.
    mutating func append(_ digest: Digest) {
        for index in digest.indices { append(digest[index]) }
    }

    /// The digest of the message.
    consuming func finish() -> Digest {
        let bits = count &* 8
        append(0x80)
        while count % 64 != 56 { append(0) }
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            append(UInt8(truncatingIfNeeded: bits >> shift))
        }
        let state = state
        return Digest { UInt8(truncatingIfNeeded: state[$0 / 4] >> UInt32($0 % 4 * 8)) }
    }

    private mutating func digestBlock() {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for step in 0..<64 {
            let mixed: UInt32
            let word: Int
            switch step / 16 {
            case 0: (mixed, word) = (b & c | ~b & d, step)
            case 1: (mixed, word) = (b & d | c & ~d, (5 * step + 1) % 16)
            case 2: (mixed, word) = (b ^ c ^ d, (3 * step + 5) % 16)
            default: (mixed, word) = (c ^ (b | ~d), 7 * step % 16)
            }
            let sum = a &+ mixed &+ block[word] &+ Self.sines[step]
            let shift = Self.shifts[step / 16 * 4 + step % 4]
            (a, b, c, d) = (d, b &+ (sum << shift | sum >> (32 - shift)), b, c)
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        block = InlineArray(repeating: 0)
    }

    /// How far each step rotates: four steps of each round, in turn.
    private static let shifts: InlineArray<16, UInt32> = [
        7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21,
    ]

    /// The whole part of 2^32 times the sine of each step's number, from 1 on.
    private static let sines: InlineArray<64, UInt32> = [
        0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a,
        0xa830_4613, 0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be,
        0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340,
        0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
        0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8,
        0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c,
        0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
        0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
        0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92,
        0xffef_f47d, 0x8584_5dd1, 0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1,
        0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
    ]
}

/// The keyed digest HMAC-MD5 (RFC 2104) under a short secret.
struct KeyedMD5 {
    private let secret: StaticString
    private var inner = MD5()

    /// A digest under `secret`, of at most 64 bytes.
    init(secret: StaticString) {
        self.secret = secret
        Self.begin(&inner, secret, 0x36)
    }

    /// Adds a byte to the message.
    mutating func append(_ byte: UInt8) { inner.append(byte) }

    /// The digest of the message.
    consuming func finish() -> MD5.Digest {
        var outer = MD5()
        Self.begin(&outer, secret, 0x5c)
        outer.append(inner.finish())
        return outer.finish()
    }

    private static func begin(_ digest: inout MD5, _ secret: StaticString, _ pad: UInt8) {
        let length = secret.utf8CodeUnitCount
        precondition(length <= 64, "a secret of more than 64 bytes would be digested first")
        for index in 0..<64 {
            digest.append(index < length ? unsafe secret.utf8Start[index] ^ pad : pad)
        }
    }
}
