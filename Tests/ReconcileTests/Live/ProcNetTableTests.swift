import Prober
import Testing

@testable import Reconcile

/// Captured on Linux 6.18 (little-endian) with sshd on two wildcards, a backlog in use, and a
/// connection; then shortened.
@Suite struct ProcNetTableTests {
    private let tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1538 00000000:0000 0A 00000000:00000003 00:00000000 00000000   113        0 24181 1 0000000000000000 100 0 0 10 0
           1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1581 1 0000000000000000 100 0 0 10 0
           2: 020200C0:0016 010200C0:C2B6 01 00000000:00000000 02:0009AF5B 00000000     0        0 26911 2 0000000000000000 20 4 1 10 -1

        """
    private let tcp6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1592 1 0000000000000000 100 0 0 10 0
           1: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 30211 1 0000000000000000 100 0 0 10 0
           2: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 30212 1 0000000000000000 100 0 0 10 0

        """
    private let udp = """
           sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
         1432: 3500007F:0035 00000000:0000 07 00000000:00000900 00:00000000 00000000   991        0 15551 2 0000000000000000 4
         2001: 0100007F:A2C1 0100007F:0035 01 00000000:00000000 00:00000000 00000000  1000        0 15552 2 0000000000000000 0

        """

    @Test func `TCP lines in LISTEN are listeners, with what waits for accept`() {
        let table = ProcNetTable(parsing: tcp, as: SocketTable(transport: .tcp, family: .ipv4))
        #expect(table.brokenLineCount == 0)
        #expect(
            table.sockets == [
                KernelSocket(.tcp, .v4(0x7f00_0001), 5432, userID: 113, inode: 24181, waiting: 3),
                KernelSocket(.tcp, .v4(0), 22, userID: 0, inode: 1581, waiting: 0),
            ])
    }

    @Test func `IPv6 addresses are read word by word, and V6ONLY stays unknown`() {
        let table = ProcNetTable(parsing: tcp6, as: SocketTable(transport: .tcp, family: .ipv6))
        #expect(table.brokenLineCount == 0)
        #expect(
            table.sockets.map { "\($0.address)" } == [
                "::", "::ffff:127.0.0.1", "2001:db8::1",
            ])
        #expect(table.sockets.map(Listener.Family.init(of:)) == [.ipv6OrDual, .ipv4, .ipv6])
    }

    @Test func `a connected UDP socket is no listener, and bytes received are no connections`() {
        let table = ProcNetTable(parsing: udp, as: SocketTable(transport: .udp, family: .ipv4))
        #expect(table.brokenLineCount == 0)
        #expect(
            table.sockets == [
                KernelSocket(
                    .udp, .v4(0x7f00_0035), 53, userID: 991, inode: 15551, bufferUsed: 0x900,
                    dropCount: 4)
            ])
    }

    @Test(arguments: [
        "garbage", "   0: 0100007F 0:0 0A 0:0 0:0 0 0 0 1 1",
        "   0: 0100007F:10000 00000000:0000 0A 0:0 0:0 0 0 0 1 1",
        "   0: 0100007:0016 00000000:0000 0A 0:0 0:0 0 0 0 1 1",
        "   0: 01000Z7F:0016 00000000:0000 0A 0:0 0:0 0 0 0 1 1",
        "   0: 0100007F:0016 00000000:0000 0A 0:0 0:0 0 -1 0 1 1",
        "   0: 0100007F:0016 00000000:0000 0A 0:0 0:0 0 0 0 x 1",
        "   0: 0100007F:0016 00000000:0000 0A 0 0:0 0 0 0 1 1",
        "   0: 0100007F:0016 00000000:0000 0A 0:0",
    ])
    func `a line that cannot be understood is counted, never dropped in silence`(line: String) {
        let table = ProcNetTable(
            parsing: "heading\n\(line)\n", as: SocketTable(transport: .tcp, family: .ipv4))
        #expect(table.brokenLineCount == 1)
        #expect(table.sockets.isEmpty)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no text traps the parser`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let letters = Array("0123456789ABCDEFx: \n\u{e9}-")
        for _ in 0..<200 {
            let text = String(
                (0..<120).map { _ in letters.randomElement(using: &generator) ?? "0" })
            let table = ProcNetTable(
                parsing: "heading\n" + text, as: SocketTable(transport: .udp, family: .ipv4))
            #expect(
                table.brokenLineCount + table.sockets.count <= text.split(separator: "\n").count)
        }
    }
}
