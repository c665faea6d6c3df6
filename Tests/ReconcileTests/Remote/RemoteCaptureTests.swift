import Prober
import Testing

@testable import Reconcile

/// What a remote host says of itself and its capture.
@Suite struct RemoteCaptureTests {
    private static let marker = "prober-1"

    private func words(_ text: String) -> RemoteCaptureWords {
        RemoteCaptureWords(Array(text.utf8), marker: Self.marker)
    }

    @Test func `the host's words are told from those of its programs`() {
        let words = words(
            """
            Welcome. 9 packets are free.
            prober-1 name web1
            prober-1 boot 92d38f16
            prober-1 address 2: eth0    inet 203.0.113.10/24 scope global eth0
            prober-1 address 2: eth0    inet6 2001:db8:b::10/64 scope global
            prober-1 time 1764000000
            tcpdump: listening on any, link-type LINUX_SLL2
            11 packets captured
            12 packets received by filter
            3 packets dropped by kernel

            """)
        #expect(words.name == "web1")
        #expect(words.boot == "92d38f16")
        #expect(words.seconds == 1_764_000_000)
        #expect(words.addresses.map(\.address) == ["203.0.113.10", "2001:db8:b::10"])
        #expect(words.dropped == 3)
        #expect(!words.hasNoTcpdump)
    }

    @Test(
        "what a host does not say is not known",
        arguments: [
            "", "prober-1 time", "prober-1 time soon", "prober-1 time -5",
            "prober-1 time 99999999999999999999", "prober-2 time 5", "packets dropped by kernel",
            "-1 packets dropped by kernel", "\u{0}prober-1 boot x",
        ])
    func unknown(text: String) {
        let words = words(text)
        #expect(words.seconds == nil)
        #expect(words.dropped == nil)
        #expect(words.boot == nil)
        #expect(words.addresses.isEmpty)
    }

    @Test func `a host without tcpdump says so`() {
        #expect(words("prober-1 none\n").hasNoTcpdump)
        #expect(words("sh: permission denied\n").message == "sh: permission denied")
    }

    @Test(
        "an interface that a shell would read otherwise is refused",
        arguments: [
            ("any", true), ("eth0.5@x", true), ("-w", false), ("a b", false), ("a'b", false),
            ("", false), ("a\nb", false), ("größe", false),
        ])
    func safety(of interface: String, is expected: Bool) {
        #expect(RemoteCaptureScript.isSafe(interface) == expected)
    }

    @Test func `the filter stands between single quotes`() {
        let ports = PortSpec(tcp: .all, udp: .all)
        let filter = ArrivalFilter(sources: nil, ports: ports).description
        #expect(!filter.contains("'"))
        let script = RemoteCaptureScript(interface: "any", filter: filter, seconds: 9).text
        #expect(script.contains("-w - '\(filter)'"))
        #expect(script.contains("timeout 9"))
        #expect(script.utf8.count < 4096)
    }
}
