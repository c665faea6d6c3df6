import Testing

@testable import Prober

@Suite struct TargetListTests {
    @Test func `words are parted by white space and comments are passed over`() throws {
        let list = try TargetList(
            parsing:
                "# the fleet\n203.0.113.1 203.0.113.2 # two\r\n\n\tweb1.example#note\n2001:db8::/126",
            source: "fleet.txt")
        #expect(
            list.entries.map(\.location.description) == [
                "fleet.txt:2:1", "fleet.txt:2:13", "fleet.txt:4:2", "fleet.txt:5:1",
            ])
        #expect(list.addresses.description == "203.0.113.1-203.0.113.2 2001:db8::/126")
        #expect(list.names.map(\.name) == ["web1.example"])
    }

    @Test func `an error names file, line and column`() {
        let error = #expect(throws: InputError.self) {
            try TargetList(parsing: "203.0.113.1\n  203.0.113.1/33", source: "-")
        }
        #expect(error?.description.hasPrefix("-:2:15: \"33\" is no IPv4 prefix length. ") == true)
    }

    @Test func `an empty list is a list`() throws {
        #expect(try TargetList(parsing: "", source: "-").entries.isEmpty)
        #expect(try TargetList(parsing: "\n # nothing", source: "-").addresses.isEmpty)
    }
}
