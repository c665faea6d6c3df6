import Prober
import Testing

@testable import Reconcile

@Suite struct VerdictTests {
    private static let listener = Listener(.tcp, .ipv4, "0.0.0.0", 22)

    /// The inside of each column of the table below.
    private static let insides: [ListenerView] = [
        .listening([listener], .wildcard), .listening([listener], .address),
        .listening([listener], .loopback), .loopbackOnly([listener]), .elsewhere([listener]),
        .none, .unknown([.noReport], []), .changed(before: [listener], after: []),
    ]

    /// Every outside against every inside, in the order of `insides`.
    private static let table: [(OutsideView, [Verdict])] = [
        (
            .open,
            [
                .exposed, .exposed, .containedOpen, .leaked, .phantom, .phantom, .openUnattributed,
                .openWhileChanging,
            ]
        ),
        (
            .closed,
            [
                .refusedDespiteListener, .refusedDespiteListener, .refusedDespiteListener,
                .containedShut, .boundElsewhere, .noService, .refusedUnattributed, .unstable,
            ]
        ),
        (
            .rejectedByHost,
            [
                .filtered, .filtered, .filtered, .containedShut, .filtered, .filtered, .filtered,
                .unstable,
            ]
        ),
        (
            .silent,
            [
                .filtered, .filtered, .filtered, .containedShut, .filtered, .filtered, .filtered,
                .unstable,
            ]
        ),
        (
            .rejectedOnTheWay,
            [
                .blockedOnTheWay, .blockedOnTheWay, .blockedOnTheWay, .blockedOnTheWay,
                .blockedOnTheWay, .blockedOnTheWay, .blockedOnTheWay, .unstable,
            ]
        ),
        (
            .openOrFiltered,
            [
                .ambiguous, .ambiguous, .ambiguous, .ambiguous, .ambiguous, .ambiguous, .ambiguous,
                .unstable,
            ]
        ),
        (.unreachable, Array(repeating: .unreachable, count: 8)),
        (.rejectedBeforeHost, Array(repeating: .blockedBeforeHost, count: 8)),
        (.unstable, Array(repeating: .unstable, count: 8)),
        (.unstableOpen, Array(repeating: .openAtTimes, count: 8)),
        (.notTested, Array(repeating: .notTested, count: 8)),
    ]

    @Test func `the table names every outside once`() {
        #expect(Set(Self.table.map(\.0)) == Set(OutsideView.allCases))
        #expect(Self.table.count == OutsideView.allCases.count)
    }

    @Test(arguments: table)
    func `outside and inside give the verdict`(outside: OutsideView, verdicts: [Verdict]) {
        #expect(Self.insides.map { Verdict(outside, $0) } == verdicts)
    }

    /// What rules of each effect make of the verdicts above, in the order of `insides`; the effects
    /// that are not named change nothing.
    private static let effects: [(OutsideView, FirewallEffect, [Verdict])] = [
        (
            .open, .drops,
            [
                .bypassed, .bypassed, .containedOpen, .leaked, .phantom, .phantom, .bypassed,
                .openWhileChanging,
            ]
        ),
        (
            .open, .translates,
            [
                .forwarded, .forwarded, .containedOpen, .forwarded, .forwarded, .forwarded,
                .forwarded, .openWhileChanging,
            ]
        ),
        (
            .closed, .acceptsByPort,
            [
                .refusedDespiteListener, .refusedDespiteListener, .refusedDespiteListener,
                .containedShut, .boundElsewhere, .staleAllow, .refusedUnattributed, .unstable,
            ]
        ),
        (.closed, .drops, Array(repeating: .contradicted, count: 7) + [.unstable]),
        (.closed, .refusesAsSeen, Array(repeating: .filteredAsModelled, count: 7) + [.unstable]),
        (.closed, .refusesOtherwise, Array(repeating: .contradicted, count: 7) + [.unstable]),
        (.closed, .translates, Array(repeating: .danglingTranslation, count: 7) + [.unstable]),
        (
            .silent, .accepts,
            [
                .blockedElsewhere, .blockedElsewhere, .blockedElsewhere, .containedShut,
                .blockedElsewhere, .blockedElsewhere, .blockedElsewhere, .unstable,
            ]
        ),
        (
            .silent, .drops,
            [
                .filteredAsModelled, .filteredAsModelled, .filteredAsModelled, .containedShut,
                .filteredAsModelled, .filteredAsModelled, .filteredAsModelled, .unstable,
            ]
        ),
        (.silent, .refusesOtherwise, Array(repeating: .contradicted, count: 7) + [.unstable]),
        (
            .rejectedByHost, .refusesAsSeen,
            [
                .filteredAsModelled, .filteredAsModelled, .filteredAsModelled, .containedShut,
                .filteredAsModelled, .filteredAsModelled, .filteredAsModelled, .unstable,
            ]
        ),
        (.rejectedByHost, .drops, Array(repeating: .contradicted, count: 7) + [.unstable]),
        (.openOrFiltered, .drops, Array(repeating: .filteredAsModelled, count: 7) + [.unstable]),
        (.openOrFiltered, .accepts, Array(repeating: .ambiguous, count: 7) + [.unstable]),
        (.rejectedOnTheWay, .drops, Array(repeating: .blockedOnTheWay, count: 7) + [.unstable]),
        (.notTested, .drops, Array(repeating: .notTested, count: 8)),
    ]

