import Prober
import Testing

@testable import Reconcile

@Suite struct ErrorIntervalTests {
    private static let usual: [Sysctl: String] = [
        .icmpRateLimit: "1000", .icmpRateMask: "6168", .icmpMessagesPerSecond: "1000",
        .icmpv6RateLimit: "100", .icmpv6RateMask: "0-1,3-127",
    ]

    @Test(
        "the sysctls of a host say how often it says that a port is closed",
        arguments: [
            ([:], .seconds(1), .milliseconds(100)),
            (
                [.icmpRateLimit: "200", .icmpv6RateLimit: "20"], .milliseconds(200),
                .milliseconds(20)
            ),
            // The limit for all peers together holds where the one for each is off.
            ([.icmpRateLimit: "0", .icmpv6RateLimit: "0"], .milliseconds(1), .milliseconds(1)),
            ([.icmpMessagesPerSecond: "2"], .seconds(1), .milliseconds(500)),
            ([.icmpMessagesPerSecond: "0"], nil, nil),
            ([.icmpMessagesPerSecond: nil], .seconds(1), .milliseconds(100)),
            // A type that is not in the mask has no limit of either kind.
            ([.icmpRateMask: "6160"], .zero, .milliseconds(100)),
            ([.icmpRateMask: "8"], .seconds(1), .milliseconds(100)),
            ([.icmpv6RateMask: "0,3-127"], .seconds(1), .zero),
            ([.icmpv6RateMask: ""], .seconds(1), .zero),
            ([.icmpv6RateMask: "1"], .seconds(1), .milliseconds(100)),
            ([.icmpRateMask: "6160", .icmpMessagesPerSecond: "0"], .zero, nil),
            // Old kernels divide what they say of IPv6.
            ([.icmpv6RateLimit: "1000"], .seconds(1), nil),
            // What is missing or makes no sense is not known; what has no mask is limited.
            ([.icmpRateLimit: nil, .icmpv6RateLimit: nil], nil, nil),
            ([.icmpRateLimit: "-1", .icmpv6RateLimit: "soon"], nil, nil),
            ([.icmpRateLimit: "4294967296"], nil, .milliseconds(100)),
            ([.icmpRateMask: nil, .icmpv6RateMask: nil], .seconds(1), .milliseconds(100)),
            ([.icmpRateMask: "x", .icmpv6RateMask: "3-"], .seconds(1), .milliseconds(100)),
        ] as [([Sysctl: String?], Duration?, Duration?)])
    func interval(with changes: [Sysctl: String?], is ipv4: Duration?, _ ipv6: Duration?) {
        var sysctls = Self.usual
        for (sysctl, value) in changes { sysctls[sysctl] = value }
        let interval = ErrorInterval(sysctls)
        #expect(interval[.ipv4] == ipv4)
        #expect(interval[.ipv6] == ipv6)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no text traps`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        for _ in 0..<200 {
            var sysctls: [Sysctl: String] = [:]
            for sysctl in Sysctl.allCases {
                let letters = (0..<Int.random(in: 0...11, using: &generator)).map { _ in
                    "0123459-, x".randomElement(using: &generator) ?? "0"
                }
                sysctls[sysctl] = String(letters)
            }
            let interval = ErrorInterval(sysctls)
            #expect(interval[.ipv4].map { $0 >= .zero } ?? true)
            #expect(interval[.ipv6].map { $0 <= .seconds(1) } ?? true)
        }
    }
}
