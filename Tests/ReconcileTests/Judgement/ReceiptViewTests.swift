import Prober
import Testing

@testable import Reconcile

@Suite struct ReceiptViewTests {
    typealias Account = Receipt.Account

    static let rule = RuleReference(
        family: .inet, table: "filter", chain: "input", place: .handle(7),
        text: "udp dport 514 counter drop")

    private static let accounts: [Account] =
        [.neverArrived, .arrived, .stopped(rule), .noPort, .delivered, .queueFull]
        .flatMap { fate in
            [nil, .nothing, .handshake, .reset, .datagram, .icmpError].map {
                Account(fate, answer: $0)
            }
        }

    @Test(
        "one receipt",
        arguments: [
            ([], .unknown), ([Account(.neverArrived)], .neverArrived),
            ([Account(.neverArrived, answer: .reset)], .disputed),
            ([Account(.arrived)], .arrived), ([Account(.arrived, answer: .nothing)], .ignored),
            ([Account(.arrived, answer: .handshake)], .answered),
            ([Account(.arrived, answer: .datagram)], .answered),
            ([Account(.arrived, answer: .reset)], .refused),
            ([Account(.arrived, answer: .icmpError)], .refused),
            ([Account(.stopped(rule))], .stopped),
            ([Account(.stopped(rule), answer: .icmpError)], .stopped),
            ([Account(.stopped(rule), answer: .handshake)], .disputed),
            ([Account(.noPort)], .noPort), ([Account(.noPort, answer: .nothing)], .noPort),
            ([Account(.noPort, answer: .datagram)], .disputed),
            ([Account(.delivered)], .delivered),
            ([Account(.delivered, answer: .datagram)], .answered),
            ([Account(.queueFull, answer: .nothing)], .queueFull),
        ] as [([Account], ReceiptView)])
    func view(of accounts: [Account], is expected: ReceiptView) {
        #expect(ReceiptView(accounts) == expected)
    }

    @Test(
        "a capture and counters say more together",
        arguments: [
            (Account(.arrived), Account(.delivered), ReceiptView.delivered),
            (Account(.arrived, answer: .nothing), Account(.noPort), .noPort),
            (Account(.arrived, answer: .icmpError), Account(.noPort), .noPort),
            (Account(.arrived, answer: .nothing), Account(.stopped(rule)), .stopped),
            (Account(.arrived, answer: .datagram), Account(.delivered), .answered),
            (Account(.queueFull), Account(.delivered), .queueFull),
            (Account(.neverArrived), Account(.arrived), .disputed),
            (Account(.neverArrived), Account(.noPort), .disputed),
            (Account(.stopped(rule)), Account(.noPort), .disputed),
            (Account(.arrived, answer: .datagram), Account(.noPort), .disputed),
        ])
    func views(of one: Account, and other: Account, are expected: ReceiptView) {
        #expect(ReceiptView([one, other]) == expected)
    }

    @Test func `the order of receipts does not matter, and a dispute stays one`() {
        for one in Self.accounts {
            for other in Self.accounts {
                let view = ReceiptView([one, other])
                #expect(view == ReceiptView([other, one]))
                #expect(ReceiptView([one, other, one]) == view)
                for third in Self.accounts where view == .disputed {
                    #expect(ReceiptView([one, other, third]) == .disputed)
                }
            }
        }
    }
}
