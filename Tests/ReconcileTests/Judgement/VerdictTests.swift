import Prober
import Testing

@testable import Reconcile

@Suite struct VerdictTests {
    /// The effects of the rules, in the order of the columns below.
    private static let effects: [[FirewallEffect]] = [
        [.unknown], [.accepts], [.acceptsByPort], [.drops], [.refusesAsSeen],
        [.refusesLikeClosed], [.refusesOtherwise], [.translates, .translatesHere],
        [.translatesToNamespace], [.translatesToLoopback], [.translatesToNothing], [.interferes],
    ]

    /// Every outside against every inside and every effect of the rules: a row for insides that
    /// compare alike, with a verdict for each column; `*7` stands for seven columns.
    private static let table = """
        open | wildcard,address
          exposed*3 bypassed*4 forwarded forwardedToNamespace forwarded+leaked phantom exposed
        open | ownLoopback
          containedOpen*12
        open | loopbackOnly
          leaked*3 leaked+bypassed*4 forwarded forwardedToNamespace forwarded+leaked phantom leaked
        open | namespace
          namespaceExposed*3 namespaceExposed+bypassed*4
          forwarded forwardedToNamespace forwarded+leaked phantom namespaceExposed
        open | elsewhere,none
          phantom*7 forwarded forwardedToNamespace forwarded+leaked phantom phantom
        open | unknown
          openUnattributed*3 bypassed*4
          forwarded forwardedToNamespace forwarded+leaked phantom openUnattributed
        open | changed
          openWhileChanging*3 openWhileChanging+bypassed*4 openWhileChanging*5
        openAmongAll | wildcard,address,ownLoopback,loopbackOnly,namespace,elsewhere,none,unknown,changed
          allOpen*12

        closed | wildcard
          refusedDespiteListener*3 contradicted filteredAsModelled+latent
          filteredAsModelled+latent+looksClosed contradicted danglingTranslation*4 interfered
        closed | address,ownLoopback,namespace
          refusedDespiteListener*3 contradicted filteredAsModelled
          filteredAsModelled+looksClosed contradicted danglingTranslation*4 interfered
        closed | loopbackOnly
          containedShut*3 contradicted containedShut+filteredAsModelled
          containedShut+filteredAsModelled+looksClosed contradicted danglingTranslation*4 interfered
        closed | elsewhere
          boundElsewhere*3 contradicted filteredAsModelled
          filteredAsModelled+looksClosed contradicted danglingTranslation*4 interfered
        closed | none
          noService*2 staleAllow contradicted filteredAsModelled
          filteredAsModelled+looksClosed contradicted danglingTranslation*4 interfered
        closed | unknown
          refusedUnattributed*3 contradicted filteredAsModelled
          filteredAsModelled+looksClosed contradicted danglingTranslation*4 interfered
        closed | changed
          unstable*12

        rejectedByHost | wildcard
          filtered blockedElsewhere*2 contradicted filteredAsModelled+latent
          filteredAsModelled+latent+looksClosed contradicted danglingTranslation*4 interfered
        rejectedByHost | address,ownLoopback,namespace,elsewhere,none,unknown
          filtered blockedElsewhere*2 contradicted filteredAsModelled
          filteredAsModelled+looksClosed contradicted danglingTranslation*4 interfered
        rejectedByHost | loopbackOnly
          containedShut containedShut+blockedElsewhere*2 contradicted
          containedShut+filteredAsModelled containedShut+filteredAsModelled+looksClosed
          contradicted danglingTranslation*4 interfered
        rejectedByHost | changed
          unstable*12

        silent | wildcard
          filtered blockedElsewhere*2 filteredAsModelled+latent contradicted*3
          danglingTranslation*4 interfered
        silent | address,ownLoopback,namespace,elsewhere,none,unknown
          filtered blockedElsewhere*2 filteredAsModelled contradicted*3
          danglingTranslation*4 interfered
        silent | loopbackOnly
          containedShut containedShut+blockedElsewhere*2 containedShut+filteredAsModelled
          contradicted*3 danglingTranslation*4 interfered
        silent | changed
          unstable*12

        openOrFiltered | wildcard
          ambiguous*3 filteredAsModelled+latent contradicted*3 ambiguous*3
          danglingTranslation interfered
        openOrFiltered | address,ownLoopback,namespace,elsewhere,none,unknown
          ambiguous*3 filteredAsModelled contradicted*3 ambiguous*3 danglingTranslation interfered
        openOrFiltered | loopbackOnly
          ambiguous*3 containedShut+filteredAsModelled contradicted*3 ambiguous*3
          danglingTranslation interfered
        openOrFiltered | changed
          unstable*12

        rejectedOnTheWay | wildcard,address,ownLoopback,loopbackOnly,namespace,elsewhere,none,unknown
          blockedOnTheWay*12
        rejectedOnTheWay | changed
          unstable*12
        rejectedBeforeHost | wildcard,address,ownLoopback,loopbackOnly,namespace,elsewhere,none,unknown,changed
          blockedBeforeHost*12
        unreachable | wildcard,address,ownLoopback,loopbackOnly,namespace,elsewhere,none,unknown,changed
          unreachable*11 interfered
        unstable | wildcard,address,ownLoopback,loopbackOnly,namespace,elsewhere,none,unknown,changed
          unstable*11 interfered
        unstableOpen | wildcard,address,ownLoopback,loopbackOnly,namespace,elsewhere,none,unknown,changed
          openAtTimes*12
        notTested | wildcard,address,ownLoopback,loopbackOnly,namespace,elsewhere,none,unknown,changed
          notTested*12

        predicted | wildcard
          undetermined exposed*2 filteredAsModelled+latent*4 PREDICTED
        predicted | address
          undetermined exposed*2 filteredAsModelled*4 PREDICTED
        predicted | ownLoopback
          undetermined containedOpen*2 filteredAsModelled*4 PREDICTED
        predicted | loopbackOnly
          undetermined containedShut*2 containedShut+filteredAsModelled*4 PREDICTED
        predicted | namespace
          undetermined namespaceExposed*2 filteredAsModelled*4 PREDICTED
        predicted | elsewhere
          undetermined boundElsewhere*2 filteredAsModelled*4 PREDICTED
        predicted | none
          undetermined noService staleAllow filteredAsModelled*4 PREDICTED
        predicted | unknown
          undetermined listenerUndetermined*2 filteredAsModelled*4 PREDICTED
        predicted | changed
          unstable*12
        """

