import Foundation
import Glibc
import Prober
import TestSupport
import Testing

/// The emulated link of a lab does what it was asked for: benchmarks and tests of loss rest on it.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct LinkTests {
    private static let outside = IPAddress.v4(0xc633_6402)
    private static let inside = IPAddress.v4(0xcb00_710a)

    /// Which packets of a way are lost, computed apart from the link.
    private static func lost(_ count: Int, seed: UInt64, isBack: Bool, percent: Double) -> Set<Int>
    {
        var generator = SplitMix64(state: seed * 2 + (isBack ? 1 : 0))
        return Set(
            (0..<count).filter { _ in
                Double(generator.next() >> 11) * 0x1p-53 < percent / 100
            })
    }

    @Test("the seed decides which packets are lost, each way", arguments: [UInt64(1), 2])
    func loss(seed: UInt64) throws {
        let count = 30_000
        let lab = try Lab(
            link: EmulatedLink(
                seed: seed, roundTripMilliseconds: 10, lossPercent: 2, lossPercentBack: 5))
        for isBack in [false, true] {
            let traffic =
                isBack
                ? try NumberedDatagrams(lab, from: .inside, to: .outside, destination: Self.outside)
                : try NumberedDatagrams(lab, from: .outside, to: .inside, destination: Self.inside)
            try traffic.send(count)
            let arrived = traffic.receive().map(\.number)
            #expect(arrived == arrived.sorted(), "packets overtook each other")
            let percent = isBack ? 5.0 : 2
            let expected = Self.lost(count, seed: seed, isBack: isBack, percent: percent)
            #expect(Set(0..<count).subtracting(arrived) == expected)
            // Five standard deviations of a binomial distribution.
            let share = percent / 100
            let deviation = (Double(count) * share * (1 - share)).squareRoot()
            #expect(abs(Double(expected.count) - Double(count) * share) < 5 * deviation)
            let report = try lab.linkReport()
            let way = isBack ? report.back : report.there
            #expect(report.seed == seed)
            #expect(way.received == count)
            #expect(way.lost == expected.count)
            #expect(way.delivered == count - expected.count)
            #expect(way.failed == 0)
        }
    }

    @Test func `bursts are as long as asked, and lose the same share`() throws {
        let count = 60_000
        let lab = try Lab(link: EmulatedLink(seed: 4, lossPercent: 5, burst: 4))
        let traffic = try NumberedDatagrams(
            lab, from: .outside, to: .inside, destination: Self.inside)
        try traffic.send(count)
        let arrived = traffic.receive().map(\.number)
        let way = try lab.linkReport().there
        #expect(way.failed == 0)
        let lost = count - arrived.count
        #expect(way.lost == lost)
        let bursts = zip([-1] + arrived, arrived + [count]).count { $1 - $0 > 1 }
        // About 750 bursts of 4 ± 3.5: five standard errors are 0.64 of their length, and a sixth of
        // their number.
        #expect(abs(Double(lost) / Double(bursts) - 4) < 0.64)
        #expect(abs(Double(lost) / Double(count) - 0.05) < 0.05 / 6 + 0.005)
    }

    @Test("nothing comes earlier than half a round trip each way", arguments: [10.0, 40])
    func delay(milliseconds: Double) throws {
        let lab = try Lab(link: EmulatedLink(seed: 1, roundTripMilliseconds: milliseconds))
        let oneWay = try NumberedDatagrams(
            lab, from: .outside, to: .inside, destination: Self.inside)
        let back = try NumberedDatagrams(
            lab, from: .inside, to: .outside, destination: Self.outside)
        for traffic in [0, 1] {
            var delays: [Double] = []
            for _ in 0..<10 {
                let start = ContinuousClock.now
                let arrivals: [NumberedDatagrams.Arrival]
                if traffic == 0 {
                    try oneWay.send(1)
                    arrivals = oneWay.receive(silence: CInt(milliseconds) + 50)
                } else {
                    try back.send(1)
                    arrivals = back.receive(silence: CInt(milliseconds) + 50)
                }
                let arrival = try #require(arrivals.first)
                delays.append((arrival.time - start) / .milliseconds(1))
            }
            // The stamp of the kernel and the clock of the test differ in their last digits.
            #expect(delays.allSatisfy { $0 > milliseconds / 2 - 0.01 }, "\(delays)")
            // Whatever else this machine does, one of ten is not held up.
            #expect(delays.contains { $0 < milliseconds / 2 + 5 }, "\(delays)")
        }
    }

    @Test func `the rate holds, and a full queue takes no more`() throws {
        let (count, rate, queue) = (2000, 1000, 100)
        let lab = try Lab(link: EmulatedLink(seed: 1, packetRate: rate, queue: queue))
        let traffic = try NumberedDatagrams(
            lab, from: .outside, to: .inside, destination: Self.inside)
        let start = ContinuousClock.now
        try traffic.send(count)
        let sending = (ContinuousClock.now - start) / .seconds(1)
        let arrived = traffic.receive()
        let way = try lab.linkReport().there
        #expect(way.failed == 0)
        #expect(way.delivered == arrived.count)
        #expect(way.delivered + way.queueFull == count)
        // The first fill the queue, and all of them arrive.
        #expect(arrived.prefix(queue).map(\.number) == Array(0..<queue))
        #expect(arrived.count <= queue + 1 + Int(sending * Double(rate)))
        let last = try #require(arrived.last)
        let least = Double(arrived.count) / Double(rate)
        #expect((last.time - start) / .seconds(1) >= least - 0.001)
    }

    @Test("what passes is unchanged", arguments: ["203.0.113.10", "2001:db8:b::10"])
    func fidelity(address: String) throws {
        let lab = try Lab(link: EmulatedLink(seed: 1, roundTripMilliseconds: 4))
        let destination = try #require(IPAddress(address))
        let traffic = try NumberedDatagrams(
            lab, from: .outside, to: .inside, destination: destination)
        // Up to the MTU, and more than it: fragments.
        for byteCount in [8, 9, 100, 1440, 1452, 1472, 2000] {
            try traffic.send(1, byteCount: byteCount)
        }
        #expect(traffic.receive().map(\.byteCount) == [8, 9, 100, 1440, 1452, 1472, 2000])
        // Long segments of a stream, which the devices of a cable would pass on whole.
        let server = try lab.command(
            on: .inside,
            ["python3", "-c", Self.server, address]
        ).start()
        #expect(server.firstLine() == "ready")
        let client = try lab.run(on: .outside, ["python3", "-c", Self.client, address])
        #expect(client.output == "1000000 bytes, all the same\n", "\(client.errors)")
        server.finish().expectSuccess()
        let report = try lab.linkReport()
        #expect(report.there.failed + report.back.failed == 0)
        #expect(report.back.received > 600, "whole segments instead of packets")
    }

    private static let server = """
        import socket, sys
        family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
        listener = socket.create_server((sys.argv[1], 80), family=family)
        listener.settimeout(10)
        print("ready", flush=True)
        peer, _ = listener.accept()
        peer.sendall(b"\\x5a" * 1000000)
        """
    private static let client = """
        import socket, sys
        server, count, same = socket.create_connection((sys.argv[1], 80), 10), 0, True
        while part := server.recv(65536):
            count, same = count + len(part), same and part.count(b"\\x5a") == len(part)
        print(count, "bytes, all the same" if same else "bytes, changed")
        """

    @Test func `the link ends with its lab`() throws {
        var lab: Lab? = try Lab(link: EmulatedLink(seed: 1))
        let name = try #require(lab?.name)
        let words = try Command(["ip", "netns", "pids", "\(name)-link"]).run().output
        let process = try #require(pid_t(words.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(process, 0) == 0)
        lab = nil
        #expect(kill(process, 0) == -1)
        #expect(!FileManager.default.fileExists(atPath: "/run/netns/\(name)-link"))
        #expect(!FileManager.default.fileExists(atPath: "/run/prober-lab/\(name)"))
    }

    @Test(
        "flags that make no sense make no lab",
        arguments: [
            ["--rtt", "40"], ["--rtt", "-1ms"], ["--rtt", "nanms"], ["--rtt"], ["--loss", "2"],
            ["--loss", "101%"], ["--loss-burst", "0.5"], ["--rate", "10"], ["--rate", "0pps"],
            ["--queue", "0"], ["--queue", "1.5"], ["--seed", "-1"], ["--speed", "1"],
        ])
    func refusal(flags: [String]) throws {
        let name = "r\(getpid())"
        let outcome = try Command([Lab.script, "up", name] + flags).run()
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(flags[0]))
        #expect(!FileManager.default.fileExists(atPath: "/run/netns/\(name)-edge"))
    }

    @Test func `netem is told the same`() throws {
        let lab = try Lab(link: EmulatedLink(seed: 1))
        let program = Lab.root.appending(path: ".build/lab-link").path
        let words: KeyValuePairs<[String], [String]> = [
            ["--rtt", "40ms"]: ["delay 20000us limit 1000000", "delay 20000us limit 1000000"],
            ["--rtt", "1s", "--loss", "2%", "--loss-back", "1%"]: [
                "delay 500000us limit 1000000 loss 2%", "delay 500000us limit 1000000 loss 1%",
            ],
            ["--loss", "20%", "--loss-burst", "5"]: [
                "delay 0us limit 1000000 loss gemodel 5% 20%", "delay 0us limit 1000000",
            ],
            ["--rtt", "96ms", "--rate", "10mbit", "--queue", "50"]: [
                "delay 48000us limit 1050 rate 10000000bit",
                "delay 48000us limit 1050 rate 10000000bit",
            ],
            // What it cannot do.
            ["--rate", "100pps"]: [], ["--seed", "1"]: [],
        ]
        for (flags, lines) in words {
            let outcome = try Command([program, "netem"] + flags).run()
            #expect(outcome.output.split(separator: "\n").map(String.init) == lines)
            #expect((outcome.status == 0) == !lines.isEmpty)
            for line in lines {
                let accepted = try lab.run(
                    on: .edge,
                    ["tc", "qdisc", "replace", "dev", "lo", "root", "netem"]
                        + line.split(separator: " ").map(String.init))
                // tc reads the words before it asks the kernel.
                let isAccepted =
                    accepted.status == 0 || accepted.errors.contains("qdisc kind is unknown")
                #expect(isAccepted, "\(line): \(accepted.errors)")
            }
        }
    }
}
