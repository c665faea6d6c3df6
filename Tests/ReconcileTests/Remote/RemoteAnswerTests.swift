import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// What a host wrote for the script, however little it kept to it.
@Suite struct RemoteAnswerTests {
    private static let marker = "prober-1-2"

    private func answer(_ text: String) -> RemoteAnswer {
        RemoteAnswer(Array(text.utf8), marker: Self.marker)
    }

    private static let linux = """
        Welcome to web1!
        prober-1-2 begin uname -s
        Linux

        prober-1-2 end 0
        prober-1-2 begin uname -n
        web1

        prober-1-2 end 0
        prober-1-2 begin id
        uid=1000(kim) gid=1000(kim) groups=1000(kim)

        prober-1-2 end 0
        prober-1-2 begin ss -tulpne
        Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
        udp   UNCONN 0      0            0.0.0.0:53        0.0.0.0:*    users:(("named",pid=41,fd=4)) ino:12 sk:1
        tcp   LISTEN 0      128             [::]:22           [::]:*    ino:13 sk:2 v6only:1

        prober-1-2 end 0
        prober-1-2 begin ps -eo pid,user:32,args
            PID USER                             COMMAND
             41 bind                             /usr/sbin/named -f

        prober-1-2 end 0
        prober-1-2 begin ip -o addr
        2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0

        prober-1-2 end 0
        prober-1-2 begin settings a b
        net/ipv4/icmp_ratelimit = 1000
        net/ipv4/ip_local_port_range = 32768\t60999
        net/ipv4/other = 1

        prober-1-2 end 0
        prober-1-2 over

        """

    @Test func `a whole answer becomes a report`() throws {
        let answer = answer(Self.linux)
        #expect(answer.isOver)
        #expect(answer.system == "Linux")
        let names = ServiceNames(host: ServiceEntries(), machine: ServiceEntries())
        let report = try #require(answer.report(from: "kim@web1", now: .now, names))
        #expect(report.hostname == "web1")
        #expect(report.listeners.map(\.port) == [22, 53])
        #expect(report.listeners.map(\.family) == [.ipv6, .ipv4])
        #expect(report.listeners[1].owners.map(\.user) == ["bind"])
        #expect(report.addresses.map(\.prefixLength) == [24])
        #expect(
            report.sysctls == [.icmpRateLimit: "1000", .ephemeralPorts: "32768 60999"])
        let gaps = report.coverage.filter { $0.subject == .owners }.map(\.reason)
        #expect(gaps.contains { $0.contains("not root there (uid 1000)") })
        #expect(!report.coverage.contains { $0.subject == .addresses })
    }

    @Test func `root's report has no gap for other users`() throws {
        let answer = answer(Self.linux.replacing("uid=1000(kim)", with: "uid=0(root)"))
        let names = ServiceNames(host: ServiceEntries(), machine: ServiceEntries())
        let report = try #require(answer.report(from: "root@web1", now: .now, names))
        #expect(!report.coverage.contains { $0.reason.contains("not root") })
    }

    @Test func `without a table of sockets there is no report`() {
        let text = Self.linux.replacing("ss -tulpne", with: "uname -x")
        let names = ServiceNames(host: ServiceEntries(), machine: ServiceEntries())
        #expect(answer(text).report(from: "web1", now: .now, names) == nil)
    }

    @Test(
        "parts are what stands between the marks",
        arguments: [
            ("", 0, false), ("prober-1-2 over", 0, true), ("prober-1-2 over\nrest", 0, true),
            ("prober-1-2 begin", 1, false), ("prober-1-2", 0, false),
            ("prober-1-2 \n", 0, false), ("prober-1-2 end 0\nprober-1-2 over\n", 0, true),
            ("x prober-1-2 begin a\n", 0, false), ("prober-1-3 begin a\n", 0, false),
            (
                "prober-1-2 begin a\nprober-1-2 begin b\nprober-1-2 end 1\nprober-1-2 end 2\n", 2,
                false
            ),
            ("prober-1-2 begin \u{1b}[2J\u{0}\r\nprober-1-2 over\r\n", 1, true),
        ])
    func parts(of text: String, count: Int, isOver: Bool) {
        let answer = answer(text)
        #expect(answer.parts.count == count)
        #expect(answer.isOver == isOver)
    }

    @Test func `a part keeps its bytes, and only the script's own empty line is left out`() {
        let bytes =
            Array("\(Self.marker) begin a\n".utf8) + [0xff, 0, 0x0a, 0x0a]
            + Array("\(Self.marker) end 3\n".utf8)
        let answer = RemoteAnswer(bytes, marker: Self.marker)
        #expect(answer.parts == [.init(command: "a", output: [0xff, 0, 0x0a], status: 3)])
    }

    @Test func `a host that never stops beginning parts is not over`() {
        let flood = String(repeating: "prober-1-2 begin a\n", count: 100_000) + "prober-1-2 over\n"
        let answer = answer(flood)
        #expect(answer.parts.count == RemoteAnswer.partLimit)
        #expect(!answer.isOver)
    }

    @Test("no bytes trap", arguments: 0..<200 as Range<UInt64>)
    func mutated(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        var bytes = Array(Self.linux.utf8)
        for _ in 0..<Int.random(in: 1...40, using: &generator) {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(contentsOf: Array("\nprober-1-2 begin ".utf8), at: index)
            case _: bytes.removeSubrange(index..<min(index + 30, bytes.count))
            }
        }
        let answer = RemoteAnswer(bytes, marker: Self.marker)
        let names = ServiceNames(host: ServiceEntries(), machine: ServiceEntries())
        let report = answer.report(from: "web1", now: .now, names)
        #expect(answer.parts.count <= RemoteAnswer.partLimit)
        #expect(report?.sources.first?.kind ?? "ssh" == "ssh")
    }
}