    private struct Cell: Hashable {
        var outside: OutsideView
        var inside: InsideView
        var effect: FirewallEffect
    }

    /// What the rules alone say where the packets are sent elsewhere; where is not known: nothing.
    private static let translated: [FirewallEffect: [Verdict]] = [
        .translates: [.undetermined], .translatesHere: [.forwarded],
        .translatesToNamespace: [.forwardedToNamespace],
        .translatesToLoopback: [.forwarded, .leaked],
        .translatesToNothing: [.danglingTranslation], .interferes: [.undetermined],
    ]

    /// The cells of the table.
    private static let cells: [Cell: [Verdict]] = {
        var cells: [Cell: [Verdict]] = [:]
        var place: (outside: OutsideView, insides: [InsideView])?
        var columns: [[Verdict]?] = []
        func finish() {
            guard let place else { return }
            #expect(columns.count == effects.count, "\(place)")
            for (column, effects) in zip(columns, effects) {
                for effect in effects {
                    for inside in place.insides {
                        let cell = Cell(outside: place.outside, inside: inside, effect: effect)
                        let verdicts = column ?? translated[effect] ?? []
                        #expect(cells.updateValue(verdicts, forKey: cell) == nil, "\(cell)")
                    }
                }
            }
            columns = []
        }
        for line in table.split(separator: "\n") where !line.isEmpty {
            if line.contains("|") {
                finish()
                let parts = line.split(separator: "|").map { $0.filter { $0 != " " } }
                place = (
                    OutsideView(rawValue: parts[0]) ?? .notTested,
                    parts[1].split(separator: ",").compactMap { InsideView(rawValue: String($0)) }
                )
                continue
            }
            for word in line.split(separator: " ") {
                if word == "PREDICTED" {
                    columns += Array(repeating: nil, count: 5)
                    continue
                }
                let parts = word.split(separator: "*")
                let names = parts[0].split(separator: "+")
                let verdicts = names.compactMap { Verdict(rawValue: String($0)) }
                #expect(verdicts.count == names.count, "\(word)")
                let count = parts.count == 2 ? Int(parts[1]) ?? 0 : 1
                columns += Array(repeating: verdicts, count: count)
            }
        }
        finish()
        return cells
    }()