    @Test(arguments: effects)
    func `rules that are known explain the verdict`(
        outside: OutsideView, effect: FirewallEffect, verdicts: [Verdict]
    ) {
        #expect(Self.insides.map { Verdict(outside, $0, effect) } == verdicts)
    }

    @Test(arguments: OutsideView.allCases)
    func `rules that are not known change nothing`(outside: OutsideView) {
        for inside in Self.insides {
            #expect(Verdict(outside, inside, .unknown) == Verdict(outside, inside))
        }
    }

    @Test(
        "a refusal explains only what it looks like",
        arguments: [
            (Rejection.tcpReset, Evidence.reset, FirewallEffect.refusesAsSeen),
            (.tcpReset, .silence, .refusesOtherwise),
            (
                .icmp(ICMPError(.ipv4, type: 3, code: 13)),
                .icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: "203.0.113.10"),
                .refusesAsSeen
            ),
            (
                .icmp(ICMPError(.ipv4, type: 3, code: 3)),
                .icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: "203.0.113.10"),
                .refusesOtherwise
            ),
        ])
    func refusal(rejection: Rejection, evidence: Evidence, effect: FirewallEffect) {
        let view = FirewallView.decided(.reject(rejection), rules: [])
        #expect(FirewallEffect(view, seen: [evidence]) == effect)
    }

    private static let expectation = Expectation(isOpen: true, ports: PortSpec())

    /// What each verdict is when it is declared open, declared closed, not declared, and when what
    /// was declared depends on a source that is not known.
    private static let rulings: [(Verdict, String, String, String, String)] = [
        (.exposed, "C1 pass", "E1 fail", "E1 fail", "U9 inconclusive"),
        (.containedOpen, "C4 pass", "E1 fail", "C4 pass", "U9 inconclusive"),
        (.leaked, "E6 warn", "E6 fail", "E6 fail", "U9 inconclusive"),
        (.phantom, "E3 warn", "E3 fail", "E3 fail", "U9 inconclusive"),
        (.openUnattributed, "U5 pass", "E1 fail", "E1 fail", "U9 inconclusive"),
        (.noService, "A3 fail", "C2 pass", "C2 pass", "U9 inconclusive"),
        (.boundElsewhere, "A4 fail", "C2 pass", "C2 pass", "U9 inconclusive"),
        (.refusedDespiteListener, "A5 fail", "A5 pass", "A5 info", "U9 inconclusive"),
        (.refusedUnattributed, "U5 fail", "U5 pass", "U5 pass", "U9 inconclusive"),
        (.containedShut, "A4 fail", "C4 pass", "C4 pass", "U9 inconclusive"),
        (.filtered, "U1 fail", "U1 pass", "U1 pass", "U9 inconclusive"),
        (.blockedOnTheWay, "A2 fail", "U1 pass", "U1 pass", "U9 inconclusive"),
        (.blockedBeforeHost, "A2 fail", "U3 inconclusive", "U3 inconclusive", "U9 inconclusive"),
        (.ambiguous, "U2 inconclusive", "U2 inconclusive", "U2 inconclusive", "U2 inconclusive"),
        (.unreachable, "U3 inconclusive", "U3 inconclusive", "U3 inconclusive", "U3 inconclusive"),
        (.unstable, "U4 inconclusive", "U4 inconclusive", "U4 inconclusive", "U4 inconclusive"),
        (.openWhileChanging, "U4 pass", "E1 fail", "E1 fail", "U9 inconclusive"),
        (.openAtTimes, "U4 inconclusive", "E1 fail", "E1 fail", "U9 inconclusive"),
        (.bypassed, "E2 warn", "E2 fail", "E2 fail", "U9 inconclusive"),
        (.forwarded, "C5 pass", "E1 fail", "E1 fail", "U9 inconclusive"),
        (.filteredAsModelled, "A1 fail", "C3 pass", "C3 pass", "U9 inconclusive"),
        (.contradicted, "U7 fail", "U7 warn", "U7 info", "U9 inconclusive"),
        (.danglingTranslation, "A8 fail", "A8 pass", "A8 info", "U9 inconclusive"),
        (.blockedElsewhere, "A2 fail", "A2 pass", "A2 info", "U9 inconclusive"),
        (.staleAllow, "A3 fail", "H1 warn", "H1 warn", "U9 inconclusive"),
        (.notTested, "U8 inconclusive", "U8 inconclusive", "U8 inconclusive", "U8 inconclusive"),
    ]

    @Test func `every verdict has a ruling`() {
        #expect(Set(Self.rulings.map(\.0)) == Set(Verdict.allCases))
    }

    @Test(arguments: rulings)
    func `policy decides what a verdict means`(
        verdict: Verdict, open: String, closed: String, undeclared: String, undecided: String
    ) {
        func text(_ stance: Policy.Stance) -> String {
            let ruling = Ruling(on: verdict, under: stance)
            return "\(ruling.code.rawValue) \(ruling.result.rawValue)"
        }
        #expect(text(.open(Self.expectation)) == open)
        #expect(text(.closed(Self.expectation)) == closed)
        #expect(text(.undeclared) == undeclared)
        #expect(text(.undecided(Self.expectation)) == undecided)
    }

    private static let rest = Expectation(
        isOpen: false, ports: PortSpec(), location: "web.yaml:9:9", isRest: true)

    @Test(arguments: Verdict.allCases)
    func `a rest that is written out judges like the default`(verdict: Verdict) {
        let written = Ruling(on: verdict, under: .closed(Self.rest))
        let left = Ruling(on: verdict, under: .undeclared)
        #expect(written == left)
        for isSensitive in [true, false] {
            #expect(
                Severity(of: written, under: .closed(Self.rest), isSensitive: isSensitive)
                    == Severity(of: left, under: .undeclared, isSensitive: isSensitive))
        }
    }

    @Test(
        "severity follows what is at stake",
        arguments: [
            (Ruling(.e1, .fail), Policy.Stance.undeclared, false, Severity.high),
            (Ruling(.e1, .fail), .undeclared, true, .critical),
            (Ruling(.e3, .fail), .undeclared, false, .high),
            (Ruling(.e3, .fail), .closed(expectation), false, .critical),
            (Ruling(.e6, .warn), .open(expectation), false, .medium),
            (Ruling(.a5, .fail), .open(expectation), false, .medium),
            (Ruling(.a3, .fail), .open(expectation), false, .high),
            (Ruling(.u1, .fail), .open(expectation), false, .high),
            (Ruling(.u3, .inconclusive), .undeclared, false, .medium),
            (Ruling(.c1, .pass), .open(expectation), true, .info),
        ])
    func severity(
        of ruling: Ruling, under stance: Policy.Stance, isSensitive: Bool, is expected: Severity
    ) {
        #expect(Severity(of: ruling, under: stance, isSensitive: isSensitive) == expected)
    }
}
