import Prober
import Testing

@testable import Reconcile

@Suite struct EndpointPatternTests {
    @Test(
        "an endpoint is written in several ways",
        arguments: [
            ("203.0.113.10:8080", "203.0.113.10", nil, 8080),
            ("tcp:203.0.113.10:8080", "203.0.113.10", .tcp, 8080),
            ("UDP:203.0.113.10:53", "203.0.113.10", .udp, 53),
            ("203.0.113.10:53/udp", "203.0.113.10", .udp, 53),
            ("tcp:[2001:db8::1]:443", "2001:db8::1", .tcp, 443),
            ("[2001:db8::1]:443/tcp", "2001:db8::1", .tcp, 443),
            ("[203.0.113.10]:1", "203.0.113.10", nil, 1), ("22", nil, nil, 22),
            ("tcp:22", nil, .tcp, 22), ("53/udp", nil, .udp, 53), ("0", nil, nil, 0),
            ("65535", nil, nil, 65535),
        ] as [(String, IPAddress?, Transport?, UInt16)])
    func reading(
        _ text: String, gives address: IPAddress?, _ transport: Transport?, _ port: UInt16
    ) throws {
        let pattern = try EndpointPattern(parsing: text)
        #expect(pattern.address == address)
        #expect(pattern.transport == transport)
        #expect(pattern.port == port)
        #expect(try EndpointPattern(parsing: Self.written(pattern)) == pattern)
    }

    /// The pattern as its description has it, without the word for people.
    private static func written(_ pattern: EndpointPattern) -> String {
        pattern.description.hasPrefix("port ")
            ? String(pattern.description.dropFirst(5)) : pattern.description
    }

    @Test(
        "what is none is named, with what can be written",
        arguments: [
            ("", "has no port"), ("ssh", "has no port"), ("65536", "has no port"),
            ("+22", "has no port"), ("203.0.113.10:", "has no port"),
            (":22", "has no address"), ("web1:22", "has no address"),
            ("203.0.113.300:22", "has no address"), ("[2001:db8::1:443", "without brackets"),
            ("2001:db8::1:443", "without brackets"), ("tcp:22/udp", "names its transport twice"),
            ("203.0.113.10", "has no port"), ("[::1]", "has no port"),
            ("sctp:22", "has no address"),
        ])
    func refusal(_ text: String, says message: String) {
        let error = #expect(throws: InputError.self) { try EndpointPattern(parsing: text) }
        #expect(error?.problem.contains(message) == true, "\(error?.problem ?? "")")
        #expect(error?.remedy.contains("203.0.113.10:8080") == true)
    }
}
