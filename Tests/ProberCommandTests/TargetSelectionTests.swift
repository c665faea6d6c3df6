import Prober
import Testing

@testable import ProberCommand

@Suite struct TargetSelectionTests {
    private static func set(_ text: String) throws -> TargetSet {
        try TargetList(parsing: text, source: "test").addresses
    }

    private static func selection(
        _ wanted: String, excluding excluded: String = "", scope: String? = nil,
        special: Bool = false, own: String = "127.0.0.0/8 ::1"
    ) throws -> TargetSelection {
        TargetSelection(
            wanted: try set(wanted), excluded: try set(excluded),
            scope: try scope.map { (try set($0), "scope.txt") }, allowsSpecial: special,
            own: try set(own))
    }

    @Test(
        "exclusions win",
        arguments: [
            ("203.0.113.0/30", "203.0.113.1", "203.0.113.0 203.0.113.2/31"),
            ("203.0.113.0/24 2001:db8::/64", "203.0.113.0/24", "2001:db8::/64"),
        ])
    func exclusions(_ wanted: String, _ excluded: String, _ left: String) throws {
        let addresses = try Self.selection(wanted, excluding: excluded).addresses()
        #expect(addresses == (try Self.set(left)))
    }

    @Test(
        "ranges that are no place for a host are refused, and said",
        arguments: [
            ("169.254.169.254", "link-local"), ("224.0.0.1", "multicast"), ("ff02::1", "multicast"),
            ("255.255.255.255", "broadcast"), ("0.0.0.0", "this network"), ("fe80::1", "zone"),
            ("::ffff:192.0.2.1", "IPv4"), ("203.0.113.1 240.0.0.1", "240.0.0.1"),
        ])
    func special(_ wanted: String, _ fragment: String) throws {
        let error = try #require(throws: InputError.self) {
            try Self.selection(wanted).addresses()
        }
        #expect(error.problem.contains(fragment))
        #expect(error.remedy.contains("--allow-special"))
        #expect(try !Self.selection(wanted, special: true).addresses().isEmpty)
    }

    @Test func `this machine's own addresses are always allowed`() throws {
        let addresses = try Self.selection("127.0.0.1 169.254.7.7", own: "127.0.0.0/8 169.254.7.7")
            .addresses()
        #expect(addresses.count == 2)
    }

    @Test func `what lies outside of the scope is named`() throws {
        let error = try #require(throws: InputError.self) {
            try Self.selection("203.0.113.0/24", scope: "203.0.113.0/25").addresses()
        }
        #expect(error.source == "scope.txt")
        #expect(error.problem.contains("203.0.113.128/25"))
        #expect(
            try Self.selection("203.0.113.7", scope: "203.0.113.0/25").addresses().count == 1)
    }

    @Test func `a scan of nothing is an error, not a success`() throws {
        let error = try #require(throws: InputError.self) {
            try Self.selection("203.0.113.7", excluding: "203.0.113.0/24").addresses()
        }
        #expect(error.problem.contains("excluded"))
    }
}
