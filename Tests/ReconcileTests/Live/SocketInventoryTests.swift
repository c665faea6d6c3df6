import Prober
import SystemPackage
import Testing

@testable import Reconcile

@Suite struct SocketInventoryTests {
    private let ssh = KernelSocket(
        .tcp, .v4(0), 22, userID: 0, inode: 7, interfaceIndex: 0, waiting: 0, backlog: 128)

    /// A reading of `table` in which both sources have the sockets of it.
    private func reading(
        _ table: SocketTable, diagnosis: [KernelSocket], proc: [KernelSocket],
        isInterrupted: Bool = false
    ) -> SocketInventory.Reading {
        let mine = { (socket: KernelSocket) in
            socket.transport == table.transport && socket.address.family == table.family
        }
        return SocketInventory.Reading(
            diagnosis: .success(
                SocketDiagnosis(
                    sockets: diagnosis.filter(mine), isInterrupted: isInterrupted)),
            proc: .success(ProcNetTable(parsing: text(proc.filter(mine)), as: table)))
    }

    /// IPv4 sockets as `/proc/net` writes them on a little-endian machine.
    private func text(_ sockets: [KernelSocket]) -> String {
        func hexadecimal(_ number: some BinaryInteger, _ width: Int) -> String {
            let digits = String(number, radix: 16, uppercase: true)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        return "heading\n"
            + sockets.map { socket in
                let address = UInt32(truncatingIfNeeded: socket.address.number).bigEndian
                return "0: \(hexadecimal(address, 8)):\(hexadecimal(socket.port, 4)) 00000000:0000 "
                    + "\(socket.transport == .tcp ? "0A" : "07") 0:0 0:0 0 \(socket.userID) 0 "
                    + "\(socket.inode) 1\n"
            }.joined()
    }

    @Test func `what both sources list is taken from sock_diag, without a gap`() throws {
        let inventory = try SocketInventory.collect {
            reading($0, diagnosis: [ssh], proc: [ssh])
        }
        #expect(inventory.sockets == [ssh])
        #expect(inventory.gaps.isEmpty)
        #expect(inventory.sources.count == 8)
    }

    @Test func `a socket that came between the two readings is no disagreement`() throws {
        var count = 0
        let inventory = try SocketInventory.collect { table in
            guard table == SocketTable.all[0] else {
                return reading(table, diagnosis: [], proc: [])
            }
            count += 1
            return reading(table, diagnosis: count == 1 ? [] : [ssh], proc: [ssh])
        }
        #expect(count == 2)
        #expect(inventory.sockets == [ssh])
        #expect(inventory.gaps.isEmpty)
    }

    @Test func `sockets that keep changing are no disagreement either`() throws {
        var inode: UInt64 = 100
        let inventory = try SocketInventory.collect { table in
            inode += 1
            let client = KernelSocket(.udp, .v4(0), 40_000, userID: 0, inode: inode)
            return reading(table, diagnosis: [client], proc: [])
        }
        #expect(inventory.gaps.isEmpty)
    }

    @Test func `a socket that only one source lists twice is told, and kept`() throws {
        let hidden = KernelSocket(.tcp, .v4(0), 31337, userID: 0, inode: 66)
        let inventory = try SocketInventory.collect {
            reading($0, diagnosis: [ssh], proc: [ssh, hidden])
        }
        #expect(inventory.sockets.map(\.port) == [22, 31337])
        #expect(inventory.gaps.map(\.subject) == [.listeners])
        #expect(
            inventory.gaps.first?.reason
                == "/proc/net/tcp lists what sock_diag does not: 0.0.0.0:31337/tcp")
    }

    @Test func `without sock_diag proc stands in, and says what it cannot tell`() throws {
        let inventory = try SocketInventory.collect { table in
            var reading = reading(table, diagnosis: [], proc: [ssh])
            reading.diagnosis = .failure(.failed(.protocolNotSupported))
            return reading
        }
        #expect(inventory.sockets.map(\.inode) == [7])
        #expect(inventory.sockets.allSatisfy { $0.interfaceIndex == nil })
        #expect(inventory.gaps.map(\.subject) == [.binding])
        #expect(!inventory.sources.contains { $0.kind == "sock_diag" })
    }

    @Test func `a table that no source has is a gap, and the others stay`() throws {
        let inventory = try SocketInventory.collect { table in
            guard table.transport == .tcp else {
                return SocketInventory.Reading(
                    diagnosis: .failure(.refused(.noSuchFileOrDirectory)),
                    proc: .failure(.permissionDenied))
            }
            return reading(table, diagnosis: [ssh], proc: [ssh])
        }
        #expect(inventory.sockets == [ssh])
        #expect(inventory.gaps.map(\.subject) == [.listeners, .listeners])
    }

    @Test func `a kernel without IPv6 hides nothing`() throws {
        let inventory = try SocketInventory.collect { table in
            guard table.family == .ipv4 else {
                return SocketInventory.Reading(
                    diagnosis: .failure(.refused(.noSuchFileOrDirectory)),
                    proc: .failure(.noSuchFileOrDirectory))
            }
            return reading(table, diagnosis: [ssh], proc: [ssh])
        }
        #expect(inventory.gaps.isEmpty)
    }

    @Test func `without any source there is no inventory`() {
        #expect(throws: LiveHostError.self) {
            try SocketInventory.collect { _ in
                SocketInventory.Reading(
                    diagnosis: .failure(.failed(.notPermitted)),
                    proc: .failure(.noSuchFileOrDirectory))
            }
        }
    }

    @Test func `a list that kept changing is a gap`() throws {
        let inventory = try SocketInventory.collect {
            reading($0, diagnosis: [ssh], proc: [ssh], isInterrupted: $0 == SocketTable.all[0])
        }
        #expect(inventory.gaps.map(\.subject) == [.listeners])
    }

    @Test(
        arguments: [
            ("0.0.0.0", nil, Listener.Family.ipv4),
            ("::", true, .ipv6),
            ("::", false, .dual),
            ("::", nil, .ipv6OrDual),
            ("::ffff:127.0.0.1", false, .ipv4),
            ("::ffff:0.0.0.0", false, .ipv4),
            ("2001:db8::1", false, .ipv6),
            ("::1", nil, .ipv6),
        ] as [(String, Bool?, Listener.Family)])
    func `address and V6ONLY decide which families reach a socket`(
        address: String, isIPv6Only: Bool?, family: Listener.Family
    ) throws {
        let socket = KernelSocket(
            .tcp, try #require(IPAddress(address)), 80, userID: 0, inode: 1,
            isIPv6Only: isIPv6Only)
        #expect(Listener.Family(of: socket) == family)
    }
}
