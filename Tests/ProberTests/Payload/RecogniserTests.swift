import Prober
import Testing

@Suite struct RecogniserTests {
    @Test("a genuine reply is valid", arguments: ReplyExample.all)
    func genuine(_ example: ReplyExample) {
        #expect(example.request.match(example.bytes) == .valid)
    }

    @Test(
        "a genuine reply to another request has the wrong token",
        arguments: ReplyExample.all.filter(\.repeatsToken))
    func wrongToken(_ example: ReplyExample) {
        let other = RequestToken(~0x4e50_5301_0203_0405, ~0x0504_0302_0153_504e, 3, 4)
        #expect(example.request.match(example.bytes, other) == .wrongToken)
    }

    @Test(
        "a reply cut short is no trap, and nothing is left of it in the end",
        arguments: ReplyExample.all)
    func cut(_ example: ReplyExample) {
        let matches = example.bytes.indices.map { count in
            example.request.match(Array(example.bytes.prefix(count)))
        }
        #expect(matches.prefix(4).allSatisfy { $0 == .unrecognised })
    }

    @Test("a changed reply is no trap for any request", arguments: ReplyExample.all)
    func changed(_ example: ReplyExample) {
        var generator = SplitMix64(state: UInt64(example.bytes.count))
        var valid = 0
        for _ in 0..<200 {
            var bytes = example.bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            valid += example.request.match(bytes) == .valid ? 1 : 0
        }
        // Many changes do not matter, but not all.
        #expect(valid < 200)
    }

    @Test("random bytes are a valid reply to nothing", arguments: [1, 2])
    func random(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        // Any four bytes are a time, so its service cannot know better than to look at the year.
        let requests = PayloadTable.allRequests.filter { $0.service != .time }
        for round in 0..<5000 {
            let count = Int.random(in: 0...(round % 50 == 0 ? 1500 : 80), using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for request in requests where request.match(bytes) == .valid {
                Issue.record("\(request.service), \(request.question): \(bytes)")
            }
        }
    }

    @Test("no request is taken for a reply to itself", arguments: PayloadTable.entries)
    func reflected(_ entry: PayloadTable.Entry) {
        // An echo service on another port, or a host that sends all back, is not the service.
        for request in entry.requests where entry.service != .echo {
            #expect(request.match(request.bytes()) != .valid, "\(request.question)")
        }
    }

    @Test(
        "a reply is of one protocol only, or of one that is built alike",
        arguments: ReplyExample.all)
    func onlyOne(_ example: ReplyExample) {
        // Any text may be that of a service whose text is free.
        let free: Set<DatagramService> = [.systat, .daytime, .qotd, .chargen]
        let alike: [Set<DatagramService>] = [
            [.dns, .mdns, .llmnr, .netbiosNames], [.rpcbind, .nfs], [example.request.service],
        ]
        let family = alike.first { $0.contains(example.request.service) }
        let services = PayloadTable.allRequests.filter { $0.match(example.bytes) == .valid }
        #expect(Set(services.map(\.service)).subtracting(free).isSubset(of: family ?? []))
    }

    @Test(
        "a time is of four bytes, or of eight as GNU inetutils sends it, and of this century",
        arguments: [
            ("ed4d1234", true), ("ed4d123400000000", true), ("ed4d123400000001", false),
            ("ed4d1234 00", false), ("ed4d12", false), ("83aa7e80", false), ("00001234", true),
        ])
    func time(_ digits: String, _ isValid: Bool) throws {
        let request = try #require(PayloadTable.requests(of: .time).first)
        #expect((request.match(Array(hex: digits)) == .valid) == isValid)
    }
}
