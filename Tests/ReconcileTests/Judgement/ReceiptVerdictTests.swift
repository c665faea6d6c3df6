import Prober
import Testing

@testable import Reconcile

/// What receipts make of the verdicts of every combination of the other views.
@Suite struct ReceiptVerdictTests {
    private struct Views {
        var outside: OutsideView
        var inside: InsideView
        var effect: FirewallEffect
        var mark: ListenerMark
    }

    private static let all: [Views] = OutsideView.allCases.flatMap { outside in
        InsideView.allCases.flatMap { inside in
            FirewallEffect.allCases.flatMap { effect in
                ListenerMark.allCases.map {
                    Views(outside: outside, inside: inside, effect: effect, mark: $0)
                }
            }
        }
    }

    private static func verdicts(_ views: Views, _ receipt: ReceiptView = .unknown) -> [Verdict] {
        Verdict.all(views.outside, views.inside, views.effect, views.mark, receipt)
    }

    private static func results(_ verdict: Verdict) -> [FindingResult] {
        let expectation = Expectation(isOpen: true, ports: PortSpec())
        return [.open(expectation), .closed(expectation), .undeclared].map {
            Ruling(on: verdict, under: $0).result
        }
    }

    @Test(arguments: [ReceiptView.unknown, .disputed])
    func `without a receipt that tells something the other views decide alone`(receipt: ReceiptView)
    {
        for views in Self.all {
            #expect(Self.verdicts(views, receipt) == Self.verdicts(views), "\(views)")
            #expect(
                Verdict.settled(views.outside, views.inside, views.effect, views.mark, receipt)
                    == nil)
        }
    }

    @Test(arguments: ReceiptView.allCases)
    func `no receipt settles what holds not still or was not tested`(receipt: ReceiptView) {
        let untested: Set<OutsideView> = [.notTested, .unstable, .unstableOpen, .openAmongAll]
        for views in Self.all {
            guard
                untested.contains(views.outside) || views.inside == .changed
                    || views.effect == .interferes || views.outside == .predicted
            else { continue }
            #expect(Self.verdicts(views, receipt) == Self.verdicts(views), "\(views)")
        }
    }

    @Test(arguments: ReceiptView.allCases)
    func `an address without a sign of life passes by no receipt`(receipt: ReceiptView) {
        for views in Self.all where views.outside == .unreachable {
            let verdict = Self.verdicts(views, receipt)[0]
            #expect(!Self.results(verdict).contains(.pass), "\(views)")
        }
    }

    @Test(
        "what became of datagrams is never ambiguous",
        arguments: [
            ReceiptView.neverArrived, .answered, .refused, .stopped, .noPort, .delivered,
            .queueFull,
        ])
    func settled(by receipt: ReceiptView) {
        for views in Self.all where views.outside == .openOrFiltered {
            #expect(!Self.verdicts(views, receipt).contains(.ambiguous), "\(views)")
        }
    }

    @Test(arguments: [ReceiptView.delivered, .queueFull, .answered])
    func `datagrams that reach a socket count as reachable`(receipt: ReceiptView) {
        for views in Self.all
        where views.outside == .openOrFiltered && views.inside != .changed
            && views.effect != .interferes
        {
            let verdict = Self.verdicts(views, receipt)[0]
            #expect(verdict.reach == .open || verdict == .containedOpen, "\(views): \(verdict)")
            #expect(!Self.results(verdict)[1...].contains(.pass) || verdict == .containedOpen)
        }
    }

    @Test(arguments: ReceiptView.allCases)
    func `an open port passes as closed by no receipt`(receipt: ReceiptView) {
        for views in Self.all where views.outside == .open {
            let without = Self.results(Self.verdicts(views)[0])
            let with = Self.results(Self.verdicts(views, receipt)[0])
            #expect(with[1] == without[1], "\(views)")
            #expect(with[2] == without[2] || with[2] == .fail, "\(views)")
            // What the host did not answer is no more than a warning where it was meant.
            #expect(with[0] == without[0] || with[0] == .warn, "\(views)")
        }
    }

    @Test(arguments: ReceiptView.allCases)
    func `the first verdict is of the endpoint, and none is said twice`(receipt: ReceiptView) {
        for views in Self.all {
            let verdicts = Self.verdicts(views, receipt)
            #expect(!verdicts.isEmpty && Set(verdicts).count == verdicts.count, "\(views)")
        }
    }

    /// Combinations of outside, inside and rules with every receipt that changes their verdicts:
    /// `*` stands for every receipt that is not named.
    private static let rows: [(OutsideView, InsideView, FirewallEffect, String)] = [
        (
            .openOrFiltered, .wildcard, .accepts,
            """
            neverArrived:blockedUpstream stopped:contradicted noPort:refusedDespiteListener
            refused:refusedDespiteListener delivered:delivered queueFull:delivered+stalled
            answered:delivered+answerLost *:ambiguous
            """
        ),
        (
            .openOrFiltered, .none, .accepts,
            """
            neverArrived:blockedUpstream stopped:contradicted noPort:noService refused:noService
            arrived:noService ignored:noService delivered:phantom queueFull:phantom+stalled
            answered:phantom+answerLost *:ambiguous
            """
        ),
        (
            .openOrFiltered, .none, .unknown,
            """
            neverArrived:blockedUpstream stopped:filteredAsModelled noPort:noService
            refused:noService delivered:phantom queueFull:phantom+stalled
            answered:phantom+answerLost *:ambiguous
            """
        ),
        (
            .openOrFiltered, .none, .acceptsByPort,
            """
            neverArrived:blockedUpstream stopped:contradicted noPort:staleAllow refused:staleAllow
            arrived:staleAllow ignored:staleAllow delivered:phantom queueFull:phantom+stalled
            answered:phantom+answerLost *:ambiguous
            """
        ),
        (
            .openOrFiltered, .loopbackOnly, .accepts,
            """
            neverArrived:containedShut+blockedUpstream stopped:contradicted noPort:containedShut
            refused:containedShut arrived:containedShut ignored:containedShut delivered:leaked
            queueFull:leaked+stalled answered:leaked+answerLost *:ambiguous
            """
        ),
        (
            .openOrFiltered, .unknown, .unknown,
            """
            neverArrived:blockedUpstream stopped:filteredAsModelled noPort:noService
            refused:refusedUnattributed delivered:openUnattributed
            queueFull:openUnattributed+stalled answered:openUnattributed+answerLost *:ambiguous
            """
        ),
        (
            .openOrFiltered, .wildcard, .drops,
            """
            neverArrived:blockedUpstream noPort:contradicted refused:contradicted
            delivered:bypassed queueFull:bypassed+stalled answered:bypassed+answerLost
            *:filteredAsModelled+latent
            """
        ),
        (
            .openOrFiltered, .none, .refusesOtherwise,
            """
            neverArrived:blockedUpstream stopped:filteredAsModelled refused:filteredAsModelled
            delivered:phantom+bypassed queueFull:phantom+bypassed+stalled
            answered:phantom+bypassed+answerLost *:contradicted
            """
        ),
        (
            .openOrFiltered, .none, .translatesToNamespace,
            """
            neverArrived:blockedUpstream stopped:danglingTranslation noPort:danglingTranslation
            refused:danglingTranslation delivered:forwardedToNamespace
            queueFull:forwardedToNamespace+stalled answered:forwardedToNamespace+answerLost
            *:ambiguous
            """
        ),
        (
            .silent, .wildcard, .accepts,
            """
            neverArrived:blockedUpstream stopped:contradicted noPort:refusedDespiteListener
            refused:refusedDespiteListener queueFull:stalled answered:answerLost
            *:blockedElsewhere
            """
        ),
        (
            .silent, .wildcard, .unknown,
            """
            neverArrived:blockedUpstream stopped:filteredAsModelled+latent
            noPort:refusedDespiteListener refused:refusedDespiteListener queueFull:stalled
            answered:answerLost delivered:blockedElsewhere *:filtered
            """
        ),
        (
            .silent, .none, .accepts,
            """
            neverArrived:blockedUpstream stopped:contradicted noPort:noService refused:noService
            answered:answerLost *:blockedElsewhere
            """
        ),
        (
            .silent, .loopbackOnly, .drops,
            """
            neverArrived:containedShut+blockedUpstream noPort:contradicted refused:contradicted
            delivered:contradicted queueFull:contradicted answered:contradicted
            *:containedShut+filteredAsModelled
            """
        ),
        (
            .silent, .address, .refusesOtherwise,
            """
            neverArrived:blockedUpstream stopped:filteredAsModelled refused:filteredAsModelled
            *:contradicted
            """
        ),
        (
            .open, .none, .unknown, "*:phantom"
        ),
        (
            .open, .none, .drops,
            "answered:phantom+bypassed delivered:phantom+bypassed queueFull:phantom+bypassed *:phantom"
        ),
        (
            .open, .wildcard, .accepts,
            """
            neverArrived:phantom ignored:phantom refused:phantom stopped:phantom noPort:phantom
            *:exposed
            """
        ),
        (
            .open, .wildcard, .drops,
            """
            neverArrived:phantom ignored:phantom refused:phantom stopped:phantom noPort:phantom
            *:bypassed
            """
        ),
        (.open, .ownLoopback, .accepts, "*:containedOpen"),
        (
            .closed, .wildcard, .accepts,
            """
            neverArrived:refusedElsewhere ignored:refusedElsewhere answered:refusedElsewhere
            stopped:contradicted *:refusedDespiteListener
            """
        ),
        (
            .closed, .none, .drops,
            """
            neverArrived:refusedElsewhere ignored:refusedElsewhere
            stopped:filteredAsModelled+refusedElsewhere *:contradicted
            """
        ),
        (
            .closed, .none, .refusesLikeClosed,
            """
            neverArrived:refusedElsewhere ignored:refusedElsewhere noPort:contradicted
            delivered:contradicted queueFull:contradicted answered:contradicted
            *:filteredAsModelled+looksClosed
            """
        ),
        (
            .closed, .unknown, .unknown,
            """
            neverArrived:refusedElsewhere ignored:refusedElsewhere answered:refusedElsewhere
            stopped:filteredAsModelled noPort:noService *:refusedUnattributed
            """
        ),
        (
            .rejectedByHost, .wildcard, .accepts,
            """
            neverArrived:refusedElsewhere ignored:refusedElsewhere answered:refusedElsewhere
            stopped:contradicted *:blockedElsewhere
            """
        ),
        (
            .rejectedByHost, .none, .unknown,
            """
            neverArrived:refusedElsewhere ignored:refusedElsewhere answered:refusedElsewhere
            stopped:filteredAsModelled *:filtered
            """
        ),
        (
            .unreachable, .wildcard, .accepts,
            "neverArrived:blockedBeforeHost answered:blockedBeforeHost *:unreachable"
        ),
    ]

    @Test("a row of the table", arguments: rows)
    func row(
        outside: OutsideView, inside: InsideView, effect: FirewallEffect, cells: String
    ) throws {
        var expected: [String: [Verdict]] = [:]
        for word in cells.split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: ":").map(String.init)
            #expect(parts[0] == "*" || ReceiptView(rawValue: parts[0]) != nil, "\(word)")
            expected[parts[0]] = try parts[1].split(separator: "+").map { name in
                try #require(Verdict(rawValue: String(name)))
            }
        }
        for receipt in ReceiptView.allCases {
            #expect(
                Verdict.all(outside, inside, effect, .none, receipt)
                    == expected[receipt.rawValue] ?? expected["*"], "\(receipt)")
        }
    }

    @Test(
        "where rules send packets to nothing, a placeholder is said beside it",
        arguments: [ReceiptView.stopped, .noPort, .refused])
    func placeholder(receipt: ReceiptView) {
        #expect(
            Verdict.all(.openOrFiltered, .wildcard, .translates, .placeholder, receipt)
                == [.danglingTranslation, .placeholder])
    }

    @Test(
        "a host that is seen by its receipts alone",
        arguments: [
            (ReceiptView.stopped, Transport.tcp, OutsideView.silent),
            (.ignored, .tcp, .silent), (.stopped, .udp, .openOrFiltered),
            (.noPort, .udp, .openOrFiltered), (.answered, .udp, .openOrFiltered),
            (.answered, .tcp, .unreachable), (.neverArrived, .udp, .unreachable),
            (.arrived, .tcp, .unreachable), (.disputed, .udp, .unreachable),
            (.unknown, .tcp, .unreachable),
        ])
    func taking(receipt: ReceiptView, transport: Transport, view: OutsideView) {
        #expect(OutsideView.unreachable.taking(receipt, over: transport) == view)
        for other in OutsideView.allCases where other != .unreachable {
            #expect(other.taking(receipt, over: transport) == other)
        }
    }
}
