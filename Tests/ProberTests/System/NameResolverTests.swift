import Testing

@testable import Prober

@Suite struct NameResolverTests {
    @Test func `localhost has loopback addresses, each once`() throws {
        let addresses = try NameResolver.addresses(of: "localhost")
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { $0.isLoopback })
        #expect(Set(addresses).count == addresses.count)
    }

    @Test(
        "addresses of both families are read in full",
        arguments: ["192.0.2.77", "2001:db8:1:2:3:4:5:6"])
    func numeric(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(try NameResolver.addresses(of: text) == [address])
    }

    @Test func `an impossible name is an error with the resolver's words`() {
        // A label of 64 characters cannot be asked of any server.
        let name = String(repeating: "a", count: 64) + ".invalid"
        let error = #expect(throws: NameResolutionError.self) {
            try NameResolver.addresses(of: name)
        }
        #expect(error?.name == name)
        #expect(error?.text.isEmpty == false)
        #expect(error?.remedy.contains("write the host's address") == true)
    }
}
