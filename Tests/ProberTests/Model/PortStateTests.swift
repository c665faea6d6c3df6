import Prober
import SystemPackage
import Testing

@Suite struct PortStateTests {
    private static let target = IPAddress.v4(0xcb00_710a)
    private static let router = IPAddress.v4(0xc633_6401)

    @Test(
        "evidence decides the state",
        arguments: [
            (Evidence.handshake, Transport.tcp, PortState.open),
            (.reset, .tcp, .closed),
            (.silence, .tcp, .filtered),
            (.silence, .udp, .openOrFiltered),
            (.icmp(ICMPError(.ipv4, type: 3, code: 3), reporter: target), .tcp, .filtered),
            (.icmp(ICMPError(.ipv4, type: 3, code: 3), reporter: target), .udp, .closed),
            (.icmp(ICMPError(.ipv4, type: 3, code: 3), reporter: router), .udp, .filtered),
            (.icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: target), .udp, .filtered),
            (.icmp(ICMPError(.ipv6, type: 1, code: 4), reporter: target), .tcp, .filtered),
            (.reply(.dns), .udp, .open), (.reply(nil), .udp, .open),
            (.localFailure(.interrupted), .tcp, .notTested),
            (.localFailure(.system(.connect, .networkUnreachable)), .udp, .notTested),
            (.localFailure(.selfConnect), .tcp, .notTested),
            (
                .localFailure(.rejectedHere(ICMPError(.ipv4, type: 3, code: 3))), .tcp,
                .notTested
            ),
        ])
    func state(of evidence: Evidence, over transport: Transport, is expected: PortState) {
        #expect(PortState(explaining: evidence, over: transport, at: Self.target) == expected)
    }

    @Test(
        "silence over UDP is open or filtered, whatever it is worth",
        arguments: [true, false], Silence.Controls.allCases)
    func silence(isExpected: Bool, controls: Silence.Controls) {
        let evidence = Evidence.unanswered(Silence(isExpected: isExpected, controls: controls))
        let state = PortState(explaining: evidence, over: .udp, at: Self.target)
        #expect(state == .openOrFiltered)
    }

    @Test(
        "what the controls did is the reason of a silence that nobody expects",
        arguments: [
            (Silence.Controls.notAsked, nil), (.answered, .controlsAnswered),
            (.silent, .controlsSilent), (.limitSpent, .limitSpent),
        ] as [(Silence.Controls, Silence.Reason?)])
    func reason(of controls: Silence.Controls, is expected: Silence.Reason?) {
        #expect(Silence(isExpected: false, controls: controls).reason == expected)
        #expect(Silence(isExpected: true, controls: controls).reason == .silenceExpected)
    }

    @Test(
        "only errors that stop the packet end an attempt",
        arguments: [
            (ICMPError(.ipv4, type: 3, code: 1), true), (ICMPError(.ipv4, type: 3, code: 4), false),
            (ICMPError(.ipv4, type: 5, code: 1), false),
            (ICMPError(.ipv4, type: 11, code: 0), true),
            (ICMPError(.ipv6, type: 2, code: 0), false), (ICMPError(.ipv6, type: 1, code: 0), true),
        ])
    func ends(_ error: ICMPError, _ expected: Bool) {
        #expect(error.endsAttempt == expected)
    }
}