    @Test func `the table has every outside with every inside and every effect`() {
        let count =
            OutsideView.allCases.count * InsideView.allCases.count * FirewallEffect.allCases.count
        #expect(Self.cells.count == count)
    }

    @Test(arguments: OutsideView.allCases)
    func `outside, inside and rules give the verdicts`(outside: OutsideView) {
        for inside in InsideView.allCases {
            for effect in FirewallEffect.allCases {
                let cell = Cell(outside: outside, inside: inside, effect: effect)
                #expect(
                    Verdict.all(outside, inside, effect) == Self.cells[cell],
                    "\(outside), \(inside), \(effect)")
            }
        }
    }

    /// What a mark makes of the verdicts of a cell; the cells that are not named stay as they are.
    private static func marked(_ cell: Cell, _ mark: ListenerMark) -> [Verdict] {
        let plain = cells[cell] ?? []
        let lets: [FirewallEffect] = [.unknown, .accepts, .acceptsByPort, .interferes]
        let isSent: (FirewallEffect) -> Bool = { effect in
            translated[effect] != nil && effect != .interferes
        }
        switch mark {
        case .none: return plain
        case .placeholder, .blindPlaceholder, .full:
            let isStalled =
                mark != .placeholder && cell.outside == .silent && cell.inside != .changed
                && [.unknown, .accepts, .acceptsByPort].contains(cell.effect)
            if isStalled { return [.stalled] }
            guard mark != .full, isSent(cell.effect) else { return plain }
            switch plain.first {
            case .forwarded, .forwardedToNamespace: return plain + [.shadowed]
            case .danglingTranslation: return plain + [.placeholder]
            default: return plain
            }
        case .neglected:
            let isTaken = [.wildcard, .address].contains(cell.inside) && cell.outside == .open
            return isTaken && lets.contains(cell.effect) ? [.neglected] : plain
        case .hidden:
            let isFound =
                cell.outside == .open && cell.inside == .none && !isSent(cell.effect)
            return isFound ? [.hidden] : plain
        case .client:
            let isQuiet = [.closed, .openOrFiltered].contains(cell.outside)
            return isQuiet && cell.inside == .changed ? [.clientSocket] : plain
        }
    }

    @Test(arguments: ListenerMark.allCases)
    func `what is special about a socket changes these verdicts and no other`(mark: ListenerMark) {
        for cell in Self.cells.keys {
            #expect(
                Verdict.all(cell.outside, cell.inside, cell.effect, mark)
                    == Self.marked(cell, mark), "\(cell)")
        }
    }

    @Test func `rules that are not known leave the verdict to the other views`() {
        for (cell, verdicts) in Self.cells where cell.effect == .unknown {
            #expect(verdicts.count == 1)
            #expect(![.filteredAsModelled, .bypassed, .contradicted].contains(verdicts[0]))
        }
    }

    @Test(
        "a refusal explains only what it looks like",
        arguments: [
            (Rejection.tcpReset, Evidence.reset, FirewallEffect.refusesLikeClosed),
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
        (.delivered, "C1s pass", "E1 fail", "E1 fail", "U9 inconclusive"),
        (.containedOpen, "C4 pass", "E1 fail", "C4 pass", "U9 inconclusive"),
        (.leaked, "E6 warn", "E6 fail", "E6 fail", "U9 inconclusive"),
        (.phantom, "E3 warn", "E3 fail", "E3 fail", "U9 inconclusive"),
        (.neglected, "A7 fail", "E1 fail", "E1 fail", "U9 inconclusive"),
        (.hidden, "E5 fail", "E5 fail", "E5 fail", "E5 fail"),
        (.namespaceExposed, "E9 warn", "E9 fail", "E9 fail", "U9 inconclusive"),
        (.allOpen, "E4 inconclusive", "E4 inconclusive", "E4 inconclusive", "E4 inconclusive"),
        (.forwardedToNamespace, "C5 pass", "E9 fail", "E9 fail", "U9 inconclusive"),
        (.stalled, "A6 fail", "A6 pass", "A6 info", "U9 inconclusive"),
        (.interfered, "U6 inconclusive", "U6 inconclusive", "U6 inconclusive", "U6 inconclusive"),
        (
            .undetermined, "U1 inconclusive", "U1 inconclusive", "U1 inconclusive",
            "U1 inconclusive"
        ),
        (
            .listenerUndetermined, "U5 inconclusive", "U5 inconclusive", "U5 inconclusive",
            "U5 inconclusive"
        ),
        (.latent, "E11 info", "E11 warn", "E11 warn", "E11 info"),
        (.shadowed, "E10 info", "E10 info", "E10 warn", "E10 info"),
        (.placeholder, "H7 info", "H7 info", "H7 info", "H7 info"),
        (.looksClosed, "H3 info", "H3 info", "H3 info", "H3 info"),
        (.familyGap, "E7 info", "E7 fail", "E7 warn", "E7 info"),
        (.sourceScoped, "E8 info", "E8 warn", "E8 warn", "E8 info"),
        (.clientSocket, "U4 inconclusive", "U4 inconclusive", "H4 info", "U9 inconclusive"),
        (.heldByKernel, "H5 info", "H5 info", "H5 info", "H5 info"),
        (.ownerless, "H5 info", "H5 warn", "H5 warn", "H5 info"),
        (.reserved, "H6 info", "H6 info", "H6 info", "H6 info"),
        (
            .boundOrHidden, "U5 inconclusive", "U5 inconclusive", "U5 inconclusive",
            "U5 inconclusive"
        ),
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
        (.blockedUpstream, "A2 fail", "A2 pass", "A2 info", "U9 inconclusive"),
        (.refusedElsewhere, "A2 fail", "A2 pass", "A2 info", "U9 inconclusive"),
        (.answerLost, "A2 fail", "A2 pass", "A2 info", "U9 inconclusive"),
        (.staleAllow, "A3 fail", "H1 warn", "H1 warn", "U9 inconclusive"),
        (.notTested, "U8 inconclusive", "U8 inconclusive", "U8 inconclusive", "U8 inconclusive"),
    ]

    @Test func `every code but that of a host comes from a verdict, and has a name of its own`() {
        let codes = Set(
            Verdict.allCases.flatMap { verdict in
                [Policy.Stance.open(Self.expectation), .undeclared, .undecided(Self.expectation)]
                    .map { Ruling(on: verdict, under: $0).code }
            })
        #expect(Set(FindingCode.allCases).subtracting(codes) == [.h2])
        #expect(Set(FindingCode.allCases.map(\.name)).count == FindingCode.allCases.count)
    }

    @Test func `codes are in the order of their numbers`() {
        #expect(
            [FindingCode.e10, .u1, .c2, .e2, .c1s, .e11, .c1, .a8].sorted()
                == [.a8, .c1, .c1s, .c2, .e2, .e10, .e11, .u1])
    }

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
            (Ruling(.a6, .fail), .open(expectation), false, .high),
            (Ruling(.a7, .fail), .open(expectation), false, .medium),
            (Ruling(.e5, .fail), .open(expectation), false, .critical),
            (Ruling(.e7, .fail), .closed(expectation), false, .high),
            (Ruling(.e8, .warn), .undeclared, false, .low),
            (Ruling(.e9, .fail), .undeclared, false, .high),
            (Ruling(.e9, .fail), .undeclared, true, .critical),
            (Ruling(.e10, .warn), .undeclared, false, .low),
            (Ruling(.e11, .warn), .undeclared, false, .medium),
            (Ruling(.h1, .warn), .undeclared, false, .medium),
            (Ruling(.h5, .warn), .undeclared, false, .medium),
            (Ruling(.h3, .info), .undeclared, false, .info),
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
