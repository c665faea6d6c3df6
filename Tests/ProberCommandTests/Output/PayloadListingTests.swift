import FoundationEssentials
import Prober
import Testing

@testable import ProberCommand

@Suite struct PayloadListingTests {
    @Test func `the listing names ports, question, document, proof and silence`() {
        let entries = PayloadTable.entries.filter { [11, 69, 1701, 51820].contains($0.ports[0]) }
        let text = PayloadListing(entries, style: TextStyle(isColored: false)).text
        let gap = String(repeating: " ", count: 32)
        #expect(
            text == """
                4 UDP ports, 3 requests; amplifying ones are sent once

                11              systat          asks    who is logged in; the reply may be long
                \(gap)by      RFC 866
                \(gap)proves  a service tells strangers who is logged in

                69              tftp            asks    a file that does not exist; the reply may come from another
                \(gap)        port
                \(gap)by      RFC 1350, 5; RFC 2347
                \(gap)proves  a TFTP server answers us, which asks nobody for a password

                1701            l2tp            asks    to begin a tunnel; leaves state for a while
                \(gap)by      RFC 2661, 3.1, 6.1
                \(gap)proves  an L2TP server answers us without IPsec
                \(gap)silent  Behind IPsec it says nothing to what comes unencrypted.

                51820           wireguard       silent  It says nothing to who lacks its public key, by design.

                """)
    }

    @Test("no line is longer than the width, and no port is left out", arguments: [80, 100])
    func width(_ width: Int) {
        let text = PayloadListing(
            PayloadTable.entries, style: TextStyle(isColored: false), width: width
        ).text
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= width })
        for entry in PayloadTable.entries {
            #expect(lines.contains { $0.hasPrefix("\(entry.ports[0])") })
            #expect(lines.contains { $0.dropFirst(16).hasPrefix(entry.service.rawValue) })
        }
    }

    @Test func `the JSON can be read back and holds the table`() throws {
        let bytes = PayloadsJSON(PayloadTable.entries).bytes
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let table = try decoder.decode(PayloadsJSON.self, from: Data(bytes))
        #expect(table.type == "payloads")
        #expect(table.format == 1)
        #expect(table.entries.map(\.ports) == PayloadTable.entries.map(\.ports))
        #expect(table.entries.map(\.silence) == PayloadTable.entries.map(\.silence))
        #expect(table.entries.map(\.isIndustrial) == PayloadTable.entries.map(\.isIndustrial))
        #expect(
            table.entries.flatMap(\.requests).map(\.question)
                == PayloadTable.entries.flatMap(\.requests).map(\.question))
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(bytes.count { $0 == UInt8(ascii: "\n") } == 1)
    }

    @Test func `the documented schema knows every service and trait`() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/schemas/payloads.json").path()
        let bytes = try FileContents.bytes(of: path, atMost: 1 << 20)
        let schema = String(decoding: bytes, as: UTF8.self)
        let words =
            DatagramService.allCases.map(\.rawValue) + PayloadsJSON.Trait.allCases.map(\.rawValue)
        for word in words { #expect(schema.contains("\"\(word)\""), "\(word)") }
    }

    @Test func `every trait has a name and words`() {
        for trait in PayloadsJSON.Trait.allCases {
            let isUsed = PayloadTable.entries.flatMap(\.requests).contains {
                PayloadsJSON.names($0.traits).contains(trait)
            }
            #expect(isUsed, "\(trait)")
        }
        #expect(PayloadListing.note([]) == "")
        #expect(PayloadListing.note([.isIndustrial]) == "; only with --include-ot")
    }
}
